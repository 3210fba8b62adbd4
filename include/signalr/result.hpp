// A value, or the error that came instead: what handlers get.
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include <signalr/error_base.hpp>
#include <signalr/export.hpp>

namespace signalr {

namespace detail {
[[noreturn]] SIGNALR_API void no_error_in_result();
}  // namespace detail

/// Holds a T or an error. `value()` throws the error with its own type, the same that the blocking form throws.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Result(ErrorPtr error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)
  Result(const Error& error) : Result(error.clone()) {}                         // NOLINT(google-explicit-constructor)

  bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  T& value() & { return check(), std::get<0>(state_); }
  const T& value() const& { return check(), std::get<0>(state_); }
  T&& value() && { return check(), std::get<0>(std::move(state_)); }

  /// The error; UsageError when there is none.
  const Error& error() const {
    const ErrorPtr* const error = std::get_if<1>(&state_);
    if (error == nullptr || *error == nullptr) detail::no_error_in_result();
    return **error;
  }
  /// Null when ok().
  ErrorPtr error_ptr() const { return ok() ? nullptr : std::get<1>(state_); }

 private:
  void check() const {
    if (!ok()) error().raise();
  }

  std::variant<T, ErrorPtr> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(ErrorPtr error) : error_(std::move(error)) {}   // NOLINT(google-explicit-constructor)
  Result(const Error& error) : error_(error.clone()) {}  // NOLINT(google-explicit-constructor)
  // No moves: what a failure was moved from must not look like success.
  Result(const Result&) = default;
  Result& operator=(const Result&) = default;
  ~Result() = default;

  bool ok() const noexcept { return error_ == nullptr; }
  explicit operator bool() const noexcept { return ok(); }

  void value() const {
    if (!ok()) error_->raise();
  }

  /// The error; UsageError when there is none.
  const Error& error() const {
    if (error_ == nullptr) detail::no_error_in_result();
    return *error_;
  }
  /// Null when ok().
  const ErrorPtr& error_ptr() const noexcept { return error_; }

 private:
  ErrorPtr error_;
};

}  // namespace signalr
