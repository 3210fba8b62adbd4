// What the user asks of a connection, from any thread.
#include <algorithm>
#include <utility>

#include "protocol/ascii.hpp"
#include "session/session.hpp"

namespace signalr::detail::session {

/// The first task of a session; dropped un-run, because the executor has stopped, it drops the session's parts.
class Session::Beginning {
 public:
  explicit Beginning(std::shared_ptr<Session> session) noexcept : session_(std::move(session)) {}
  Beginning(Beginning&&) noexcept = default;
  Beginning& operator=(Beginning&&) = delete;
  ~Beginning() {
    if (session_ != nullptr) session_->drop_everything();
  }
  void operator()() {
    const auto session = std::exchange(session_, nullptr);
    const Entry entry(session->context_.gate);
    if (entry) session->begin();
  }

 private:
  std::shared_ptr<Session> session_;
};

void Session::dial(Conn::DoneHandler handler, CallOptions options) {
  dialing_ = std::make_shared<Completion<void>>(context_, std::move(handler), options, "dial");
  context_.executor->post(Beginning(shared_from_this()));
}

void Session::async_read(Conn::ReadHandler handler, CallOptions options) {
  claim(ConsumerKind::reader);
  auto reader = std::make_shared<Completion<Message>>(context_, std::move(handler), std::move(options), "read_message");
  post_handler([reader = std::move(reader)](Session& self) mutable { self.add_reader(std::move(reader)); });
}

void Session::set_consumer(ConsumerKind kind, std::shared_ptr<Consumer> consumer) {
  claim(kind);
  consumer_ = consumers_.get<Consumer>([&] { return std::move(consumer); }, [] {}).get();
}

// What came before its consumer did is handed over first, in order.
void Session::attach_consumer() {
  std::vector<Backlog::Entry> later;  // than what waits to be read, unless that came after a restart
  if (consumer_ == nullptr) later = backlog_.take_all();
  consumer_ = consumers_.current().get();
  Message message;
  while (receiving_.take(message) != ReceiveQueue::Taken::nothing) backlog_.push(backlog_.entry_of(message.text()));
  for (Backlog::Entry& entry : later) backlog_.push(std::move(entry));
  if (phase_ == Phase::over) {
    while (!backlog_.empty() && !abandoned()) serve_oldest();
    if (!abandoned()) consumer_->on_over(end_reason());
  } else if (context_.turns->over()) {
    join_line();
  } else {
    take_turn();
  }
}

void Session::resume_reading() {
  post([](Session& self) {
    if (!self.backlog_.empty()) self.join_line();
    if (self.phase_ == Phase::connected || self.phase_ == Phase::starting) self.unpause();
    self.flush_sends();  // they may have waited for room for their answers
  });
}

bool Session::try_read(Message& message) {
  const auto taken = receiving_.take(message);
  if (taken == ReceiveQueue::Taken::one_and_room) resume_reading();
  return taken != ReceiveQueue::Taken::nothing;
}

void Session::add_reader(ReceiveQueue::Waiter reader) {
  if (ErrorPtr given_up = reader->given_up()) return reader->complete(std::move(given_up));
  Message message;
  if (try_read(message)) return reader->complete(std::move(message));
  if (phase_ == Phase::over) return reader->complete(ReadError(end_reason()));
  receiving_.wait(reader);
  reader->watch([this, waiter = reader.get()](ErrorPtr error) {
    const ReceiveQueue::Waiter taken = receiving_.stop_waiting(*waiter);
    if (taken != nullptr) taken->complete(std::move(error));
  });
}

void Session::async_wait_end(Conn::DoneHandler handler, CallOptions options) {
  auto waiter = std::make_shared<Completion<void>>(context_, std::move(handler), std::move(options), "run");
  post([waiter = std::move(waiter)](Session& self) mutable {
    if (self.phase_ == Phase::over) return waiter->complete(Result<void>(self.reason_));
    waiter->watch();
    auto& waiters = self.end_waiters_;
    waiters.erase(std::remove_if(waiters.begin(), waiters.end(), [](const auto& other) { return other->done(); }),
                  waiters.end());
    waiters.push_back(std::move(waiter));
  });
}

bool Session::names_hub(std::string_view hub) const {
  return !hubs_ || std::any_of(hubs_->begin(), hubs_->end(),
                               [&](const std::string& name) { return protocol::equal_ignoring_case(name, hub); });
}

void Session::async_close(Conn::DoneHandler handler, CallOptions options) {
  auto closer = std::make_shared<Completion<void>>(context_, std::move(handler), std::move(options), "close");
  post([closer = std::move(closer)](Session& self) mutable { self.begin_close(std::move(closer)); });
}

void Session::begin_close(std::shared_ptr<Completion<void>> closer) {
  if (phase_ == Phase::over) return closer->complete(Result<void>());
  closer->watch();
  closers_.push_back(std::move(closer));
  if (phase_ == Phase::closing) return;
  if (phase_ == Phase::pausing || phase_ == Phase::negotiating || phase_ == Phase::draining) {
    return finish(nullptr);  // no server knows of us, or any more
  }
  flush_sends();
  if (phase_ == Phase::reconnecting || phase_ == Phase::opening) transport_.reset();  // it was being opened
  phase_ = Phase::closing;
  window_timer_.cancel();
  silence_.stop();
  sending_.set_closed(end_reason());  // first: what a handler sends now can't go out any more
  drop_backlog();
  if (abandoned()) return;
  step_timer_.set_after(context_.options.close_timeout, [this] { finish(nullptr); });
  if (transport_ != nullptr) transport_->leave();  // to see its end, also when nobody takes what came before
  if (sending_.empty()) return take_leave();
  // They go out one after the other, each with an answer to wait for: not for ever.
  window_timer_.set_after(context_.options.close_timeout / 2, [this] { take_leave(); });
}

void Session::take_leave() {
  if (std::exchange(leave_taken_, true)) return;
  window_timer_.cancel();
  abort([this](bool told) {
    exchange_.reset();
    if (!told && traits().polls) transport_.reset();  // there is nothing that a poll could be waited for
    if (transport_ == nullptr) return finish_if_closed();
    transport_->close();
  });
}

ConnStats Session::stats() const {
  const Counters& counters = context_.counters;
  ConnStats stats;
  stats.frames_received = counters.frames_received.value();
  stats.bytes_received = counters.bytes_received.value();
  stats.messages_received = counters.messages_received.value();
  stats.frames_dropped = counters.frames_dropped.value();
  stats.calls_dropped = counters.calls_dropped.value();
  stats.messages_sent = counters.messages_sent.value();
  stats.bytes_sent = counters.bytes_sent.value();
  stats.invocations_started = counters.invocations_started.value();
  stats.invocations_succeeded = counters.invocations_succeeded.value();
  stats.invocations_failed = counters.invocations_failed.value();
  stats.reconnects = counters.reconnects.value();
  stats.restarts = counters.restarts.value();
  sending_.measure(stats.send_queue_messages, stats.send_queue_bytes);
  receiving_.measure(stats.receive_queue_messages, stats.receive_queue_bytes);
  backlog_.measure(stats.receive_queue_messages, stats.receive_queue_bytes);
  return stats;
}

void Session::set_on_gap(std::function<void(const Gap& gap)> handler) {
  post([handler = std::move(handler)](Session& self) mutable {
    if (!self.events_.on_gap) self.gap_detector_.go_on_from(self.published_.message_id());
    self.events_.on_gap = std::move(handler);
  });
}

void Session::set_on_closed(std::function<void(const Error*)> handler) {
  post([handler = std::move(handler)](Session& self) mutable {
    self.events_.on_closed = std::move(handler);
    if (self.phase_ == Phase::over) self.tell_closed();
  });
}

}  // namespace signalr::detail::session
