#include "session/turns.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace signalr::detail::session {
namespace {

/// Longer than this between two handlers, and others had their turn in between.
constexpr Duration kPause = std::chrono::microseconds(50);
/// So many quick looks without a pause are a flood, in which at most kLongestStep handlers go unseen.
constexpr int kFlood = 8;
constexpr int kLongestStep = 32;
constexpr Duration kQuick = kPause;
constexpr Duration kLong = 4 * kQuick;
/// Who used the strand little in the past is that much ahead of those who used it all the time, and not more.
constexpr Duration kCredit = std::chrono::seconds(1);
/// From a turn's end to the next one's beginning: for what was posted or has come due meanwhile, and for what that
/// posts.
constexpr int kRounds = 3;

/// Of all executors that connections run on, in all of the process.
class Registry {
 public:
  std::shared_ptr<Turns> find(const std::shared_ptr<Executor>& executor) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto gone = [](const Entry& entry) { return entry.turns.expired(); };
    entries_.erase(std::remove_if(entries_.begin(), entries_.end(), gone), entries_.end());
    for (const Entry& entry : entries_) {
      if (entry.executor != executor.get()) continue;
      if (auto turns = entry.turns.lock()) return turns;
    }
    auto turns = std::make_shared<Turns>(executor);
    entries_.push_back({executor.get(), turns});
    return turns;
  }

 private:
  struct Entry {
    const Executor* executor;
    std::weak_ptr<Turns> turns;
  };
  std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace

std::shared_ptr<Turns> Turns::of(const std::shared_ptr<Executor>& executor) {
  static Registry& all = *new Registry;  // never destroyed: connections may be, after the statics are
  return all.find(executor);
}

void Turns::stamp(Member& member) {
  const TimePoint now = executor_.now();
  if (now - last_look_ > kPause) {
    used_ = Duration::zero();
    quick_looks_ = 0;
  }
  if (std::exchange(member_, &member) != &member) look_each_time();
  last_look_ = now;
}

bool Turns::look() {
  const TimePoint now = executor_.now();
  const Duration took = now - std::exchange(last_look_, now);
  used_ += took;
  total_ += took;
  member_->used_ += took;
  set_step(took);
  if (used_ >= kSlice && !over_) end_turn();
  return over_;
}

void Turns::set_step(Duration took) {
  if (took > kLong) {
    look_each_time();
  } else if (took < kQuick && (step_ > 1 || ++quick_looks_ > kFlood)) {
    step_ = std::min(step_ * 2, kLongestStep);
    watch_turn();
  }
  until_look_ = step_;
}

void Turns::look_each_time() noexcept {
  step_ = until_look_ = 1;
  quick_looks_ = 0;
}

// In the next turn a pause may lie between two handlers: time has to be taken before the first again.
void Turns::watch_turn() {
  if (std::exchange(turn_watched_, true)) return;
  executor_.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->turn_watched_ = false;
    self->used_ = Duration::zero();
    self->look_each_time();
  });
}

void Turns::end_turn() {
  over_ = true;
  look_each_time();
  go_round(kRounds);
}

void Turns::go_round(int times) {
  // The task may come to be the last that holds the executor: whoever else did may let go of it meanwhile.
  executor_.post([weak = weak_from_this(), owned = owned_, times] {
    const auto executor = owned.lock();
    const auto self = weak.lock();
    if (executor == nullptr || self == nullptr) return;
    if (times > 1) return self->go_round(times - 1);
    if (self->holds_.load(std::memory_order_relaxed) > 0) return self->go_round(1);
    self->over_ = false;
    self->used_ = Duration::zero();
    self->serve();
  });
}

void Turns::join(const std::shared_ptr<Member>& member) {
  if (std::exchange(member->in_line_, true)) return;
  member->used_ = std::max(member->used_, floor_ - kCredit);
  line_.push_back(member);
  if (!over_ && !serving_) end_turn();
}

void Turns::serve() {
  serving_ = true;
  // Those who join meanwhile wait for the next turn.
  for (std::size_t count = line_.size(); count > 0 && !over_; --count) {
    const auto member = take_next();
    if (member == nullptr) break;
    member->take_turn();
  }
  serving_ = false;
  if (!line_.empty() && !over_) end_turn();
}

// Null: nobody is left.
std::shared_ptr<Turns::Member> Turns::take_next() {
  const auto gone = [](const std::weak_ptr<Member>& member) { return member.expired(); };
  line_.erase(std::remove_if(line_.begin(), line_.end(), gone), line_.end());
  if (line_.empty()) return nullptr;
  const auto next = std::min_element(line_.begin(), line_.end(),
                                     [](const auto& a, const auto& b) { return a.lock()->used_ < b.lock()->used_; });
  auto member = next->lock();
  line_.erase(next);
  member->in_line_ = false;
  floor_ = std::max(floor_, member->used_);
  return member;
}

}  // namespace signalr::detail::session
