// Canceling a call from outside: whoever holds the source cancels, whoever holds the token is told.
#pragma once

#include <memory>

#include <signalr/export.hpp>
#include <signalr/function.hpp>

namespace signalr {

namespace detail {
struct CancelState;
struct CancelEntry;
}  // namespace detail

/// Tells whether something was canceled. A cheap copy; a default-made one never is. Any thread.
class SIGNALR_API CancelToken {
 public:
  CancelToken() noexcept = default;

  bool canceled() const noexcept;
  /// Whether it came from a CancelSource at all.
  bool can_be_canceled() const noexcept { return state_ != nullptr; }

 private:
  friend class CancelSource;
  friend class CancelRegistration;
  std::shared_ptr<detail::CancelState> state_;
};

/// Cancels everything that holds its tokens; once, for good. Copies share one state. Destroying it without
/// canceling leaves the tokens uncanceled for ever. Any thread.
class SIGNALR_API CancelSource {
 public:
  CancelSource();
  // No moves: a source always has its state.
  CancelSource(const CancelSource&) = default;
  CancelSource& operator=(const CancelSource&) = default;
  ~CancelSource() = default;

  CancelToken token() const noexcept;
  /// Runs the callbacks registered so far on this thread, one after the other and under no lock, then returns. While
  /// it does so, and afterwards, further calls do nothing.
  void cancel();
  bool canceled() const noexcept;

 private:
  std::shared_ptr<detail::CancelState> state_;
};

/// Runs a callback when a token is canceled, for as long as the registration lives.
///
/// The callback runs at most once, on the thread that cancels, or inside the constructor if that has happened
/// already. It must not throw. Once the registration's destructor has returned the callback isn't running on any
/// other thread and never will: the destructor waits for it. Inside the callback itself destroying the registration is
/// fine, and waits for nothing.
class SIGNALR_API CancelRegistration {
 public:
  using Callback = UniqueFunction<void()>;

  CancelRegistration() noexcept = default;
  CancelRegistration(const CancelToken& token, Callback callback);
  CancelRegistration(CancelRegistration&&) noexcept = default;
  CancelRegistration& operator=(CancelRegistration&& other) noexcept;
  ~CancelRegistration();

  /// What the destructor does, earlier.
  void reset() noexcept;

 private:
  std::shared_ptr<detail::CancelState> state_;
  std::shared_ptr<detail::CancelEntry> entry_;
};

}  // namespace signalr
