// A task whose life can be followed: how often it ran, whether it is destroyed, and on which thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "bench.hpp"

namespace signalr::conformance {

/// What became of a task. Any thread may look.
struct TaskLife {
  std::atomic<int> runs{0};
  std::atomic<bool> destroyed{false};
  std::atomic<std::thread::id> destroyed_on{std::thread::id()};
};

/// Call it, move it; the life that it belongs to is told of its end. Fits a Task without an allocation.
class CountedTask {
 public:
  CountedTask(std::shared_ptr<TaskLife> life, std::shared_ptr<Bell> bell)
      : life_(std::move(life)), bell_(std::move(bell)) {}
  CountedTask(CountedTask&&) noexcept = default;
  CountedTask& operator=(CountedTask&&) = delete;
  ~CountedTask() {
    if (life_ == nullptr) return;  // moved away
    life_->destroyed_on = std::this_thread::get_id();
    life_->destroyed = true;
    bell_->ring();
  }
  void operator()() {
    ++life_->runs;
    bell_->ring();
  }

 private:
  std::shared_ptr<TaskLife> life_;
  std::shared_ptr<Bell> bell_;
};

/// A task that does something when it is destroyed.
class LastWords {
 public:
  explicit LastWords(std::function<void()> words) : words_(std::make_unique<std::function<void()>>(std::move(words))) {}
  LastWords(LastWords&&) noexcept = default;
  LastWords& operator=(LastWords&&) = delete;
  ~LastWords() {
    if (words_ != nullptr) (*words_)();
  }
  void operator()() {}

 private:
  std::unique_ptr<std::function<void()>> words_;
};

}  // namespace signalr::conformance
