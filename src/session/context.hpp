// What the parts of one session share: the strand they run on, the options, the way to the log.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include <signalr/dial_options.hpp>
#include <signalr/error_base.hpp>
#include <signalr/executor.hpp>

#include "session/counters.hpp"
#include "session/gate.hpp"
#include "session/label.hpp"
#include "session/turns.hpp"

namespace signalr::detail::session {

/// Owned by the session; its parts keep references. Everything but the gate is for the strand, or constant.
class Context {  // NOLINT(clang-analyzer-optin.performance.Padding): one a connection, in the order of its ideas
 public:
  explicit Context(DialOptions dial_options)
      : options(std::move(dial_options)),
        executor(options.executor),
        turns(Turns::of(executor)),
        random_(std::random_device{}()) {}

  DialOptions options;
  const std::shared_ptr<Executor> executor;
  const std::shared_ptr<Turns> turns;
  Gate gate;
  Counters counters;

  /// Whether somebody listens, and the owner has not gone: the handler is the owner's, too.
  bool logs(LogLevel level) const noexcept { return options.log && level >= options.log_level && !gate.closed(); }
  /// Composes the line only when it is listened to, and where there is memory for it.
  template <class... Parts>
  void log(LogLevel level, const Parts&... parts) {
    if (!logs(level)) return;
    try {
      options.log(level, (std::string() += ... += parts));
    } catch (...) {  // a log handler that throws has nobody left to tell
    }
  }

  /// Runs one of the user's handlers, unless the owner has gone; an exception out of it is reported, as HandlerError.
  /// `decoded` says what the handler is given as JSON ("a call"): then a DecodeError out of it stays one.
  template <class Call>
  void guard(const Label& handler, Call&& call, const char* decoded = nullptr) noexcept {
    if (gate.closed()) return;
    try {
      call();
    } catch (...) {
      handler_threw(handler, decoded);
    }
  }
  /// Tells of something that went wrong without ending the connection. Set by the session.
  std::function<void(const Error& error)> report;

  /// While dialing: remembers and tells why an attempt of a step failed that is made again after `delay`.
  void note_retry(ErrorPtr error, int attempt, Duration delay);
  /// Set by the session.
  std::function<void(const Error& reason, int attempt, Duration delay)> tell_retry;
  ErrorPtr last_failure;  ///< while dialing

  /// `retry_interval`, or more if the server asked for that, with its jitter.
  Duration retry_delay(Duration at_least = Duration::zero());
  /// From all 32-bit numbers.
  std::uint32_t random();

 private:
  void handler_threw(const Label& handler, const char* decoded) noexcept;
  void report_exception(const Label& handler, const char* decoded);

  std::mt19937 random_;
  bool telling_ = false;
};

}  // namespace signalr::detail::session
