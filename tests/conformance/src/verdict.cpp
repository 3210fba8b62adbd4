#include "verdict.hpp"

#include <chrono>
#include <utility>

namespace signalr::conformance {

void Verdict::report(std::string text) {
  {
    const std::lock_guard lock(mutex_);
    if (!broken_) broken_ = std::move(text);
  }
  ring();
}

std::optional<std::string> Verdict::broken() const {
  const std::lock_guard lock(mutex_);
  return broken_;
}

void Verdict::ring() {
  {
    const std::lock_guard lock(mutex_);
    ++rings_;
  }
  changed_.notify_all();
}

void Verdict::wait(std::size_t& seen) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(2), [&] { return rings_ != seen; });
  seen = rings_;
}

Loan::Answer Loan::begin() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::given_up) return Answer::never;
  if (state_ != State::waiting) return Answer::ran_before;
  state_ = State::running;
  return Answer::run;
}

void Loan::end() {
  const std::lock_guard lock(mutex_);
  state_ = State::ended;
}

bool Loan::ended() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::ended;
}

bool Loan::give_up() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::running) return false;
  if (state_ == State::waiting) state_ = State::given_up;
  return true;
}

}  // namespace signalr::conformance
