// A connection of the peer on real sockets, and the requests that come on it. The exchanges only change queues and wake
// the peer's thread; one lock guards everything.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <signalr/conformance/peer.hpp>

#include "peer_wire.hpp"

namespace signalr::conformance {

/// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() { close(); }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void close() {
    if (open()) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

class SocketExchange;

/// A client's connection. Everything is guarded by the lock of PeerShared.
struct PeerConnection {
  Fd fd;
  std::string in;
  std::string out;
  std::size_t sent = 0;  // of `out`
  bool reading = true;
  bool cut = false;  // our side ended it: what the client does is no news
  bool end_after_out = false;
  bool draining = false;  // our side is shut; closing now would turn unread input into a reset
  bool upgraded = false;
  bool close_sent = false;
  bool answers_close = true;
  std::string partial;  // a fragmented message so far
  MessageType partial_type = MessageType::text;
  SocketExchange* current = nullptr;  // one of PeerShared::exchanges
};

/// What the thread and the exchanges have in common; outlives the peer as long as somebody keeps an exchange.
struct PeerShared {
  std::mutex mutex;
  Fd wake_read;
  Fd wake_write;
  bool woken = false;
  bool stopped = false;
  std::vector<std::shared_ptr<PeerConnection>> connections;
  std::vector<std::shared_ptr<PeerExchange>> exchanges;
  std::function<void(PeerExchange&)> on_request;
  std::function<void()> on_change;

  /// With the lock held.
  void wake() {
    if (std::exchange(woken, true)) return;
    const char byte = 0;
    static_cast<void>(!::write(wake_write.get(), &byte, 1));  // a full pipe wakes as well
  }
};

class SocketExchange final : public PeerExchange {
 public:
  SocketExchange(std::shared_ptr<PeerShared> shared, std::shared_ptr<PeerConnection> connection, PeerRequest request);

  const PeerRequest& request() const override { return request_; }
  void answer(int status, const Headers& headers, std::string body) override;
  void start_answer(int status, const Headers& headers) override;
  void write_chunk(std::string data) override;
  void finish_answer() override;
  void accept(const Headers& headers) override;
  void send(MessageType type, std::string payload) override;
  void send_fragments(MessageType type, std::vector<std::string> parts) override;
  void close(std::uint16_t code, std::string_view reason) override;
  void set_answers_close(bool answers) override;
  void set_reading(bool reading) override;
  void cut() override;
  void reset() override;
  void send_raw(std::string bytes) override;
  std::vector<PeerMessage> messages() const override;
  std::size_t message_count() const override;
  std::optional<std::uint16_t> close_code() const override;
  std::string close_reason() const override;
  std::vector<std::string> pongs() const override;
  bool gone() const override;
  std::size_t taken_bytes() const override;

  // For the thread, with the lock held.
  bool answered() const { return answered_; }
  void count_taken(std::size_t bytes) { taken_ += bytes; }
  void set_gone() { gone_ = true; }
  /// False: the client broke RFC 6455.
  bool on_frame(ClientFrame frame);

 private:
  template <class Action>
  void act(Action action);
  template <class Value>
  Value look(const Value& value) const;
  void queue(std::string_view bytes);
  bool on_close_frame(const std::string& payload);

  const std::shared_ptr<PeerShared> shared_;
  const std::shared_ptr<PeerConnection> connection_;
  const PeerRequest request_;
  bool answered_ = false;
  std::vector<PeerMessage> messages_;
  std::optional<std::uint16_t> close_code_;
  std::string close_reason_;
  std::vector<std::string> pongs_;
  bool gone_ = false;
  std::size_t taken_ = 0;
};

}  // namespace signalr::conformance
