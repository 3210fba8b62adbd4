// The user of our client: does what the recorded client's user did, and writes down what it gets to see.
#pragma once

#include <signalr/conn.hpp>
#include <signalr/memory/network.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "episode.hpp"
#include "timeline.hpp"
#include "trace.hpp"
#include "transcript.hpp"
#include "user_part.hpp"

namespace wire {

/// Where the recorded server was, as "http://host:port": our client dials the same.
std::string origin_of(const RecordedExchange& exchange);

class User {
 public:
  User(const Episode& episode, Api api, signalr::memory::Network& network, Timeline& timeline, Transcript& transcript,
       tracing::Trace& trace);

  /// Dials; all else follows by itself, in the recorded time.
  void begin();

  /// Lets go of the connection, however far it has got.
  void leave();

 private:
  signalr::DialOptions options();
  void act(std::size_t next);
  void when_ready(std::size_t next, signalr::Task task, std::chrono::milliseconds patience = std::chrono::seconds(5));
  void end();
  void then_at(double t_ms, signalr::Task task);

  const Episode& episode_;
  signalr::memory::Network& network_;
  Timeline& timeline_;
  Transcript& transcript_;
  tracing::Trace& trace_;
  std::vector<Said> messages_;
  std::unique_ptr<UserPart> part_;
  signalr::PendingDial dialing_;
  signalr::Conn conn_;
  bool has_conn_ = false;
};

}  // namespace wire
