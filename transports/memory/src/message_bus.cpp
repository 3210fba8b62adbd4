#include "message_bus.hpp"

#include <charconv>

#include "ascii.hpp"

namespace signalr::server {
namespace {

std::string hexadecimal(std::uint64_t value) {
  char buffer[16];
  const auto end = std::to_chars(std::begin(buffer), std::end(buffer), value, 16).ptr;
  std::string text(std::begin(buffer), end);
  for (char& c : text) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

// A, B, … Z, BA, …
std::string short_name(std::uint64_t number) {
  std::string name(1, static_cast<char>('A' + number % 26));
  while ((number /= 26) != 0) name.insert(name.begin(), static_cast<char>('A' + number % 26));
  return name;
}

std::optional<std::uint64_t> parse_hexadecimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

void Topic::add(Entry entry, std::size_t capacity) {
  entries_.push_back(std::move(entry));
  while (entries_.size() > capacity && entries_.size() > 1) {
    entries_.pop_front();
    ++begin_;
  }
}

MessageBus::MessageBus(std::uint32_t seed) : seed_(seed) { restart(); }

std::shared_ptr<Topic> MessageBus::topic(std::string_view name) {
  auto& topic = topics_[to_lower(name)];
  if (!topic) topic = std::make_shared<Topic>(std::string(name), short_name(made_++));
  return topic;
}

void MessageBus::publish(std::string_view name, Entry entry, std::size_t capacity) {
  topic(name)->add(std::move(entry), capacity);
}

void MessageBus::forget(std::string_view name) { topics_.erase(to_lower(name)); }

void MessageBus::restart() {
  topics_.clear();
  // Looks like the real one's, differs after each restart, and is the same in each run of a test.
  prefix_ = hexadecimal((seed_ + 1 + 0x9E3779B1u * restarts_++) & 0xFFFFFFFFu);
}

Cursor MessageBus::parse_cursor(std::string_view text) const {
  Cursor cursor;
  const std::string start = "d-" + prefix_ + '-';
  if (text.substr(0, start.size()) != start) return cursor;
  text.remove_prefix(start.size());
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('|'));
    text.remove_prefix(part.size() < text.size() ? part.size() + 1 : part.size());
    const auto comma = part.find(',');
    const auto id = comma == std::string_view::npos ? std::nullopt : parse_hexadecimal(part.substr(comma + 1));
    if (!id) {
      cursor.malformed = true;
      return cursor;
    }
    cursor.next[std::string(part.substr(0, comma))] = *id;
  }
  return cursor;
}

std::string MessageBus::cursor_of(const std::vector<std::pair<const Topic*, std::uint64_t>>& positions) const {
  std::string text = "d-" + prefix_;
  char separator = '-';
  for (const auto& [topic, next] : positions) {
    text += separator;
    text += topic->key();
    text += ',';
    text += hexadecimal(next);
    separator = '|';
  }
  return text;
}

}  // namespace signalr::server
