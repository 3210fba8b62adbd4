// Clients of the hubs "chat" and "news" that aren't connected yet, and what their handlers saw.
#pragma once

#include <string>
#include <utility>

#include <signalr/client.hpp>

#include "scenario.hpp"

namespace scenario {

using namespace signalr;

struct Unconnected : World {
  Client chat{"chat"};
  Client news{"News"};
  Story seen;

  Unconnected() {
    server.hub("News");
    server.hub("Chat").on("Silent", [](server::Call& call) { call.never(); });
  }
  Conn connect(Hubs of) {
    Conn conn = signalr::dial(server.origin(), std::move(of), options);
    settle();
    return conn;
  }
  /// Dials, and notes how that ended.
  PendingDial connect_later(Hubs of, Conn& conn) {
    return async_dial(server.origin(), std::move(of), options, [this, &conn](Result<Conn> dialed) {
      seen.push_back(dialed.ok() ? "dialed" : "failed");
      if (dialed.ok()) conn = std::move(dialed).value();
    });
  }
  auto note(std::string text) {
    return [this, text = std::move(text)] { seen.push_back(text); };
  }
  /// A handler that notes what was said.
  auto hear(std::string who) {
    return [this, who = std::move(who)](const std::string& text) { seen.push_back(who + " " + text); };
  }
  void say(const std::string& text, const char* hub = "Chat") {
    server.broadcast(hub, "say", "[\"" + text + "\"]");
    settle();
  }
  /// The server's last word on the connection.
  void end() {
    server.peer().send(R"({"E":"over"})");
    settle();
  }
};

}  // namespace scenario
