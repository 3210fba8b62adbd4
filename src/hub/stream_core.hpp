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

#include "hub/proxy.hpp"
#include "session/completion.hpp"
#include "session/session.hpp"

namespace signalr::detail::hub {

/// Filled on the strand, read from any thread. Bound to one connection, the next one that its Client has.
class StreamCore final : public std::enable_shared_from_this<StreamCore> {
 public:
  /// `last`: of the Client's last connection, if it had one.
  StreamCore(std::shared_ptr<Proxy> proxy, HandlerPtr handler, const StreamOptions& options, const CallOptions& life,
             const Router* last);

  /// False: it has ended, or belongs to a connection already. Any thread.
  bool bind(const Router& router);
  const HandlerPtr& handler() const noexcept { return handler_; }

  // For the router, on the strand.
  void open();
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
  /// Whether it has ended, or its token was canceled before there was a connection to end it.
  bool is_over();
  /// UsageError when there never was a connection.
  std::shared_ptr<Executor> executor() const;
  /// Throws why there is none.
  std::shared_ptr<session::Session> session();
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
  std::string name() const { return protocol::quoted_name(proxy_->hub(), handler_->method); }
  [[noreturn]] void throw_unconnected() const;
  ErrorPtr overflow_error(const char* consequence, const char* option) const;

  const std::shared_ptr<Proxy> proxy_;
  const HandlerPtr handler_;
  const StreamOptions options_;
  const CallOptions life_;

  mutable std::mutex mutex_;  // guards the rest but for what is the strand's; never held while a handler runs
  bool bound_ = false;        // to the connection of the next four; until then they are of the last one, if any
  std::weak_ptr<session::Session> session_;
  session::Context* context_ = nullptr;  // the session's: on the strand only
  std::shared_ptr<Executor> executor_;
  CallOptions life_limits_;
  ErrorPtr unconnected_;  // why the last connection is none any more
  std::deque<HubCall> calls_;
  std::size_t bytes_ = 0;
  ErrorPtr reason_;
  bool stalled_ = false;   // reading from the network waits for room here
  bool dropping_ = false;  // and has said so
  std::optional<TimePoint> over_full_since_;
  std::atomic<bool> ended_{false};

  // Strand only.
  std::shared_ptr<session::Completion<void>> life_ends_;
  std::deque<Reader> readers_;  // only while no call waits
  std::unique_ptr<session::Timer> patience_;
};

}  // namespace signalr::detail::hub
