// What is said on the server: topics (a hub, a group, a connection) with their last messages, and cursors that say how
// far a connection has read in each (P§5.6).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalr::server {

// A message for clients, or a command to the server itself; both count in the cursor.
struct Entry {
  enum class Kind { message, initialize, join, leave, abort };
  Kind kind = Kind::message;
  std::string text;            // the message's JSON, or the group's topic
  std::uint64_t position = 0;  // join: where the group's topic was then
};

// The last entries of one topic, numbered from 0 on.
class Topic {
 public:
  Topic(std::string name, std::string key) : name_(std::move(name)), key_(std::move(key)) {}

  const std::string& name() const noexcept { return name_; }
  const std::string& key() const noexcept { return key_; }  // its short name in cursors
  std::uint64_t end() const noexcept { return begin_ + entries_.size(); }
  std::uint64_t begin() const noexcept { return begin_; }
  const Entry& at(std::uint64_t id) const { return entries_[static_cast<std::size_t>(id - begin_)]; }
  void add(Entry entry, std::size_t capacity);

 private:
  std::string name_;
  std::string key_;
  std::uint64_t begin_ = 0;
  std::deque<Entry> entries_;
};

// What a client's messageId says; nothing can be said of one that another server wrote.
struct Cursor {
  std::map<std::string, std::uint64_t, std::less<>> next;  // by topic key
  bool malformed = false;  // ours by its prefix, but unreadable: the real server fails in the middle of its answer
};

class MessageBus {
 public:
  // `seed` is what cursors begin with, more or less.
  explicit MessageBus(std::uint32_t seed);

  // Made when it isn't there. Names are compared without regard to case.
  std::shared_ptr<Topic> topic(std::string_view name);
  void publish(std::string_view name, Entry entry, std::size_t capacity);
  void forget(std::string_view name);

  // Nothing that was said before is known any more, and old cursors are another server's.
  void restart();

  Cursor parse_cursor(std::string_view text) const;
  // "d-PREFIX-key,id|…"
  std::string cursor_of(const std::vector<std::pair<const Topic*, std::uint64_t>>& positions) const;

 private:
  std::map<std::string, std::shared_ptr<Topic>, std::less<>> topics_;
  std::uint64_t made_ = 0;  // topics so far
  std::uint32_t seed_;
  std::uint32_t restarts_ = 0;
  std::string prefix_;
};

}  // namespace signalr::server
