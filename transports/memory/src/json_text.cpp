#include "json_text.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <limits>
#include <stdexcept>

#include <signalr/raw_json.hpp>

#include "ascii.hpp"

namespace signalr::server::json {
namespace {

// Strings stay strings and numbers text, and nothing recurses, whatever comes.
constexpr unsigned kParse = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
                            rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseStopWhenDoneFlag;

class DepthGuard : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, DepthGuard> {
 public:
  explicit DepthGuard(std::size_t max_depth) : max_depth_(max_depth) {}
  bool StartObject() { return ++depth_ <= max_depth_; }
  bool StartArray() { return ++depth_ <= max_depth_; }
  bool EndObject(rapidjson::SizeType) { return leave(); }
  bool EndArray(rapidjson::SizeType) { return leave(); }

 private:
  bool leave() {
    --depth_;
    return true;
  }
  std::size_t depth_ = 0;
  std::size_t max_depth_;
};

struct StringTaker : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, StringTaker> {
  std::string text;
  bool String(const char* data, rapidjson::SizeType size, bool) {
    text.assign(data, size);
    return true;
  }
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// The position of the first `end` that is in no string and no bracket. The text is known to be JSON.
std::size_t find_outside(std::string_view text, char end) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (depth == 0 && c == end) {
      return i;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return text.size();
}

std::vector<std::string_view> parts(std::string_view value) {
  std::vector<std::string_view> found;
  std::string_view rest = trimmed(value.substr(1, value.size() - 2));
  while (!rest.empty()) {
    const std::size_t comma = find_outside(rest, ',');
    found.push_back(trimmed(rest.substr(0, comma)));
    rest.remove_prefix(comma < rest.size() ? comma + 1 : comma);
  }
  return found;
}

}  // namespace

std::optional<std::string_view> first_value(std::string_view text, std::size_t max_depth) {
  const std::string readable = detail::without_lone_surrogates(text);  // as long, so that places stay
  rapidjson::MemoryStream stream(readable.data(), readable.size());
  rapidjson::Reader reader;
  DepthGuard guard(max_depth);
  if (reader.Parse<kParse>(stream, guard).IsError()) return std::nullopt;
  return trimmed(text.substr(0, stream.Tell()));
}

std::string_view require_value(std::string_view text, const char* what) {
  const auto value = first_value(text, std::numeric_limits<std::size_t>::max());
  if (!value || value->size() != trimmed(text).size()) {
    throw std::invalid_argument(std::string(what) + " must be JSON, and isn't: " + std::string(text.substr(0, 200)));
  }
  return *value;
}

std::vector<Member> members(std::string_view value) {
  std::vector<Member> found;
  if (!is_object(value)) return found;
  for (const std::string_view part : parts(value)) {
    const std::size_t colon = find_outside(part, ':');
    found.emplace_back(text_of(trimmed(part.substr(0, colon))), trimmed(part.substr(colon + 1)));
  }
  return found;
}

std::vector<std::string_view> elements(std::string_view value) {
  return is_array(value) ? parts(value) : std::vector<std::string_view>{};
}

std::string_view find(const std::vector<Member>& members, std::string_view name) {
  std::string_view value;
  for (const Member& member : members) {
    if (equal_ignoring_case(member.first, name)) value = member.second;
  }
  return value;
}

bool is_object(std::string_view value) { return !value.empty() && value.front() == '{'; }
bool is_array(std::string_view value) { return !value.empty() && value.front() == '['; }
bool is_string(std::string_view value) { return !value.empty() && value.front() == '"'; }
bool is_null(std::string_view value) { return value == "null"; }

std::string text_of(std::string_view value) {
  if (!is_string(value)) return std::string(value);
  const std::string readable = detail::without_lone_surrogates(value);
  rapidjson::MemoryStream stream(readable.data(), readable.size());
  rapidjson::Reader reader;
  StringTaker taker;
  reader.Parse<kParse>(stream, taker);
  return std::move(taker.text);
}

std::string quoted(std::string_view text) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace signalr::server::json
