#include "session/context.hpp"

#include <exception>
#include <utility>

#include <signalr/decode_error.hpp>
#include <signalr/errors.hpp>

#include "protocol/retry.hpp"
#include "protocol/safe_text.hpp"

namespace signalr::session {

Duration Context::retry_delay() { return protocol::with_jitter(options.retry_interval, random()); }

std::uint32_t Context::random() {
  auto number = static_cast<std::uint32_t>(random_());
  if (options.random) guard("DialOptions::random", [&] { number = options.random(); });
  return number;
}

void Context::note_retry(ErrorPtr error) {
  log(LogLevel::warning, error->what(), "; trying again");
  last_failure = std::move(error);
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

}  // namespace signalr::session
