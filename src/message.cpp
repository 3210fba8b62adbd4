#include <signalr/message.hpp>

#include <algorithm>

#include "protocol/envelope.hpp"
#include "protocol/reused_vector.hpp"

namespace signalr {

namespace {

using detail::protocol::Element;
using detail::protocol::Frame;
using detail::protocol::JsonString;

std::size_t decoded_size(const std::optional<JsonString>& part) noexcept {
  return part && part->escaped ? part->text.size() : 0;
}

// An upper bound of what the decoded strings take.
std::size_t decoded_size(const Frame& frame) noexcept {
  std::size_t size = decoded_size(frame.cursor) + decoded_size(frame.groups_token) + decoded_size(frame.id) +
                     decoded_size(detail::protocol::error_text(frame.error));
  for (const Element& element : frame.elements) {
    size += decoded_size(element.hub) + decoded_size(element.method) + decoded_size(element.progress_id);
  }
  return size;
}

std::chrono::milliseconds to_milliseconds(std::uint64_t count) noexcept {
  // As much as every clock's duration can hold.
  constexpr auto kMax = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::nanoseconds::max());
  return count < static_cast<std::uint64_t>(kMax.count()) ? std::chrono::milliseconds(count) : kMax;
}

}  // namespace

Message::Message(const Message& other) { *this = other; }

Message::Message(Message&& other) noexcept { *this = std::move(other); }

Message& Message::operator=(const Message& other) {
  if (this == &other) return *this;
  clear();
  buffer_ = other.buffer_;
  args_ = other.args_;
  messages_ = other.messages_;
  members_ = other.members_;
  rebase(other.buffer_.data(), other.args_.data());
  return *this;
}

Message& Message::operator=(Message&& other) noexcept {
  if (this == &other) return *this;
  const char* const old_buffer = other.buffer_.data();
  const RawJsonView* const old_args = other.args_.data();
  buffer_.swap(other.buffer_);
  args_.swap(other.args_);
  messages_.swap(other.messages_);
  members_ = other.members_;
  rebase(old_buffer, old_args);
  other.clear();  // which keeps our memory for its next use
  return *this;
}

void Message::assign(std::string_view text, const Frame& frame) {
  clear();
  buffer_.reserve(text.size() + decoded_size(frame));  // from here on it stays where it is
  buffer_.append(text);
  args_.reserve(frame.arguments.size());
  for (const std::string_view argument : frame.arguments) args_.emplace_back(kept(text, argument));
  messages_.reserve(frame.elements.size());
  for (const Element& element : frame.elements) {
    HubCallView& message = messages_.emplace_back();
    message.json = RawJsonView(kept(text, element.json));
    message.hub = kept(text, element.hub);
    message.method = kept(text, element.method);
    message.first_arg = args_.data() + element.first_argument;
    message.arg_count = element.argument_count;
    message.has_args = element.has_arguments;
    message.state = RawJsonView(kept(text, element.state));
    message.progress_id = kept(text, element.progress_id);
    message.progress = RawJsonView(kept(text, element.progress_data));
  }

  members_.text_size = text.size();
  members_.message_id = span(kept(text, frame.cursor));
  members_.groups_token = span(kept(text, frame.groups_token));
  members_.invocation_id = span(kept(text, frame.id));
  members_.result = span(kept(text, frame.result));
  members_.error = span(kept(text, detail::protocol::error_text(frame.error)));
  members_.error_detail = span(kept(text, frame.error_data));
  members_.state = span(kept(text, frame.state));
  members_.poll_delay = to_milliseconds(frame.poll_delay_ms);
  members_.init = frame.init;
  members_.should_reconnect = frame.should_reconnect;
  members_.is_result = frame.kind == detail::protocol::FrameKind::result;
  members_.failed = !frame.error.empty();
  members_.hub_error = frame.hub_error;
}

// The same part of our copy of `text`.
std::string_view Message::kept(std::string_view text, std::string_view part) const noexcept {
  if (part.data() == nullptr) return part;
  return std::string_view(buffer_.data() + (part.data() - text.data()), part.size());
}

std::string_view Message::kept(std::string_view text, const std::optional<JsonString>& part) {
  if (!part) return std::string_view();
  if (!part->escaped) return kept(text, part->text);
  const std::size_t begin = buffer_.size();
  part->append_to(buffer_);
  return std::string_view(buffer_).substr(begin);
}

Message::Span Message::span(std::string_view view) const noexcept {
  if (view.data() == nullptr) return Span();
  return Span{static_cast<std::size_t>(view.data() - buffer_.data()), view.size()};
}

// Short buffers live inside their std::string, so that moving moves them, too.
void Message::rebase(const char* old_buffer, const RawJsonView* old_args) noexcept {
  if (buffer_.data() != old_buffer) {
    const auto move = [&](std::string_view& view) {
      if (view.data() != nullptr) view = std::string_view(buffer_.data() + (view.data() - old_buffer), view.size());
    };
    const auto move_json = [&](RawJsonView& json) {
      std::string_view view = json.text();
      move(view);
      json = RawJsonView(view);
    };
    std::for_each(args_.begin(), args_.end(), move_json);
    for (HubCallView& message : messages_) {
      move_json(message.json);
      move(message.hub);
      move(message.method);
      move_json(message.state);
      move(message.progress_id);
      move_json(message.progress);
    }
  }
  if (args_.data() != old_args) {
    for (HubCallView& message : messages_) message.first_arg = args_.data() + (message.first_arg - old_args);
  }
}

void Message::clear() noexcept {
  detail::protocol::clear_for_reuse(buffer_);
  detail::protocol::clear_for_reuse(messages_);
  detail::protocol::clear_for_reuse(args_);
  members_ = Members();
}

std::string_view to_string(ConnectionState state) noexcept {
  switch (state) {
    case ConnectionState::disconnected:
      return "Disconnected";
    case ConnectionState::connecting:
      return "Connecting";
    case ConnectionState::connected:
      return "Connected";
    case ConnectionState::reconnecting:
      return "Reconnecting";
  }
  return "Unknown";
}

}  // namespace signalr
