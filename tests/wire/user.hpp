// The user of our client: does what the recorded client's user did, and writes down what it gets to see.
#pragma once

#include <signalr/conn.hpp>
#include <signalr/memory/network.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "episode.hpp"
#include "timeline.hpp"
#include "transcript.hpp"

namespace wire {

/// Where the recorded server was, as "http://host:port": our client dials the same.
std::string origin_of(const RecordedExchange& exchange);

/// A client's call as ClientMsg; nothing for what can only be sent as text, since it is no call or not written as our
/// client writes them.
std::optional<signalr::ClientMsg> call_of(const std::string& frame);

class User {
 public:
  User(const Episode& episode, signalr::memory::Network& network, Timeline& timeline, Transcript& transcript);

  /// Dials; all else follows by itself, in the recorded time.
  void begin();

  /// Lets go of the connection, however far it has got.
  void leave();

 private:
  signalr::DialOptions options();
  void read_on();
  void act(std::size_t next);
  void when_connected(signalr::Task task, std::chrono::milliseconds patience = std::chrono::seconds(5));
  void send(const std::string& text);
  void end();
  void then_at(double t_ms, signalr::Task task);

  const Episode& episode_;
  signalr::memory::Network& network_;
  Timeline& timeline_;
  Transcript& transcript_;
  std::vector<const RecordedFrame*> frames_;
  signalr::PendingDial dialing_;
  signalr::Conn conn_;
  bool has_conn_ = false;
};

}  // namespace wire
