// The scenarios' world for connections over server-sent events and long polling.
#pragma once

#include "scenario.hpp"

#include <signalr/client.hpp>

namespace scenario {

struct HttpWorld : World {
  explicit HttpWorld(signalr::TransportKind kind, signalr::server::ServerSettings settings = {}) : World(settings) {
    options.transports = {kind};
    options.events.on_reconnecting = [this](const signalr::Error& reason, int attempt) {
      story.push_back("reconnecting " + std::to_string(attempt));
      reasons.push_back(reason.clone());
    };
    options.events.on_reconnected = [this](signalr::Duration downtime) {
      using std::chrono::milliseconds;
      story.push_back("reconnected after " +
                      std::to_string(std::chrono::duration_cast<milliseconds>(downtime).count() / 500 * 500) + " ms");
    };
    options.events.on_connection_slow = [this] { story.emplace_back("slow"); };
  }

  /// Connected, with nothing left to do.
  signalr::Conn connect() {
    signalr::Conn conn = dial();
    settle();
    story.clear();
    return conn;
  }

  /// The same for a raw persistent connection, whose server side echoes.
  signalr::Conn connect_raw() {
    signalr::Conn conn = signalr::dial(server.origin() + "/raw", signalr::ConnectionData{}, options);
    settle();
    story.clear();
    return conn;
  }

  /// The methods of the next `count` calls.
  std::vector<std::string> methods(signalr::Conn& conn, std::size_t count) {
    std::vector<std::string> seen;
    while (seen.size() < count) {
      const signalr::Message message = conn.read_message(signalr::CallOptions{1min});
      for (const auto& element : message.messages()) seen.emplace_back(element.method);
    }
    return seen;
  }

  /// How often a line of the story came.
  long count(const std::string& line) const { return std::count(story.begin(), story.end(), line); }

  std::vector<signalr::ErrorPtr> reasons;  ///< of each attempt to reconnect
};

inline constexpr signalr::TransportKind kHttpTransports[] = {signalr::TransportKind::server_sent_events,
                                                             signalr::TransportKind::long_polling};

/// Runs a test over both transports.
template <class Test>
void over_both(Test test) {
  for (const signalr::TransportKind kind : kHttpTransports) {
    CAPTURE(to_string(kind));
    HttpWorld world(kind);
    test(world);
  }
}

}  // namespace scenario
