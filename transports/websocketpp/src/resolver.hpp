// Names to addresses, on the pool: getaddrinfo can hang for half a minute, and nothing can wake it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <asio/ip/tcp.hpp>
#include <signalr/function.hpp>
#include <signalr/operation.hpp>

#include "loop.hpp"

namespace signalr::net {

using Endpoints = std::vector<asio::ip::tcp::endpoint>;

struct Resolved {
  Endpoints endpoints;
  std::string failure;  ///< the system's words; empty when there are endpoints
};
using ResolveHandler = UniqueFunction<void(Resolved)>;

/// Calls the handler on the loop, never inside. Destroying the operation, on the loop, cancels at once.
std::unique_ptr<Operation> resolve(const std::shared_ptr<Loop>& loop, const std::string& host, std::uint16_t port,
                                   ResolveHandler handler);

}  // namespace signalr::net
