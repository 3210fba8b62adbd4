// Coroutine types for tests, as a user might write them.
#pragma once

#include <coroutine>
#include <exception>
#include <string>
#include <utility>

#include <signalr/client.hpp>

namespace scenario {

/// Begins at once; its frame lives as long as this.
class Script {
 public:
  struct promise_type {
    Script get_return_object() { return Script(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { error = std::current_exception(); }
    std::exception_ptr error;
  };

  Script(Script&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Script& operator=(Script&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~Script() {
    if (frame_) frame_.destroy();
  }

  bool done() const { return frame_.done(); }
  /// "done", "waits", or what its exception says.
  std::string outcome() const {
    if (!done()) return "waits";
    try {
      if (frame_.promise().error) std::rethrow_exception(frame_.promise().error);
    } catch (const std::exception& error) {
      return error.what();
    }
    return "done";
  }

 private:
  explicit Script(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

/// Begins at once, lets exceptions out, and has a frame that lives as long as this.
class Leaky {
 public:
  struct promise_type {
    Leaky get_return_object() { return Leaky(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() { throw; }
  };

  Leaky(Leaky&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Leaky& operator=(Leaky&&) = delete;
  ~Leaky() {
    if (frame_) frame_.destroy();
  }

 private:
  explicit Leaky(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

/// Begins at once and ends by itself; nobody waits for it.
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

/// The type of the error that `awaited` ends with, "nothing" if it succeeds.
template <class Awaited>
class EndOf {
 public:
  explicit EndOf(Awaited& awaited) : awaited_(awaited) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiter) {
    try {
      awaited_.await_suspend(waiter);
      return true;
    } catch (const signalr::UsageError&) {  // thrown at once
      usage_error_ = true;
      return false;
    }
  }
  std::string await_resume() {
    if (usage_error_) return "UsageError";
    try {
      static_cast<void>(awaited_.await_resume());
      return "nothing";
    } catch (const signalr::DecodeError&) {
      return "DecodeError";
    } catch (const signalr::InvocationError&) {
      return "InvocationError";
    } catch (const signalr::CanceledError&) {
      return "CanceledError";
    } catch (const signalr::DeadlineError&) {
      return "DeadlineError";
    } catch (const signalr::ProtocolError&) {
      return "ProtocolError";
    } catch (const signalr::NegotiateError&) {
      return "NegotiateError";
    } catch (const signalr::WriteError&) {
      return "WriteError";
    } catch (const signalr::ReadError&) {
      return "ReadError";
    } catch (const signalr::ConnectionGone&) {
      return "ConnectionGone";
    } catch (const signalr::Error& error) {
      return error.what();
    }
  }

 private:
  Awaited& awaited_;
  bool usage_error_ = false;
};

template <class Awaited>
EndOf<Awaited> end_of(Awaited&& awaited) {
  return EndOf<Awaited>(awaited);
}

}  // namespace scenario
