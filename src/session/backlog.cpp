#include "session/backlog.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace signalr::detail::session {
namespace {

constexpr std::size_t kMaxSpare = 512;
constexpr std::size_t kLargestSpare = 2048;  // bytes
constexpr std::size_t kUsualFrame = 1024;    // what each one holds, so that any fits most frames

}  // namespace

Backlog::Entry Backlog::entry_of(std::string_view text) {
  Entry entry;
  if (!spare_.empty()) {
    entry.text = std::move(spare_.back());
    spare_.pop_back();
  }
  entry.text.reserve(kUsualFrame);
  entry.text.assign(text);
  return entry;
}

void Backlog::push(Entry entry) {
  if (next_ > entries_.size() / 2 && entries_.size() == entries_.capacity()) {
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(next_));
    next_ = 0;
  }
  entries_.push_back(std::move(entry));
  count(entries_.back(), true);
}

Backlog::Entry Backlog::take() {
  Entry entry = std::move(entries_[next_++]);
  count(entry, false);
  if (empty()) {
    entries_.clear();
    next_ = 0;
  }
  return entry;
}

void Backlog::put_back(Entry entry) {
  count(entry, true);
  if (next_ > 0) {
    entries_[--next_] = std::move(entry);
  } else {
    entries_.insert(entries_.begin(), std::move(entry));
  }
}

void Backlog::recycle(Entry entry) {
  if (spare_.size() < kMaxSpare && entry.text.capacity() <= kLargestSpare) spare_.push_back(std::move(entry.text));
}

std::vector<Backlog::Entry> Backlog::take_answers() {
  std::vector<Entry> all = take_all();
  const auto rest = std::stable_partition(all.begin(), all.end(), [](const Entry& entry) { return entry.answer; });
  for (auto entry = rest; entry != all.end(); ++entry) push(std::move(*entry));
  all.erase(rest, all.end());
  return all;
}

std::vector<Backlog::Entry> Backlog::take_all() {
  std::vector<Entry> all;
  while (!empty()) all.push_back(take());
  return all;
}

bool Backlog::full() const noexcept {
  return messages_.load(std::memory_order_relaxed) >= limits_.max_receive_queue_messages ||
         bytes_.load(std::memory_order_relaxed) >= limits_.max_receive_queue_bytes;
}

void Backlog::measure(std::size_t& messages, std::size_t& bytes) const noexcept {
  messages += messages_.load(std::memory_order_relaxed);
  bytes += bytes_.load(std::memory_order_relaxed);
}

void Backlog::count(const Entry& entry, bool added) noexcept {
  const std::size_t bytes = sizeof(Entry) + entry.text.size();
  if (added) {
    messages_.fetch_add(1, std::memory_order_relaxed);
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
  } else {
    messages_.fetch_sub(1, std::memory_order_relaxed);
    bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  }
}

}  // namespace signalr::detail::session
