// The calls that we make: sent, answered, ended (P§6.2, P§6.3).
#include <algorithm>
#include <charconv>
#include <utility>

#include "hub/router.hpp"
#include "protocol/ascii.hpp"
#include "protocol/hub_writer.hpp"
#include "protocol/json_text.hpp"
#include "protocol/safe_text.hpp"

namespace signalr::detail::hub {

using protocol::Frame;
using session::Session;

/// What a call's message is sent with: whatever becomes of it, the call hears of it.
class Router::Written {
 public:
  Written(std::shared_ptr<Router> router, std::shared_ptr<PendingInvocation> call) noexcept
      : router_(std::move(router)), call_(std::move(call)) {}
  Written(Written&&) noexcept = default;
  Written& operator=(Written&&) = delete;
  ~Written() {
    if (call_ == nullptr) return;  // else it was dropped: the connection has gone
    router_->take(*call_);
    call_->abandon();
  }
  void operator()(const Result<void>& written) {
    const auto call = std::exchange(call_, nullptr);
    if (!written.ok()) {
      router_->end(call, written.error_ptr());
    } else if (const auto session = router_->session_.lock(); session != nullptr && session->answers_writes()) {
      router_->end(call, InvocationError(call->method(), call->id(), "the server's answer held no result", nullptr));
    }
    call->on_written(written);
  }

 private:
  std::shared_ptr<Router> router_;
  std::shared_ptr<PendingInvocation> call_;
};

std::shared_ptr<PendingInvocation> Router::invoke(const std::string& hub, std::string_view method,
                                                  std::string_view args, const CallOptions& options) {
  auto call = std::make_shared<PendingInvocation>(session_, executor_, next_id_.fetch_add(1), hub, std::string(method),
                                                  session::resolved(options, *executor_));
  const auto session = session_.lock();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (session == nullptr || gone_) {
      call->abandon();
      return call;
    }
    calls_.emplace(call->number(), call);  // before it can be answered
    context_.counters.invocations_started.add();
  }
  if (ErrorPtr given_up = watch(*session, call)) {
    session->post([self = shared_from_this(), call, given_up](Session&) { self->end(call, given_up); });
    return call;
  }
  std::string text = session->take_buffer();
  protocol::append_invocation(text, hub, method, args, call->id(), states_.json(hub));
  call->set_write(session->async_write(std::move(text), Written(shared_from_this(), call), {}));
  return call;
}

// Only calls with a deadline or a token pay for them. The error: of a call that is over before it is sent.
ErrorPtr Router::watch(Session& session, const std::shared_ptr<PendingInvocation>& call) {
  const CallOptions& options = call->limits();
  if (options.deadline.is_never() && !options.cancel.can_be_canceled()) return nullptr;
  auto watch = std::make_shared<session::Completion<void>>(
      session.context(),
      [self = shared_from_this(), weak = std::weak_ptr(call)](Result<void> given_up) {
        const auto under_way = weak.lock();
        if (under_way == nullptr) return;
        const bool too_late = dynamic_cast<const DeadlineError*>(&given_up.error()) != nullptr;
        if (!too_late || !under_way->has_arrived()) self->end(under_way, given_up.error_ptr());
      },
      options, session::Label("the call", call->hub(), call->method()));
  if (ErrorPtr given_up = watch->given_up()) return given_up;
  session.post([call, watch = std::move(watch)](Session&) mutable { call->set_watch(std::move(watch)); });
  return nullptr;
}

void Router::notify(const std::string& hub, std::string_view method, std::string_view args) {
  const auto session = session_.lock();
  if (session == nullptr) throw WriteError(ConnectionGone("the connection was destroyed").clone());
  std::string text = session->take_buffer();
  protocol::append_invocation(text, hub, method, args, std::to_string(next_id_.fetch_add(1)), states_.json(hub));
  if (const ErrorPtr refused = session->write_unwatched(std::move(text))) throw WriteError(refused);
}

void Router::cancel(const std::shared_ptr<PendingInvocation>& call) {
  const auto session = call->session();
  if (session == nullptr || call->answer() != nullptr) return;
  session->post([router = of(session), call](Session&) {
    router->end(
        call,
        CanceledError("the call of " + protocol::quoted_name(call->hub(), call->method()) + " was canceled").clone());
  });
}

