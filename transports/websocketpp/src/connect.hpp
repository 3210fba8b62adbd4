// The steps between addresses and a stream that can carry HTTP: TCP to one of them, and TLS.
#pragma once

#include <memory>
#include <string>

#include <signalr/function.hpp>
#include <signalr/operation.hpp>

#include "loop.hpp"
#include "resolver.hpp"
#include "stream.hpp"

namespace signalr::net {

struct Connected {
  std::unique_ptr<Stream> stream;  ///< null when no address took the connection
  std::string failure;             ///< then: how many were tried, and what the last one said
};
using ConnectHandler = UniqueFunction<void(Connected)>;

/// Tries all addresses in turn. The handler is called on the loop, never inside.
std::unique_ptr<Operation> connect(const std::shared_ptr<Loop>& loop, Endpoints endpoints, ConnectHandler handler);

/// Gets the reason in words; empty: the handshake is done.
using HandshakeHandler = UniqueFunction<void(std::string failure)>;

/// On a stream that was `secure`d. It must outlive the operation. The handler is called on the loop, never inside.
std::unique_ptr<Operation> handshake(const std::shared_ptr<Loop>& loop, Stream& stream, HandshakeHandler handler);

}  // namespace signalr::net
