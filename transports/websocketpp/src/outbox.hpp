// What waits to be written: frames side by side in one buffer, so that all of them go out with one call, and the
// callers' buffers, to be given back when their frames have gone. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/websocket.hpp>

namespace signalr::net {

class Outbox {
 public:
  void add(MessageType type, std::string payload);
  void add_close(std::uint16_t code, std::string_view reason);
  /// One pong waits at most, for the last ping (RFC 6455 §5.5.3): pings by the thousand cost nothing.
  void answer_ping(std::string_view payload);

  /// Bytes to write now; empty: none.
  std::string_view next();
  /// So many of them were written.
  void advance(std::size_t bytes);

  /// How many messages have gone and were not taken yet.
  std::size_t written() const noexcept { return written_; }
  /// The buffer of the oldest of them.
  std::string take_written();

 private:
  struct Message {
    std::string buffer;
    std::uint64_t end;  // where its frame ends, counted from the first byte ever
  };

  std::string filling_;
  std::string going_;
  std::size_t gone_ = 0;  // of going_
  std::uint64_t filled_ever_ = 0;
  std::uint64_t gone_ever_ = 0;
  std::string pong_;
  bool pong_waits_ = false;
  std::vector<Message> messages_;  // from first_ on
  std::size_t first_ = 0;
  std::size_t written_ = 0;
};

}  // namespace signalr::net