// Ids are ours: decimal, without sign, leading zeros or anything else (P#128).
std::shared_ptr<PendingInvocation> Router::find(const protocol::JsonString& id) {
  const std::string_view text = decoded(id, id_scratch_);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || (text.size() > 1 && text.front() == '0')) {
    return nullptr;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto call = calls_.find(number);
  return call == calls_.end() ? nullptr : call->second;
}

bool Router::note(const Frame& frame) {
  if (frame.kind != protocol::FrameKind::result || frame.progress_id || !frame.id) return false;
  const auto call = find(*frame.id);
  if (call == nullptr) return false;
  call->set_arrived();
  return true;
}

// P first, then E, then R (P§6.3).
void Router::on_result(std::string_view text, const Frame& frame) {
  if (frame.progress_id) return on_progress(*frame.progress_id, frame.progress_data, frame.state);
  const auto call = frame.id ? find(*frame.id) : nullptr;
  if (call == nullptr) return ignore_result();
  if (frame.error.empty()) take_state(call->hub(), frame.state);
  run_taps(call->hub(), text, frame);
  if (context_.gate.closed()) return;
  // What was answered was sent, also if that wasn't told yet.
  context_.guard({"async_exec", call->hub(), call->method()}, [&] { call->on_written(Result<void>()); });
  if (frame.error.empty()) return end(call, RawJson(RawJsonView(frame.result)));
  std::optional<RawJson> data;
  if (frame.hub_error && !frame.error_data.empty()) data = RawJson(RawJsonView(frame.error_data));
  end(call, InvocationError(call->method(), call->id(), protocol::decoded_error(frame.error), frame.hub_error,
                            std::move(data)));
}

// Told the more rarely the more of them come (P#130).
void Router::ignore_result() {
  ++ignored_results_;
  if ((ignored_results_ & (ignored_results_ - 1)) != 0) return;
  context_.log(LogLevel::debug, "a result for a call that isn't under way was ignored, ",
               std::to_string(ignored_results_), " of them by now");
}

void Router::run_taps(const std::string& hub, std::string_view text, const Frame& frame) {
  if (taps_.empty()) return;
  Message message;
  message.assign(text, frame);
  for (const HandlerPtr& tap : taps_) {
    if (tap->owner.load(std::memory_order_acquire) != this) continue;
    if (!protocol::equal_ignoring_case(tap->hub, hub)) continue;
    context_.guard({"on_result", hub, {}},
                   [&] { tap->result(message); });  // does nothing once a tap has ended the connection
  }
}

// Progress for calls that aren't under way is dropped: it may come late (P§6.3).
void Router::on_progress(const protocol::JsonString& id, std::string_view data, std::string_view state) {
  const auto call = find(id);
  if (call == nullptr) return;
  take_state(call->hub(), state);
  call->on_progress(RawJsonView(data.empty() ? "null" : data), context_);
}

bool Router::take(const PendingInvocation& call) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return calls_.erase(call.number()) != 0;
}

void Router::end(const std::shared_ptr<PendingInvocation>& call, Result<RawJson> answer) {
  if (!take(*call)) return;
  (answer.ok() ? context_.counters.invocations_succeeded : context_.counters.invocations_failed).add();
  call->end(std::move(answer), context_);
}

void Router::on_reconnecting(const ErrorPtr& reason) {
  end_all(reason, "the connection started reconnecting before the answer came");
}

void Router::on_restarting(const ErrorPtr& reason) {
  end_all(reason, "the connection was lost for good before the answer came");
}

void Router::on_over(const ErrorPtr& reason) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    over_ = reason;
  }
  end_all(reason, "the connection was closed before the answer came");
  for (const auto& stream : std::exchange(live_streams_, {})) stream->end(ReadError(reason).clone());
}

// In the order of their making.
void Router::end_all(const ErrorPtr& reason, const char* why) {
  std::vector<std::shared_ptr<PendingInvocation>> lost;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [number, call] : calls_) lost.push_back(call);
  }
  std::sort(lost.begin(), lost.end(), [](const auto& a, const auto& b) { return a->number() < b->number(); });
  for (const auto& call : lost) {
    if (context_.gate.closed()) return;
    end(call, InvocationError(call->method(), call->id(), why, reason));
  }
}

}  // namespace signalr::detail::hub
