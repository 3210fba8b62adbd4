// A hub's proxy: call its methods, be called by it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <signalr/call_options.hpp>
#include <signalr/callback_stream.hpp>
#include <signalr/conn.hpp>
#include <signalr/export.hpp>
#include <signalr/function.hpp>
#include <signalr/invocation.hpp>
#include <signalr/json.hpp>
#include <signalr/message.hpp>
#include <signalr/subscription.hpp>

namespace signalr {

namespace detail {
/// The parameter types of a callable that isn't overloaded.
template <class F>
struct Parameters : Parameters<decltype(&F::operator())> {};
template <class R, class... P>
struct Parameters<R (*)(P...)> {
  using Types = std::tuple<std::decay_t<P>...>;
};
template <class R, class C, class... P>
struct Parameters<R (C::*)(P...)> {
  using Types = std::tuple<std::decay_t<P>...>;
};
template <class R, class C, class... P>
struct Parameters<R (C::*)(P...) const> {
  using Types = std::tuple<std::decay_t<P>...>;
};
}  // namespace detail

/// The proxy of one hub. Register its handlers, then dial; several Clients may share a connection:
///
///     signalr::Client orders("Orders");
///     const auto fills = orders.on("filled", [](const Fill& fill) { … });
///     signalr::Conn conn = signalr::dial(url, {orders}, options);
///
/// Everything that comes finds its handler, from the first message on; calls that no handler takes are dropped. Names
/// of hubs and methods are compared without regard to the case of ASCII letters. Any thread may call any function;
/// handlers run on the connection's executor, one at a time.
///
/// Before it is dialed a Client takes handlers, streams, state and a default timeout; what needs a connection throws
/// UsageError. It isn't bound to one connection: when that is over, the Client keeps its handlers and its state and can
/// be dialed again, while what it is asked meanwhile ends with the error that ended the connection. A dial that fails
/// changes nothing. Moving a Client takes all of this along.
///
/// Destroying a Client ends nothing: calls under way, subscriptions and streams go on. When the Conn has gone, calls
/// end with ConnectionGone, and no handler runs before the Client is dialed again.
///
/// A Client can also be made when the connection is there (the Go library's order). Then, unless that was dialed for
/// Clients, calls by the server that have no handler yet are kept, within Limits::max_early_calls, until one is
/// registered or `run` is called; from then on calls without a handler are dropped. A call that any handler got, be it
/// one of on_any or a stream, is delivered: a handler that is registered later doesn't get it.
class SIGNALR_API Client {
 public:
  using CallHandler = UniqueFunction<void(const HubCallView& call)>;
  using ResultHandler = UniqueFunction<void(const Message& result)>;

  /// To be dialed; see `dial` and `Hubs`.
  explicit Client(std::string hub);
  /// Of a connection that was dialed before. Throws UsageError for a hub that isn't among the Hubs that the connection
  /// was dialed for (ConnectionData isn't looked into), and when the connection's messages go elsewhere already
  /// (read_message, on_received).
  Client(std::string hub, Conn& conn);
  /// What was moved from is empty: it can be assigned to, all else throws UsageError.
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  const std::string& hub() const;
  /// UsageError before the first connection.
  std::shared_ptr<Executor> executor() const;

  /// Calls a method; never blocks. UsageError before the first connection. Arguments are encoded by json.hpp, which may
  /// throw UsageError; errors of sending end the Invocation. An Invocation that isn't kept goes on all the same.
  template <class... Args>
  Invocation invoke(std::string_view method, const Args&... args) {
    return invoke_encoded(method, encode_arguments(args...), default_options());
  }
  /// The same with a deadline for the answer and a token. To be recommended: the server never answers some mistakes,
  /// such as a hub that it doesn't have (P§6.3).
  template <class... Args>
  Invocation invoke(const CallOptions& options, std::string_view method, const Args&... args) {
    return invoke_encoded(method, encode_arguments(args...), options);
  }
  /// `args` is the text of JSON values with commas between them.
  Invocation invoke_encoded(std::string_view method, std::string_view args, const CallOptions& options);

