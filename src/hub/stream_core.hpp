// The queue behind a CallbackStream.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <signalr/callback_stream.hpp>
#include <signalr/message.hpp>
#include <signalr/subscription.hpp>

#include "session/completion.hpp"
#include "session/session.hpp"

namespace signalr::detail::hub {

/// Filled on the strand, read from any thread.
class StreamCore final : public std::enable_shared_from_this<StreamCore> {
 public:
  StreamCore(const std::shared_ptr<session::Session>& session, std::string hub, std::string method,
             const StreamOptions& options, const CallOptions& life);

  // For the router, on the strand.
  void open(Subscription registration);
  void push(const HubCallView& view);
  /// The first end counts. Calls that wait can still be read.
  void end(const ErrorPtr& reason);
  /// Whether it wants reading from the network to stop.
  bool pushes_back();
  /// The connection was destroyed.
  void abandon() noexcept;

  // For the handle, on any thread.
  std::optional<HubCall> take();
  void async_read(CallbackStream::RawHandler handler, const CallOptions& options);
  void close();
  ErrorPtr end_reason() const;
  bool ended() const noexcept { return ended_.load(std::memory_order_acquire); }
  const std::shared_ptr<Executor>& executor() const noexcept { return executor_; }
  std::shared_ptr<session::Session> session() const { return session_.lock(); }
  /// Of a call that waits: its own, and the stream's life.
  CallOptions limits(const CallOptions& options) const;

 private:
  void keep(HubCall call);
  using Reader = std::shared_ptr<session::Completion<HubCall>>;

  bool note_end(const ErrorPtr& reason);
  void detach();
  void add_reader(Reader reader);
  bool full() const;                           // mutex_ is held
  std::size_t drop_oldest(std::size_t bytes);  // mutex_ is held
  void wait_for_room(TimePoint since);
  void check_patience();
  std::string name() const { return protocol::quoted_name(hub_, method_); }
  ErrorPtr overflow_error(const char* consequence, const char* option) const;

  const std::weak_ptr<session::Session> session_;
  session::Context& context_;  // the session's: on the strand only
  const std::shared_ptr<Executor> executor_;
  const std::string hub_;
  const std::string method_;
  const StreamOptions options_;
  const CallOptions life_limits_;

  mutable std::mutex mutex_;  // guards the next six; never held while a handler runs
  std::deque<HubCall> calls_;
  std::size_t bytes_ = 0;
  ErrorPtr reason_;
  bool stalled_ = false;   // reading from the network waits for room here
  bool dropping_ = false;  // and has said so
  std::optional<TimePoint> over_full_since_;
  std::atomic<bool> ended_{false};

  // Strand only.
  Subscription registration_;
  std::shared_ptr<session::Completion<void>> life_;
  std::deque<Reader> readers_;  // only while no call waits
  std::unique_ptr<session::Timer> patience_;
};

}  // namespace signalr::detail::hub
