// A client and a server that coroutines talk to.
#pragma once

#include <signalr/coroutine.hpp>

#include "scenario.hpp"
#include "script.hpp"

namespace scenario {

inline const signalr::Hubs kChat{{"chat"}};  // g++ 12 can't have it written out inside a co_await

/// A server with methods of all kinds.
struct Talk : World {
  Talk() {
    server.hub("Chat").on("Add", [](signalr::server::Call& call) { call.result("5"); });
    server.hub("Chat").on("Silent", [](signalr::server::Call& call) { call.never(); });
    server.hub("Chat").on("Refuse", [](signalr::server::Call& call) { call.error("no", true, R"({"code":7})"); });
  }
  bool on_executor() const { return options.executor->running_here(); }
};

}  // namespace scenario
