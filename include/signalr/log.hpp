// Where the library tells what it does.
#pragma once

#include <functional>
#include <string_view>

#include <signalr/export.hpp>

namespace signalr {

enum class LogLevel {
  trace,    ///< each frame that comes, each message that goes: kind and size
  debug,    ///< each request and its answer; what was ignored
  info,     ///< changes of state, redirects of negotiate, attempts of a dial that failed and are made again
  warning,  ///< a lost transport, a failed abort, credentials that a redirect left out, an executor that nobody runs
  error,    ///< what ConnEvents::on_error is told
};

SIGNALR_API std::string_view to_string(LogLevel level) noexcept;

/// Called on the connection's executor with one line of text, without line end; on the thread that waits in a blocking
/// call for the one line which says that nothing runs that executor. No line holds a token, a cookie, a
/// credential, a query string or a message's content.
using LogHandler = std::function<void(LogLevel level, std::string_view line)>;

}  // namespace signalr
