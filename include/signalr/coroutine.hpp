// Coroutines: what a thread would block in is awaited instead. Opt-in, and the one header that needs C++20.
#pragma once

#if !defined(__cpp_impl_coroutine)
#error "<signalr/coroutine.hpp> needs coroutines: compile with -std=c++20 or later"
#else

#include <atomic>
#include <coroutine>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include <signalr/callback_stream.hpp>
#include <signalr/cancel.hpp>
#include <signalr/client.hpp>
#include <signalr/conn.hpp>
#include <signalr/event_loop.hpp>
#include <signalr/invocation.hpp>

/// Each function here is the blocking call of the same name, to be awaited; `co_await invocation` waits for its answer.
/// Any coroutine type will do that doesn't restrict what is awaited in it; the library brings none.
///
/// - It returns and throws what the blocking call returns and throws.
/// - Afterwards the coroutine goes on on the connection's executor, as a handler: never two at once, never inside the
///   call that it waited for, and `~Conn` on another thread waits until it suspends again.
/// - When the Conn is destroyed, coroutines that wait are resumed with ConnectionGone, soon, on the executor: perhaps
///   after `~Conn` has returned. Once the executor has stopped it has no thread to resume them on: then it is the
///   thread that stops it, or the one that awaits.
/// - A coroutine that waits may be destroyed: on the executor, or after that has stopped. Nothing of it is touched
///   afterwards. A dial is given up, a reader takes no message; what was sent isn't called back.
/// - Conn, Client and stream are used until the coroutine is suspended, and no longer.
namespace signalr::co {

namespace detail {

/// One co_await, shared with the handler of the call, which may be called or destroyed after the coroutine's end.
template <class T>
class Suspension : public std::enable_shared_from_this<Suspension<T> > {
 public:
  Suspension(std::shared_ptr<Executor> executor, std::coroutine_handle<> waiter) noexcept
      : executor_(std::move(executor)), waiter_(waiter) {}

  /// The call has been made; `operation` is what ends it when the coroutine does. From now on the coroutine may run.
  void begin(std::shared_ptr<void> operation) {
    operation_ = std::move(operation);
    Phase before = Phase::starting;
    if (!phase_.compare_exchange_strong(before, Phase::waiting)) return resume_later();
    phase_.notify_one();
  }
  /// The handler was called. Perhaps before the thread that made the call has come to `begin`: it soon will.
  void complete(Result<T> result) {
    phase_.wait(Phase::starting);
    result_.emplace(std::move(result));
    resume();
  }
  /// The handler was destroyed uncalled: amid the end of the connection, which nobody should come back into.
  void drop() {
    if (phase_.exchange(Phase::dropped) == Phase::waiting) resume_later();
  }
  /// The coroutine has gone on, or was destroyed.
  void leave() noexcept {
    waiter_ = nullptr;
    operation_.reset();
  }
  T result() {
    if (!result_) throw ConnectionGone("the connection was destroyed, or its executor stopped, before the call ended");
    return std::move(*result_).value();
  }

 private:
  enum class Phase { starting, waiting, dropped };

  /// Resumes when it runs, or when a stopped executor destroys it.
  class Resumption {
   public:
    explicit Resumption(std::shared_ptr<Suspension> suspension) noexcept : suspension_(std::move(suspension)) {}
    Resumption(Resumption&&) noexcept = default;
    Resumption& operator=(Resumption&&) = delete;
    ~Resumption() { (*this)(); }
    void operator()() noexcept {
      const auto suspension = std::exchange(suspension_, nullptr);
      if (suspension == nullptr) return;
      try {
        suspension->resume();
      } catch (...) {  // a coroutine type that throws: the connection's owner has gone, nobody is left to tell
      }
    }

   private:
    std::shared_ptr<Suspension> suspension_;
  };

  void resume() {
    if (const auto waiter = std::exchange(waiter_, nullptr)) waiter.resume();
  }
  void resume_later() { executor_->post(Resumption(this->shared_from_this())); }

  const std::shared_ptr<Executor> executor_;
  std::coroutine_handle<> waiter_;
  std::shared_ptr<void> operation_;
  std::atomic<Phase> phase_{Phase::starting};
  std::optional<Result<T> > result_;
};

/// The handler of a call that a coroutine waits for.
template <class T>
class Resume {
 public:
  explicit Resume(std::shared_ptr<Suspension<T> > suspension) noexcept : suspension_(std::move(suspension)) {}
  Resume(Resume&&) noexcept = default;
  Resume& operator=(Resume&&) = delete;
  ~Resume() {
    if (suspension_ != nullptr) suspension_->drop();
  }
  void operator()(Result<T> result) { std::exchange(suspension_, nullptr)->complete(std::move(result)); }

 private:
  std::shared_ptr<Suspension<T> > suspension_;
};

/// Cancels when the user's token is, and when it is destroyed.
class Abandonment {
 public:
  explicit Abandonment(const CancelToken& users) : link_(users, [source = source_]() mutable { source.cancel(); }) {}
  Abandonment(const Abandonment&) = delete;
  Abandonment& operator=(const Abandonment&) = delete;
  ~Abandonment() { source_.cancel(); }
  CancelToken token() const noexcept { return source_.token(); }

 private:
  CancelSource source_;
  CancelRegistration link_;
};

}  // namespace detail

/// A call to be made: by `co_await`, once.
template <class T>
class [[nodiscard]] Awaitable {
 public:
  using Handler = UniqueFunction<void(Result<T>)>;
  /// Makes the call. What it returns is kept while the coroutine waits, and its destruction ends the call.
  using Start = UniqueFunction<std::shared_ptr<void>(Handler)>;

