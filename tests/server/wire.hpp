// One accepted connection: reads as bytes come, and writes what piled up in one go.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "loop_executor.hpp"
#include "stream.hpp"

namespace signalr::test {

/// Kept alive by its pending read, and by whoever speaks on it. All calls on the loop.
class Wire : public std::enable_shared_from_this<Wire> {
 public:
  /// What speaks on a wire: HTTP first, then perhaps WebSocket.
  class Speaker {
   public:
    virtual ~Speaker() = default;
    /// Takes from the front of `received` what it understands, and leaves the rest for the next call.
    virtual void on_bytes(std::string& received) = 0;
    /// Once, last: the connection is over, unless `cut` ended it.
    virtual void on_gone() = 0;
  };

  Wire(LoopExecutor& loop, std::unique_ptr<Stream> stream) : loop_(loop), stream_(std::move(stream)) {}

  void start(std::shared_ptr<Speaker> speaker);
  /// Hands the wire to another speaker, which gets the bytes that are left, later.
  void hand_over(std::shared_ptr<Speaker> speaker);
  /// Asks for an on_bytes with what is left; later.
  void poke();

  /// A peer that doesn't take what it is sent is dropped when kMaxUnsent bytes wait for it.
  void send(std::string_view bytes);
  /// Ends the connection once all bytes are sent; what comes meanwhile is read and dropped.
  void finish();
  /// Ends the connection now, as the speaker wants it: no call comes to it any more.
  void cut(bool reset = false);
  /// Ends the connection now, as the network does: the speaker is told. Not inside a call to the speaker.
  void lose(bool reset = false);
  /// False: reads no more, so that the peer's writes wait.
  void set_reading(bool reading);
  bool open() const noexcept { return open_; }
  LoopExecutor& loop() noexcept { return loop_; }
  bool secure = false;

  static constexpr std::size_t kMaxUnsent = 256 * 1024 * 1024;
  static constexpr std::size_t kMaxUnread = 64 * 1024 * 1024;

 private:
  void read();
  void flush();
  void on_read(std::error_code error, std::size_t size);

  LoopExecutor& loop_;
  std::unique_ptr<Stream> stream_;
  std::shared_ptr<Speaker> speaker_;
  std::array<char, 64 * 1024> chunk_;
  std::string received_;
  std::string unsent_;
  std::string sending_;
  bool open_ = true;
  bool reading_ = true;
  bool read_pending_ = false;
  bool flush_posted_ = false;
  bool finishing_ = false;  // no more is to be sent than what waits
  bool finished_ = false;   // the peer has been told
};

}  // namespace signalr::test
