#include "protocol/envelope.hpp"

#include <limits>
#include <utility>

#include "protocol/json_cursor.hpp"
#include "protocol/message_list.hpp"
#include "protocol/reused_vector.hpp"

namespace signalr::detail::protocol {

namespace {

// The members of a frame as they came. What a letter means depends on the kind of the frame (P§5.1, P§6.3):
//        persistent             result
//   C    cursor                 -
//   D    disconnect             data of a hub error
//   E    global error           error
//   G    groups token           -
//   H    -                      whether the error is a HubException
//   I    -                      id of the call
//   L    delay of the next poll -
//   M    messages               -
//   P    -                      progress
//   R    -                      return value
//   S    init                   changed state
//   T    the host shuts down    stack trace
//
// Of these, M and P are read at once. The others are kept here, those that came: mostly one or two.
class Members {
 public:
  void put(char letter, const JsonSlice& value) noexcept {
    std::size_t i = 0;
    while (i < count_ && found_[i].letter != letter) ++i;
    if (i == count_) ++count_;
    found_[i] = Found{value.json.data(), value.json.size(), letter, value.escaped};
  }
  JsonSlice operator[](char letter) const noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      const Found& found = found_[i];
      if (found.letter == letter) return JsonSlice{std::string_view(found.begin, found.size), found.escaped};
    }
    return JsonSlice();
  }
  static bool holds(char letter) noexcept { return kLetters.find(letter) != std::string_view::npos; }

 private:
  struct Found {  // a JsonSlice that costs nothing to make
    const char* begin;
    std::size_t size;
    char letter;
    bool escaped;
  };
  static constexpr std::string_view kLetters = "CDEGHILRST";

  Found found_[kLetters.size()];
  std::size_t count_ = 0;
};

bool is_one(const JsonSlice& value) noexcept {
  const std::string_view json = value.json;
  return json == "1" || (json.substr(0, 2) == "1." && json.find_first_not_of('0', 2) == std::string_view::npos);
}

// P#62: all but positive integers are as good as no delay.
std::uint64_t positive_integer(const JsonSlice& value) noexcept {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t number = 0;
  for (const char c : value.json) {
    if (c < '0' || c > '9') return 0;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    number = number > (kMax - digit) / 10 ? kMax : number * 10 + digit;
  }
  return number;
}

void clear_messages(Frame& frame) {
  clear_for_reuse(frame.elements);
  clear_for_reuse(frame.arguments);
  frame.has_messages = false;
  frame.malformed_messages = false;
}

void clear(Frame& frame) {
  frame.kind = FrameKind::keep_alive;
  static_cast<PersistentMembers&>(frame) = PersistentMembers();
  static_cast<ResultMembers&>(frame) = ResultMembers();
  clear_messages(frame);
}

void fill_result(Frame& frame, const Members& members) {
  frame.kind = FrameKind::result;
  frame.id = id_of(members['I']);
  frame.result = members['R'].json;
  frame.hub_error = members['H'].json == "true";
  frame.error_data = members['D'].json;
  const JsonSlice state = members['S'];
  if (state.is_object()) frame.state = state.json;
}

void fill_persistent(Frame& frame, const Members& members) {
  frame.kind = FrameKind::persistent;
  frame.cursor = string_of(members['C']);
  if (frame.cursor && frame.cursor->text.empty()) frame.cursor.reset();
  frame.groups_token = string_of(members['G']);
  const JsonSlice status = members['S'];
  frame.status = status.json;
  frame.init = is_one(status);
  frame.should_reconnect = is_one(members['T']);
  frame.disconnect = is_one(members['D']);
  frame.poll_delay_ms = positive_integer(members['L']);
}

// In the order of P§5.3. For an object that isn't empty.
void fill(Frame& frame, const Members& members) {
  const JsonSlice error = members['E'];
  if (error.json != "null") frame.error = error.json;
  const bool is_result = !members['I'].missing();
  if (!is_result) static_cast<Progress&>(frame) = Progress();
  if (is_result || !frame.error.empty()) clear_messages(frame);
  if (is_result) {
    fill_result(frame, members);
  } else if (!frame.error.empty()) {
    frame.kind = FrameKind::failure;
  } else {
    fill_persistent(frame, members);
  }
}

}  // namespace

std::optional<JsonString> error_text(std::string_view json) noexcept {
  if (json.empty()) return std::nullopt;
  if (json.front() != '"') return JsonString{json, false};
  const std::string_view text = json.substr(1, json.size() - 2);
  return JsonString{text, text.find('\\') != std::string_view::npos};
}

std::string decoded_error(std::string_view json) {
  const auto text = error_text(json);
  if (!text) return {};
  if (!text->escaped) return std::string(text->text);
  std::string decoded;
  text->append_to(decoded);
  return decoded;
}

ScanError EnvelopeScanner::scan(std::string_view text) {
  clear(frame_);
  JsonCursor cursor(text, max_depth_);
  if (cursor.at_end()) return ScanError::none;

  const bool is_object = cursor.peek() == '{';
  bool is_empty = true;
  Members members;
  if (is_object) {
    cursor.read_object([&](const JsonString& key) {
      is_empty = false;
      const char letter = letter_of(key);
      if (letter == 'M') return read_messages(cursor, frame_, max_parts_);
      if (letter == 'P') return read_progress(cursor, frame_);
      if (!Members::holds(letter)) return cursor.skip_value();
      JsonSlice value;
      if (!cursor.read(value)) return false;
      members.put(letter, value);
      return true;
    });
  } else {
    cursor.skip_value();
  }
  const ScanError error = cursor.finish(&error_offset_);
  if (error != ScanError::none) {
    clear(frame_);
  } else if (!is_object) {
    frame_.kind = FrameKind::foreign;
  } else if (!is_empty) {
    fill(frame_, members);
  }
  return error;
}

}  // namespace signalr::detail::protocol
