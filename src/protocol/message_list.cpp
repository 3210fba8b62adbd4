#include "protocol/message_list.hpp"

namespace signalr::detail::protocol {

namespace {

// The slice from `start` to where the cursor is now.
class Slicer {
 public:
  explicit Slicer(const JsonCursor& cursor) noexcept : cursor_(cursor), start_(cursor.position()) {}
  std::string_view operator()() const noexcept {
    return std::string_view(start_, static_cast<std::size_t>(cursor_.position() - start_));
  }

 private:
  const JsonCursor& cursor_;
  const char* start_;
};

// `{"H":hub,"M":method,"A":[arguments],"S":{state}}` or `{"I":"P|id","P":{"I":id,"D":data},"S":{state}}`. The id
// with the "P|" is there for clients that know nothing of progress.
class ElementReader {
 public:
  ElementReader(JsonCursor& cursor, Frame& frame, std::size_t max_parts) noexcept
      : cursor_(cursor), frame_(frame), max_parts_(max_parts) {}

  bool read() {
    if (frame_.elements.size() == max_parts_) return cursor_.fail(ScanError::parts);
    Element& element = frame_.elements.emplace_back();
    element.first_argument = frame_.arguments.size();
    const char first = cursor_.peek();
    const Slicer slice(cursor_);
    const bool ok = first == '{' ? cursor_.read_object([&](const JsonString& key) { return member(key, element); })
                                 : cursor_.skip_value();
    element.json = slice();
    return ok;
  }

 private:
  bool member(const JsonString& key, Element& element) {
    JsonSlice value;
    switch (letter_of(key)) {
      case 'H':
        if (!cursor_.read(value)) return false;
        element.hub = string_of(value);
        return true;
      case 'M':
        if (!cursor_.read(value)) return false;
        element.method = string_of(value);
        return true;
      case 'S':
        if (!cursor_.read(value)) return false;
        element.state = value.is_object() ? value.json : std::string_view();
        return true;
      case 'A':
        return arguments(element);
      case 'P':
        return read_progress(cursor_, element);
      default:
        return cursor_.skip_value();
    }
  }

  bool arguments(Element& element) {
    frame_.arguments.resize(element.first_argument);
    const char first = cursor_.peek();
    element.has_arguments = first == '[';
    element.malformed_arguments = first != '[' && first != 'n';
    element.argument_count = 0;
    if (!element.has_arguments) return cursor_.skip_value();
    const bool ok = cursor_.read_array([this] {
      JsonSlice value;
      if (frame_.arguments.size() == max_parts_) return cursor_.fail(ScanError::parts);
      if (!cursor_.read(value)) return false;
      frame_.arguments.push_back(value.json);
      return true;
    });
    element.argument_count = frame_.arguments.size() - element.first_argument;
    return ok;
  }

  JsonCursor& cursor_;
  Frame& frame_;
  std::size_t max_parts_;
};

}  // namespace

char letter_of(const JsonString& key) noexcept {
  if (key.text.size() == 1) return key.text[0];
  // \u0043 is as good a C as any to a JSON parser.
  if (!key.escaped || key.text.size() != 6 || key.text.substr(0, 4) != "\\u00") return '\0';
  return static_cast<char>(hex_value(key.text[4]) * 16 + hex_value(key.text[5]));
}

std::optional<JsonString> string_of(const JsonSlice& value) noexcept {
  return value.is_string() ? std::optional(value.string()) : std::nullopt;
}

std::optional<JsonString> id_of(const JsonSlice& value) noexcept {
  if (value.missing() || value.is_string()) return string_of(value);
  return value.json.find_first_not_of("-0123456789") == std::string_view::npos
             ? std::optional(JsonString{value.json, false})
             : std::nullopt;
}

bool read_progress(JsonCursor& cursor, Progress& out) {
  out = Progress();
  if (cursor.peek() != '{') return cursor.skip_value();
  const Slicer slice(cursor);
  const bool ok = cursor.read_object([&](const JsonString& key) {
    JsonSlice value;
    if (!cursor.read(value)) return false;
    switch (letter_of(key)) {
      case 'I':
        out.progress_id = id_of(value);
        break;
      case 'D':
        out.progress_data = value.json;
        break;
      default:
        break;
    }
    return true;
  });
  out.progress = slice();
  return ok;
}

bool read_messages(JsonCursor& cursor, Frame& frame, std::size_t max_parts) {
  frame.elements.clear();
  frame.arguments.clear();
  frame.has_messages = cursor.peek() == '[';
  frame.malformed_messages = !frame.has_messages;
  if (!frame.has_messages) return cursor.skip_value();
  ElementReader element(cursor, frame, max_parts);
  return cursor.read_array([&] { return element.read(); });
}

}  // namespace signalr::detail::protocol
