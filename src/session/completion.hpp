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

namespace signalr::session {

/// Owned by a shared_ptr: by the queue that it waits in and by tasks on their way. Made on any thread; everything else
/// on the strand, inside the gate. Destroyed uncalled when the session goes.
template <class T>
class Completion : public std::enable_shared_from_this<Completion<T>> {
 public:
  using Handler = UniqueFunction<void(Result<T>)>;

  Completion(Context& context, Handler handler, CallOptions options, const char* what)
      : context_(context),
        handler_(std::move(handler)),
        options_(std::move(options)),
        what_(what),
        deadline_(context) {}

  bool done() const noexcept { return !handler_; }
  /// Whether `watch` would have anything to watch.
  bool has_limits() const noexcept { return !options_.deadline.is_never() || options_.cancel.can_be_cancelled(); }
  /// Ends the call without calling anybody.
  void abandon() noexcept {
    deadline_.cancel();
    cancellation_.reset();
    give_up_ = nullptr;
    handler_ = nullptr;
  }

  /// Called instead of completing when the deadline passes or the token is cancelled; it must complete the call.
  using GiveUp = UniqueFunction<void(ErrorPtr)>;

  /// Begins to watch deadline and cancellation.
  void watch(GiveUp give_up = nullptr) {
    if (done()) return;
    give_up_ = std::move(give_up);
    if (const TimePoint when = options_.deadline.resolve(context_.executor->now()); when != TimePoint::max()) {
      deadline_.set_at(when, [this] {
        end(DeadlineError(std::string(what_) + " was not done within the deadline of the call").clone());
      });
    }
    if (!options_.cancel.can_be_cancelled()) return;
    // The callback runs on any thread, perhaps after the session: it holds weak ends only.
    cancellation_ = CancelRegistration(
        options_.cancel, [weak = this->weak_from_this(), executor = std::weak_ptr<Executor>(context_.executor)] {
          const auto strand = executor.lock();
          if (strand == nullptr) return;
          strand->post([weak] {
            const auto self = weak.lock();
            if (self == nullptr || self->done()) return;
            const Entry entry(self->context_.gate);
            if (entry) self->end(CanceledError(std::string(self->what_) + " was cancelled").clone());
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
    context_.guard([&] { handler(std::move(result)); });
  }

 private:
  void end(ErrorPtr error) {
    const auto self = this->shared_from_this();
    if (GiveUp give_up = std::move(give_up_)) return give_up(std::move(error));
    complete(std::move(error));
  }

  Context& context_;
  Handler handler_;
  CallOptions options_;
  const char* what_;
  Timer deadline_;
  CancelRegistration cancellation_;
  GiveUp give_up_;
};

}  // namespace signalr::session