  Awaitable(std::shared_ptr<Executor> executor, Start start)
      : executor_(std::move(executor)), start_(std::move(start)) {}
  Awaitable(const Awaitable&) = delete;
  Awaitable& operator=(const Awaitable&) = delete;
  ~Awaitable() {
    if (suspension_ != nullptr) suspension_->leave();
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    const auto suspension = std::make_shared<detail::Suspension<T> >(executor_, waiter);
    suspension_ = suspension;
    suspension->begin(start_(Handler(detail::Resume<T>(suspension))));  // then this may be gone
  }
  T await_resume() { return suspension_->result(); }

 private:
  std::shared_ptr<Executor> executor_;
  Start start_;
  std::shared_ptr<detail::Suspension<T> > suspension_;
};

/// The answer of a call, when awaited.
template <class T>
class [[nodiscard]] Answer : public Awaitable<void> {
 public:
  explicit Answer(Invocation call)
      : Awaitable(call.executor(),
                  [call](Handler handler) mutable -> std::shared_ptr<void> {
                    call.then([handler = std::move(handler)](const Result<RawJson>&) mutable { handler({}); });
                    return nullptr;
                  }),
        call_(std::move(call)) {}

  // An answer that came before the connection's end counts.
  T await_resume() {
    if (!call_.done()) Awaitable::await_resume();
    return call_.template get<T>();
  }

 private:
  Invocation call_;
};

/// The next call of a stream, when awaited.
class [[nodiscard]] NextCall : public Awaitable<HubCall> {
 public:
  NextCall(CallbackStream& stream, CallOptions options)
      : Awaitable(stream.executor(), [&stream, options = std::move(options)](Handler handler) {
          auto reading = std::make_shared<detail::Abandonment>(options.cancel);
          stream.async_read(std::move(handler), CallOptions(options.deadline, reading->token()));
          return reading;
        }) {}
};

/// Its arguments.
template <class... Args>
class [[nodiscard]] Arguments : public NextCall {
 public:
  using NextCall::NextCall;
  std::tuple<Args...> await_resume() { return CallbackStream::decoded<Args...>(NextCall::await_resume()); }
};

/// `what`: Hubs or ConnectionData.
template <class What>
Awaitable<Conn> dial(std::string endpoint, What what, DialOptions options, CallOptions call = {}) {
  if (options.executor == nullptr) options.executor = shared_event_loop();
  auto executor = options.executor;
  return {std::move(executor), [endpoint = std::move(endpoint), what = std::move(what), options = std::move(options),
                                call = std::move(call)](Awaitable<Conn>::Handler handler) mutable {
            return std::make_shared<PendingDial>(
                async_dial(std::move(endpoint), std::move(what), std::move(options), std::move(handler), call));
          }};
}

inline Awaitable<Message> read_message(Conn& conn, CallOptions options = {}) {
  return {conn.executor(), [&conn, options = std::move(options)](Awaitable<Message>::Handler handler) {
            auto reading = std::make_shared<detail::Abandonment>(options.cancel);
            conn.async_read_message(std::move(handler), CallOptions(options.deadline, reading->token()));
            return reading;
          }};
}

inline Awaitable<void> write_message(Conn& conn, ClientMsg message, CallOptions options = {}) {
  return {conn.executor(),
          [&conn, message = std::move(message),
           options = std::move(options)](Awaitable<void>::Handler handler) -> std::shared_ptr<void> {
            conn.async_write_message(message, std::move(handler), options);
            return nullptr;
          }};
}

inline Awaitable<void> send(Conn& conn, std::string text, CallOptions options = {}) {
  return {conn.executor(),
          [&conn, text = std::move(text),
           options = std::move(options)](Awaitable<void>::Handler handler) mutable -> std::shared_ptr<void> {
            conn.async_send(std::move(text), std::move(handler), options);
            return nullptr;
          }};
}

inline Awaitable<void> close(Conn& conn, CallOptions options = {}) {
  return {conn.executor(),
          [&conn, options = std::move(options)](Awaitable<void>::Handler handler) -> std::shared_ptr<void> {
            conn.async_close(std::move(handler), options);
            return nullptr;
          }};
}

inline Awaitable<void> run(Client& client, CallOptions options = {}) {
  return {client.executor(),
          [&client, options = std::move(options)](Awaitable<void>::Handler handler) -> std::shared_ptr<void> {
            client.async_run(std::move(handler), options);
            return nullptr;
          }};
}

/// `int sum = co_await co::get<int>(calc.invoke("Add", 2, 3));`
template <class T = RawJson>
Answer<T> get(Invocation call) {
  return Answer<T>(std::move(call));
}

inline Awaitable<void> exec(Invocation call) {
  auto executor = call.executor();
  return {std::move(executor),
          [call = std::move(call)](Awaitable<void>::Handler handler) mutable -> std::shared_ptr<void> {
            call.async_exec(std::move(handler));
            return nullptr;
          }};
}

/// `auto [name, text] = co_await co::read<std::string, std::string>(messages);`
template <class... Args>
Arguments<Args...> read(CallbackStream& stream, CallOptions options = {}) {
  return {stream, std::move(options)};
}

inline NextCall read_raw(CallbackStream& stream, CallOptions options = {}) { return {stream, std::move(options)}; }

}  // namespace signalr::co

namespace signalr {

/// `RawJson answer = co_await calc.invoke("Add", 2, 3);`
inline co::Answer<RawJson> operator co_await(Invocation call) { return co::get<RawJson>(std::move(call)); }

}  // namespace signalr

#endif
