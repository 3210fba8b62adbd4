// The step that asks in HTTP for a stream to become something else: a tunnel (CONNECT) or a WebSocket (Upgrade).
#pragma once

#include <memory>
#include <string>

#include <signalr/function.hpp>
#include <signalr/headers.hpp>
#include <signalr/operation.hpp>
#include <signalr/transport_error.hpp>

#include "loop.hpp"
#include "stream.hpp"

namespace signalr::net {

struct Exchange {
  std::string request;
  bool (*granted)(int status);  ///< what isn't granted is a refusal, whose body is read
  std::size_t max_header_bytes = 0;
  std::size_t max_refusal_bytes = 0;
};

struct Exchanged {
  enum class Outcome {
    granted,
    refused,
    broken,    ///< no HTTP, or it ended before the head did
    too_long,  ///< more than max_header_bytes
    failed,    ///< reading or writing
  };
  Outcome outcome;
  int status = 0;
  Headers headers;
  std::string rest;  ///< granted: what came behind the head; refused: the start of the body
  std::string failure;
  Sent sent = Sent::no;
};
using ExchangeHandler = UniqueFunction<void(Exchanged)>;

/// The stream must outlive the operation. The handler is called on the loop, never inside.
std::unique_ptr<Operation> exchange(const std::shared_ptr<Loop>& loop, Stream& stream, Exchange what,
                                    ExchangeHandler handler);

}  // namespace signalr::net
