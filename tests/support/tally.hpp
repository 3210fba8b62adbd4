// Calls from many threads, and how each of them ends: for tests that lose none.
#pragma once

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include <signalr/raw_json.hpp>
#include <signalr/result.hpp>

namespace signalr::test {

/// Counts how calls end: handlers called, and handlers destroyed uncalled.
struct Tally {
  std::atomic<int> begun{0}, answered{0}, failed{0}, dropped{0};

  int ended() const { return answered + failed + dropped; }

  class Handler {
   public:
    explicit Handler(Tally& tally) : tally_(&tally) { ++tally.begun; }
    Handler(Handler&& other) noexcept : tally_(std::exchange(other.tally_, nullptr)) {}
    Handler& operator=(Handler&&) = delete;
    ~Handler() {
      if (tally_ != nullptr) ++tally_->dropped;
    }
    void operator()(const Result<RawJson>& answer) {
      Tally* const tally = std::exchange(tally_, nullptr);
      ++(answer.ok() ? tally->answered : tally->failed);
    }

   private:
    Tally* tally_;
  };
};

template <class Work>
void in_threads(int count, Work work) {
  std::vector<std::thread> threads;
  for (int t = 0; t < count; ++t) threads.emplace_back([&work, t] { work(t); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace signalr::test
