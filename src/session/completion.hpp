// One call under way: its handler, its deadline, its cancellation. Whoever comes first ends it.
#pragma once

#include <memory>
#include <utility>

#include <signalr/call_options.hpp>
#include <signalr/errors.hpp>
#include <signalr/function.hpp>
#include <signalr/result.hpp>

#include "session/context.hpp"
#include "session/timer.hpp"

namespace signalr::detail::session {

/// Whether the time of a call that begins now is over: then it takes nothing.
inline bool is_over(const CallOptions& options, const Executor& executor) {
  if (options.cancel.canceled()) return true;
  if (options.deadline.is_never()) return false;
  const TimePoint now = executor.now();
  return options.deadline.resolve(now) <= now;
}

/// The same options, with the deadline as the point of time that it means for a call that begins now.
inline CallOptions resolved(const CallOptions& options, const Executor& executor) {
  if (options.deadline.is_never()) return options;
  return {Deadline(options.deadline.resolve(executor.now())), options.cancel};
}

/// Owned by a shared_ptr: by the queue that it waits in and by tasks on their way. What its label names outlives it, or
/// abandons it. Made on any thread; everything else on the strand, inside the gate. Destroyed uncalled when the session
/// goes.
template <class T>
class Completion : public std::enable_shared_from_this<Completion<T>> {
 public:
  using Handler = UniqueFunction<void(Result<T>)>;

  Completion(Context& context, Handler handler, CallOptions options, Label what)
      : context_(context),
        handler_(std::move(handler)),
        cancel_(std::move(options.cancel)),
        begun_(options.deadline.is_never() ? TimePoint() : context.executor->now()),
        ends_(options.deadline.resolve(begun_)),
        what_(what),
        deadline_(context) {}

  bool done() const noexcept { return !handler_; }
  /// Whether `watch` would have anything to watch.
  bool has_limits() const noexcept { return ends_ != TimePoint::max() || cancel_.can_be_canceled(); }
  /// Why the call is over before anything was done for it: its token was canceled, its time is over. Null: it isn't.
  /// Any thread.
  ErrorPtr given_up() const {
    if (cancel_.canceled()) return canceled();
    if (ends_ != TimePoint::max() && ends_ <= context_.executor->now()) return too_late();
    return nullptr;
  }
  /// Ends the call if its token was canceled, though word of that is still on its way to the strand.
  bool end_if_canceled() {
    if (!cancel_.canceled()) return false;
    complete(canceled());
    return true;
  }
  /// Ends the call without calling anybody.
  void abandon() noexcept {
    deadline_.cancel();
    cancellation_.reset();
    give_up_ = nullptr;
    handler_ = nullptr;
  }

  /// Called instead of completing when the deadline passes or the token is canceled; it must complete the call.
  using GiveUp = UniqueFunction<void(ErrorPtr)>;

  /// Begins to watch deadline and cancellation.
  void watch(GiveUp give_up = nullptr) {
    if (done()) return;
    give_up_ = std::move(give_up);
    if (ends_ != TimePoint::max()) deadline_.judge_at(ends_, [this] { end(too_late()); });
    if (!cancel_.can_be_canceled()) return;
    // The callback runs on any thread, perhaps after the session: it holds weak ends only.
    cancellation_ = CancelRegistration(
        cancel_, [weak = this->weak_from_this(), executor = std::weak_ptr<Executor>(context_.executor)] {
          const auto strand = executor.lock();
          if (strand == nullptr) return;
          strand->post([weak] {
            const auto self = weak.lock();
            if (self == nullptr || self->done()) return;
            const Entry entry(self->context_.gate);
            if (entry) self->end(self->canceled());
          });
        });
  }

  /// Ends the call, unless it was ended before. The handler runs inside.
  void complete(Result<T> result) {
    if (done()) return;
    deadline_.cancel();
    cancellation_.reset();
    give_up_ = nullptr;
    Handler handler = std::move(handler_);
    context_.guard(what_, [&] { handler(std::move(result)); });
  }

 private:
  ErrorPtr too_late() const {
    return DeadlineError(what_.text() + " was not done within its deadline, " +
                         in_milliseconds(ends_ <= begun_ ? Duration::zero() : ends_ - begun_))
        .clone();
  }
  ErrorPtr canceled() const { return CanceledError(what_.text() + " was canceled").clone(); }

  void end(ErrorPtr error) {
    const auto self = this->shared_from_this();
    if (GiveUp give_up = std::move(give_up_)) return give_up(std::move(error));
    complete(std::move(error));
  }

  Context& context_;
  Handler handler_;
  const CancelToken cancel_;
  const TimePoint begun_;  // relative deadlines count from the call on, not from when the strand comes to it
  const TimePoint ends_;
  const Label what_;
  Timer deadline_;
  CancelRegistration cancellation_;
  GiveUp give_up_;
};

}  // namespace signalr::detail::session
