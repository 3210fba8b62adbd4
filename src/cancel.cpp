#include <signalr/cancel.hpp>

#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

namespace signalr {
namespace detail {

struct CancelEntry {
  explicit CancelEntry(CancelRegistration::Callback given) : callback(std::move(given)) {}

  CancelRegistration::Callback callback;
  std::list<std::shared_ptr<CancelEntry>>::iterator place;
  bool waiting = false;  // in the list; `place` is valid
};

struct CancelState {
  std::mutex mutex;
  std::condition_variable ran;
  std::list<std::shared_ptr<CancelEntry>> waiting;
  std::atomic<bool> canceled{false};  // set under the mutex
  std::thread::id canceler;           // set with `canceled`
  const CancelEntry* running = nullptr;

  void cancel() {
    std::unique_lock<std::mutex> lock(mutex);
    if (canceled) return;
    canceled = true;
    canceler = std::this_thread::get_id();
    while (!waiting.empty()) {
      std::shared_ptr<CancelEntry> entry = std::move(waiting.front());
      waiting.pop_front();
      entry->waiting = false;
      running = entry.get();
      lock.unlock();
      call(*entry);
      lock.lock();
      running = nullptr;
      ran.notify_all();
    }
  }

  /// Also releases all that the callback holds, while nobody's lock is held.
  static void call(CancelEntry& entry) noexcept {
    CancelRegistration::Callback callback = std::move(entry.callback);
    callback();
  }
};

}  // namespace detail

using detail::CancelEntry;
using detail::CancelState;

bool CancelToken::canceled() const noexcept { return state_ != nullptr && state_->canceled; }

CancelSource::CancelSource() : state_(std::make_shared<CancelState>()) {}

CancelToken CancelSource::token() const noexcept {
  CancelToken token;
  token.state_ = state_;
  return token;
}

void CancelSource::cancel() {
  const std::shared_ptr<CancelState> kept = state_;  // a callback may destroy this source
  kept->cancel();
}

bool CancelSource::canceled() const noexcept { return state_->canceled; }

CancelRegistration::CancelRegistration(const CancelToken& token, Callback callback) {
  if (token.state_ == nullptr) return;
  auto entry = std::make_shared<CancelEntry>(std::move(callback));
  {
    const std::lock_guard<std::mutex> lock(token.state_->mutex);
    if (!token.state_->canceled) {
      entry->place = token.state_->waiting.insert(token.state_->waiting.end(), entry);
      entry->waiting = true;
      state_ = token.state_;
      entry_ = std::move(entry);
      return;
    }
  }
  CancelState::call(*entry);
}

CancelRegistration& CancelRegistration::operator=(CancelRegistration&& other) noexcept {
  if (this != &other) {
    reset();
    state_ = std::move(other.state_);
    entry_ = std::move(other.entry_);
  }
  return *this;
}

CancelRegistration::~CancelRegistration() { reset(); }

void CancelRegistration::reset() noexcept {
  if (entry_ == nullptr) return;
  // Locals, since the callback that is released here at last may destroy this registration.
  const std::shared_ptr<CancelState> state = std::move(state_);
  const std::shared_ptr<CancelEntry> entry = std::move(entry_);
  std::list<std::shared_ptr<CancelEntry>> removed;
  std::unique_lock<std::mutex> lock(state->mutex);
  if (entry->waiting) {
    entry->waiting = false;
    removed.splice(removed.end(), state->waiting, entry->place);
  } else if (state->canceler != std::this_thread::get_id()) {
    state->ran.wait(lock, [&] { return state->running != entry.get(); });
  }
}

}  // namespace signalr
