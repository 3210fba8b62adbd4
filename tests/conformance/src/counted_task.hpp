// Tasks whose lives can be followed: how often they ran, in which order, whether they are destroyed, and on which
// thread. Everything is owned by the tasks as well and guarded, since a broken executor runs them late and at once.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

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
  CountedTask(std::shared_ptr<TaskLife> life, std::shared_ptr<Verdict> verdict)
      : life_(std::move(life)), verdict_(std::move(verdict)) {}
  CountedTask(CountedTask&&) noexcept = default;
  CountedTask& operator=(CountedTask&&) = delete;
  ~CountedTask() {
    if (life_ == nullptr) return;  // moved away
    life_->destroyed_on = std::this_thread::get_id();
    life_->destroyed = true;
    verdict_->ring();
  }
  void operator()() {
    ++life_->runs;
    verdict_->ring();
  }

 private:
  std::shared_ptr<TaskLife> life_;
  std::shared_ptr<Verdict> verdict_;
};

/// What tasks wrote down, one number or letter each, in the order of their runs.
class Notes {
 public:
  void add(int note) {
    const std::lock_guard lock(mutex_);
    notes_.push_back(note);
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return notes_.size();
  }
  std::vector<int> numbers() const {
    const std::lock_guard lock(mutex_);
    return notes_;
  }
  std::string letters() const {
    std::string text;
    for (const int note : numbers()) text += static_cast<char>(note);
    return text;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<int> notes_;
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
