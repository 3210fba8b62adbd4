#include "session/context.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <signalr/decode_error.hpp>
#include <signalr/errors.hpp>

#include "protocol/retry.hpp"
#include "protocol/safe_text.hpp"
#include "session/timer.hpp"

namespace signalr::detail::session {

Duration Context::retry_delay(Duration at_least) {
  return protocol::with_jitter(std::max(options.retry_interval, at_least), random());
}

std::uint32_t Context::random() {
  auto number = static_cast<std::uint32_t>(random_());
  if (options.random) guard("DialOptions::random", [&] { number = options.random(); });
  return number;
}

void Context::note_retry(ErrorPtr error, int attempt, Duration delay) {
  log(LogLevel::info, error->what(), "; attempt ", std::to_string(attempt), " failed, the next one follows in ",
      in_milliseconds(delay));
  last_failure = error;
  tell_retry(*error, attempt, delay);
}

void Context::handler_threw(const Label& handler, const char* decoded) noexcept {
  if (telling_) return;  // the handler of errors threw, too: nobody is left to tell
  telling_ = true;
  try {
    if (report) report_exception(handler, decoded);
  } catch (...) {  // no memory for the error's text
  }
  telling_ = false;
}

// Inside a catch.
void Context::report_exception(const Label& handler, const char* decoded) {
  const auto threw = [&](const char* what, ErrorPtr cause = nullptr) {
    report(HandlerError("a handler (" + handler.text() + ") threw an exception: " + protocol::one_line(what),
                        std::move(cause)));
  };
  try {
    throw;
  } catch (const DecodeError& error) {
    if (decoded == nullptr) return threw(error.what(), error.clone());
    report(error.within(Label(decoded, handler.hub, handler.method).text()));
  } catch (const Error& error) {
    threw(error.what(), error.clone());
  } catch (const std::exception& error) {
    threw(error.what());
  } catch (...) {
    threw("something that is no std::exception");
  }
}

}  // namespace signalr::detail::session
