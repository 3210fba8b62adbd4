#include "session/context.hpp"

#include <signalr/errors.hpp>

#include "protocol/retry.hpp"

namespace signalr::session {

Duration Context::retry_delay() { return protocol::with_jitter(options.retry_interval, random()); }

std::uint32_t Context::random() {
  auto number = static_cast<std::uint32_t>(random_());
  if (options.random) guard([&] { number = options.random(); });
  return number;
}

void Context::note_retry(ErrorPtr error) {
  log(LogLevel::warning, error->what(), "; trying again");
  last_failure = std::move(error);
}

void Context::handler_threw(const char* what) noexcept {
  if (telling_) return;  // the handler of errors threw, too: nobody is left to tell
  telling_ = true;
  try {
    if (report) report(HandlerError(std::string("a handler threw an exception: ") + what));
  } catch (...) {  // no memory for the error's text
  }
  telling_ = false;
}

void Context::write_log(LogLevel level, const std::string& line) const {
  try {
    options.log(level, line);
  } catch (...) {  // a log handler that throws has nobody left to tell
  }
}

}  // namespace signalr::session