  /// Calls a method and wants no answer: nothing is kept, errors of the method go unnoticed. Never blocks; throws
  /// WriteError when the message can't be queued, UsageError before the first connection.
  template <class... Args>
  void notify(std::string_view method, const Args&... args) {
    notify_encoded(method, encode_arguments(args...));
  }
  void notify_encoded(std::string_view method, std::string_view args);

  /// A deadline for the answers of all later calls that are given none. Default: none.
  void set_default_timeout(Deadline timeout);

  /// Calls `handler` when the server calls `method`; several handlers of one method are called in the order of their
  /// registration, those of other Clients of the hub included. A handler takes either a `const HubCallView&`, or the
  /// arguments decoded: fewer arguments than it takes, or one that can't be decoded, go to on_error as DecodeError,
  /// more are ignored. A call whose list of arguments is null or missing has none.
  template <class Handler>
  [[nodiscard]] Subscription on(std::string_view method, Handler handler) {
    if constexpr (std::is_invocable_v<Handler&, const HubCallView&>) {
      return on_call(method, CallHandler(std::move(handler)));
    } else {
      return on_call(method, decoding(std::move(handler)));
    }
  }
  /// Calls `handler` for every call to this hub, before the handlers of its method.
  [[nodiscard]] Subscription on_any(CallHandler handler);
  /// Calls `handler` for every answer to a call of this hub, before the call itself ends.
  [[nodiscard]] Subscription on_result(ResultHandler handler);

  /// The calls of one method, to be read one by one, until `life` ends or the connection does. Without a connection it
  /// waits for the next one: relative deadlines of `life` count from there, and reading throws what the last connection
  /// ended with, UsageError before the first. Throws DuplicateCallbackError while another stream of that method of this
  /// Client is open.
  [[nodiscard]] CallbackStream callback(std::string_view method, const StreamOptions& options = {},
                                        const CallOptions& life = {});

  /// Says that all handlers are registered, then waits until the connection is over: returns when `close` was called,
  /// throws the error that ended it otherwise; DeadlineError, CanceledError. Handlers run all the same without it. Not
  /// on the connection's executor. UsageError before the first connection.
  void run(const CallOptions& options = {});
  void async_run(UniqueFunction<void(Result<void>)> handler, const CallOptions& options = {});
  /// Closes the connection, for all its Clients (as in the Go library); see Conn::close.
  void close(const CallOptions& options = {});

  /// The hub's state: sent whole with each call, changed by the server's answers and calls. Names without regard to
  /// case. All Clients of a hub and a connection share it; when they are dialed, what the later ones have set counts.
  std::optional<RawJson> state(std::string_view name) const;
  void set_state(std::string_view name, RawJson value);

 private:
  template <class... Args>
  static std::string encode_arguments(const Args&... args) {
    std::string text;
    ((text.empty() ? void() : text.push_back(','), append_json(text, args)), ...);
    return text;
  }

  template <class Handler>
  static CallHandler decoding(Handler handler) {
    using Types = typename detail::Parameters<Handler>::Types;
    return [handler = std::move(handler)](const HubCallView& call) mutable {
      call_decoded<Types>(handler, call, std::make_index_sequence<std::tuple_size_v<Types>>());
    };
  }
  template <class Types, class Handler, std::size_t... I>
  static void call_decoded(Handler& handler, const HubCallView& call, std::index_sequence<I...>) {
    // Braces: the arguments are decoded from left to right.
    std::tuple<std::tuple_element_t<I, Types>...> values{
        decode_argument<std::tuple_element_t<I, Types>>(I, call.arg(I))...};
    std::apply(handler, std::move(values));
  }

  Subscription on_call(std::string_view method, CallHandler handler);
  CallOptions default_options() const;

  friend struct Hubs;
  const std::shared_ptr<detail::hub::Proxy>& proxy() const;

  std::shared_ptr<detail::hub::Proxy> proxy_;
};

}  // namespace signalr
