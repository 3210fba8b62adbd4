// Our end, for tests: a sink that records, and dialing that waits for its end.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <doctest/doctest.h>
#include <signalr/websocketpp/dialer.hpp>

#include "executors.hpp"

namespace client {

using namespace signalr;

/// Records what it is told, and can be told what to do then (on the strand).
class Sink final : public WebsocketSink {
 public:
  explicit Sink(std::shared_ptr<Executor> executor) : executor_(std::move(executor)) {}

  std::function<void(MessageType, std::string_view)> frame_hook;
  std::function<void(std::string)> written_hook;
  std::function<void(const TransportError&)> end_hook;

  struct Frame {
    MessageType type;
    std::string payload;
  };

  Frame wait_frame() {
    std::unique_lock lock(mutex_);
    wait(
        lock, [this] { return !frames_.empty(); }, "a frame");
    Frame frame = std::move(frames_.front());
    frames_.pop_front();
    return frame;
  }
  std::string wait_written() {
    std::unique_lock lock(mutex_);
    wait(
        lock, [this] { return !written_.empty(); }, "on_written");
    std::string buffer = std::move(written_.front());
    written_.pop_front();
    return buffer;
  }
  TransportError wait_end() {
    std::unique_lock lock(mutex_);
    wait(
        lock, [this] { return end_.has_value(); }, "on_end");
    return *end_;
  }
  std::size_t frames() {
    const std::lock_guard lock(mutex_);
    return frames_.size();
  }
  bool ended() {
    const std::lock_guard lock(mutex_);
    return end_.has_value();
  }
  /// Calls on the wrong strand, one inside the other, or after the end.
  int faults() {
    const std::lock_guard lock(mutex_);
    return faults_;
  }

 private:
  /// Around each call.
  class Visit {
   public:
    explicit Visit(Sink& sink) : sink_(sink) {
      const std::lock_guard lock(sink_.mutex_);
      if (!sink_.executor_->running_here() || sink_.depth_++ != 0 || sink_.end_) ++sink_.faults_;
    }
    ~Visit() {
      const std::lock_guard lock(sink_.mutex_);
      --sink_.depth_;
    }

   private:
    Sink& sink_;
  };

  void on_frame(MessageType type, std::string_view payload) override {
    const Visit visit(*this);
    if (frame_hook) return frame_hook(type, payload);
    const std::lock_guard lock(mutex_);
    frames_.push_back({type, std::string(payload)});
    changed_.notify_all();
  }
  void on_written(std::string buffer) override {
    const Visit visit(*this);
    if (written_hook) return written_hook(std::move(buffer));
    const std::lock_guard lock(mutex_);
    written_.push_back(std::move(buffer));
    changed_.notify_all();
  }
  void on_end(const TransportError& error) override {
    const Visit visit(*this);
    if (end_hook) end_hook(error);
    const std::lock_guard lock(mutex_);
    end_.emplace(error);
    changed_.notify_all();
  }

  template <class Predicate>
  void wait(std::unique_lock<std::mutex>& lock, Predicate predicate, const char* what) {
    if (!changed_.wait_for(lock, kDeadline, predicate)) {
      std::string seen = end_ ? std::string("; it ended: ") + end_->what() : "";
      lock.unlock();
      FAIL(("there was no " + std::string(what) + seen));
    }
  }

  const std::shared_ptr<Executor> executor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Frame> frames_;
  std::deque<std::string> written_;
  std::optional<TransportError> end_;
  int depth_ = 0;
  int faults_ = 0;
};

inline DialRequest request_for(std::string url) {
  DialRequest request;
  request.url = std::move(url);
  return request;
}

/// Dials and waits for the result.
inline DialResult dial(const std::shared_ptr<Executor>& executor, DialRequest request,
                       const std::shared_ptr<WebsocketDialer>& dialer = make_websocketpp_dialer()) {
  std::promise<DialResult> done;
  auto future = done.get_future();
  std::unique_ptr<Operation> operation;
  bool inside = true;
  on(*executor, [&] {
    operation = dialer->dial(executor, std::move(request), [&](DialResult result) {
      CHECK_MESSAGE(!inside, "the handler was called inside dial");
      CHECK(executor->running_here());
      done.set_value(std::move(result));
    });
    inside = false;
  });
  if (future.wait_for(kDeadline) != std::future_status::ready) {
    on(*executor, [&] { operation.reset(); });
    FAIL("the dial doesn't come to its end");
  }
  on(*executor, [&] { operation.reset(); });
  return future.get();
}

/// An open connection and its sink; everything is done on the strand. It reads one frame by itself each time that
/// `next` is called.
class Session {
 public:
  explicit Session(const std::shared_ptr<Executor>& executor, DialRequest request,
                   const std::shared_ptr<WebsocketDialer>& dialer = make_websocketpp_dialer())
      : sink(executor), executor_(executor) {
    DialResult result = client::dial(executor, std::move(request), dialer);
    if (result.conn == nullptr) {
      FAIL("the dial failed: status " << result.status << ", " << (result.error ? result.error->what() : "no error"));
    }
    conn_ = std::move(result.conn);
    on(*executor_, [this] { conn_->start(sink); });
  }
  ~Session() {
    drop();
    CHECK(sink.faults() == 0);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void read() {
    on(*executor_, [this] { conn_->read(); });
  }
  Sink::Frame next() {
    read();
    return sink.wait_frame();
  }
  void write(std::string payload, MessageType type = MessageType::text) {
    on(*executor_, [&] { conn_->write(type, std::move(payload)); });
  }
  void close(std::uint16_t code, std::string_view reason = {}) {
    on(*executor_, [&] { conn_->close(code, reason); });
  }
  /// What the connection ends with, when it is read from until then.
  TransportError end() {
    sink.frame_hook = nullptr;
    read();
    return sink.wait_end();
  }
  void drop() {
    on(*executor_, [this] { conn_.reset(); });
  }
  std::unique_ptr<WebsocketConn>& conn() { return conn_; }  // on the strand only

  Sink sink;

 private:
  std::shared_ptr<Executor> executor_;
  std::unique_ptr<WebsocketConn> conn_;
};

}  // namespace client
