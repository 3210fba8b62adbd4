// The root of everything that this library throws or reports.
#pragma once

#include <exception>
#include <memory>
#include <string>

#include <signalr/export.hpp>

namespace signalr {

class Error;
using ErrorPtr = std::shared_ptr<const Error>;

/// Every error is one of the classes below `Error`. `what()` is one sentence of ours and never holds a
/// token, a cookie, credentials or a query string; what the server said is kept apart in `server_text()`. The few
/// errors that repeat it in `what()` make it one line, without control characters, of at most 4 KiB.
/// Blocking calls throw them; handlers get them in a `Result` or as `const Error&`.
class SIGNALR_API Error : public std::exception {
 public:
  explicit Error(std::string message, ErrorPtr cause = nullptr, std::string server_text = {});
  Error(const Error&);
  Error& operator=(const Error&) = delete;
  ~Error() override;

  const char* what() const noexcept override;

  /// The error that led to this one; null when there is none.
  const ErrorPtr& cause() const noexcept { return cause_; }

  /// Text that came from the server, at most 64 KiB of it; empty when there was none. Untrusted: it may hold line ends,
  /// escape sequences, anything. Where it is the body of an answer, what that repeats of our tokens, cookies, headers
  /// and queries is blotted out.
  const std::string& server_text() const noexcept { return server_text_; }

  /// A copy with its own type, for keeping.
  virtual ErrorPtr clone() const = 0;
  /// Throws a copy with its own type.
  [[noreturn]] virtual void raise() const = 0;

 private:
  std::shared_ptr<const std::string> message_;
  ErrorPtr cause_;
  std::string server_text_;
};

/// The nearest error of type T in the chain of causes that begins with `error`, itself included; null when
/// there is none. (Go: errors.As)
template <class T>
const T* find_cause(const Error& error) noexcept {
  for (const Error* link = &error; link != nullptr; link = link->cause().get()) {
    if (const T* found = dynamic_cast<const T*>(link)) return found;
  }
  return nullptr;
}

/// Implements `clone` and `raise` for a concrete error type.
template <class Derived, class Base = Error>
class ErrorType : public Base {
 public:
  using Base::Base;
  ErrorPtr clone() const override { return std::make_shared<Derived>(static_cast<const Derived&>(*this)); }
  [[noreturn]] void raise() const override { throw Derived(static_cast<const Derived&>(*this)); }
};

}  // namespace signalr
