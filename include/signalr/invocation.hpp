// A call of a hub method that is under way: its answer, its progress, its end.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <signalr/call_options.hpp>
#include <signalr/export.hpp>
#include <signalr/function.hpp>
#include <signalr/invocation_error.hpp>
#include <signalr/json.hpp>
#include <signalr/raw_json.hpp>
#include <signalr/result.hpp>

namespace signalr {

namespace detail::hub {
class PendingInvocation;
}  // namespace detail::hub

/// A handle; copies share one call. The call goes on when all handles are gone. Any thread. One that was moved from is
/// empty: it can be assigned to, all else throws UsageError.
///
/// The call ends exactly once: with the server's answer, or with InvocationError (the server's own error, or ours when
/// the transport was lost), DeadlineError, CanceledError, WriteError or ConnectionGone. Whatever the error is but the
/// server's: the method may have run. It is never called a second time.
class SIGNALR_API Invocation {
 public:
  using ResultHandler = UniqueFunction<void(Result<RawJson>)>;
  using ProgressHandler = UniqueFunction<void(RawJsonView)>;

  /// For Client's use.
  explicit Invocation(std::shared_ptr<detail::hub::PendingInvocation> call) noexcept;

  /// `I` on the wire: unique among all calls of a connection.
  const std::string& id() const;
  const std::string& method() const;

  /// Waits until the call was handed to the network, not for its answer (as in the Go library); where each message is a
  /// request of its own, until the server has answered that. What the method makes of it is not told here. Throws
  /// WriteError, or what ended the call before. Not on the connection's executor.
  void exec();
  /// The handler is called once, on the executor; when it is known already, soon.
  void async_exec(UniqueFunction<void(Result<void>)> handler);
  const std::shared_ptr<Executor>& executor() const;

  /// Whether the call has ended, so that `wait` and `get` don't wait.
  bool done() const;
  /// Waits for the answer; a void method's is null. Throws the error that ended the call. Not on the connection's
  /// executor, unless the call has ended.
  RawJson wait();

  /// Waits as `wait` does and decodes the answer: into nothing (`get<void>`), or a type that json.hpp knows. Null
  /// decodes into types that can hold it (std::optional, RawJson). Throws DecodeError, too. May be asked again.
  template <class T = RawJson>
  T get() {
    require_owners<T>();
    if constexpr (std::is_void_v<T>) {
      settled();
    } else {
      const RawJson& answer = settled();
      try {
        return decode_json<T>(answer);
      } catch (const DecodeError& error) {
        throw error.within(place_of_answer());
      }
    }
  }
  template <class T>
  void unmarshal(T& destination) {
    destination = get<T>();
  }

  /// Calls the handler with the answer, once, on the executor; when the answer is there already, soon. Several handlers
  /// are called in the order of their registration.
  Invocation& then(ResultHandler handler);
  /// The same with the answer decoded: `then<int>([](signalr::Result<int> sum) { … })`.
  template <class T, class Handler>
  Invocation& then(Handler handler) {
    return then(
        ResultHandler([handler = std::move(handler), place = place_of_answer()](Result<RawJson> answer) mutable {
          handler(decode_result<T>(std::move(answer), place));
        }));
  }

  /// Calls the handler with each progress report, in order, on the executor, before the call ends. Reports that came
  /// before it was set are kept (the last ones, Limits::max_early_progress) and handed over first, then even after the
  /// end. Setting another one replaces it.
  Invocation& on_progress(ProgressHandler handler);
  /// The same with each report decoded; one that can't be goes to on_error.
  template <class T, class Handler>
  Invocation& on_progress(Handler handler) {
    return on_progress(ProgressHandler(
        [handler = std::move(handler)](RawJsonView report) mutable { handler(decode_json<T>(report)); }));
  }

  /// Stops waiting: the call ends with CanceledError, and an answer that comes later is ignored. The server isn't told:
  /// the protocol has no way to. After the end it does nothing.
  void cancel();

 private:
  const std::shared_ptr<detail::hub::PendingInvocation>& call() const;
  const RawJson& settled();
  /// What errors call it.
  std::string place_of_answer() const;

  std::shared_ptr<detail::hub::PendingInvocation> call_;
};

}  // namespace signalr
