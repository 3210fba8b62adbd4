// Takes JSON text apart with RapidJSON's reader: iterative and stopped at a fixed depth, so that no input can exhaust
// the stack. Only where each value stands is noted.
#include <signalr/json/value.hpp>

#include <limits>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "protocol/json_text.hpp"
#include "protocol/safe_text.hpp"

namespace signalr {
namespace {

using detail::JsonNode;

constexpr std::size_t kMaxDepth = 128;
constexpr std::string_view kWhite = " \n\r\t";
constexpr const char* kExpected = "JSON (RFC 8259, at most 128 levels deep)";

[[noreturn]] void refuse(std::string_view text, const std::string& what, std::size_t offset) {
  throw DecodeError({}, kExpected, what + " at byte " + std::to_string(offset),
                    std::string(text.substr(0, protocol::kMaxServerText + 1)));
}

/// Gets RapidJSON's events and keeps the nodes. Where a value begins follows from where the one before it ends: only
/// white space and punctuation can be between them.
class NodeBuilder {
 public:
  using Size = rapidjson::SizeType;

  NodeBuilder(std::string_view text, const rapidjson::MemoryStream& stream, std::vector<JsonNode>& nodes)
      : text_(text), stream_(stream), nodes_(nodes) {}

  /// Why an event was refused; null when none was.
  const char* complaint() const noexcept { return complaint_; }

  bool Null() { return sized(JsonKind::null, 4); }
  bool Bool(bool value) { return sized(JsonKind::boolean, value ? 4 : 5); }
  bool RawNumber(const char* /*text*/, Size size, bool /*copy*/) { return sized(JsonKind::number, size); }
  bool String(const char* text, Size size, bool /*copy*/) { return string({text, size}); }
  bool Key(const char* text, Size size, bool /*copy*/) { return string({text, size}); }
  bool StartObject() { return open(JsonKind::object); }
  bool StartArray() { return open(JsonKind::array); }
  bool EndObject(Size members) { return close(members); }
  bool EndArray(Size elements) { return close(elements); }

  // Never called, since numbers stay text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

 private:
  JsonNode& add(JsonKind kind) {
    JsonNode& node = nodes_.emplace_back();
    node.kind = kind;
    node.begin = static_cast<std::uint32_t>(text_.find_first_not_of(" \n\r\t,:", end_));
    node.next = static_cast<std::uint32_t>(nodes_.size());
    return node;
  }

  void end(JsonNode& node, std::size_t end) {
    end_ = end;
    node.end = static_cast<std::uint32_t>(end);
  }

  bool sized(JsonKind kind, std::size_t size) {
    JsonNode& node = add(kind);
    end(node, node.begin + size);
    return true;
  }

  bool string(std::string_view decoded) {
    JsonNode& node = add(JsonKind::string);
    end(node, stream_.Tell());
    node.escaped = decoded.size() != node.end - node.begin - 2;
    // RapidJSON 1.1 turns a lone `\uDC00` into three bytes that are no UTF-8.
    if (!node.escaped || protocol::is_valid_utf8(decoded)) return true;
    complaint_ = "a lone surrogate escape in a string";
    return false;
  }

  bool open(JsonKind kind) {
    if (depth_ == kMaxDepth) {
      complaint_ = "a value nested deeper than 128 levels";
      return false;
    }
    end_ = add(kind).begin + 1;
    open_[depth_++] = nodes_.size() - 1;
    return true;
  }

  bool close(Size count) {
    JsonNode& node = nodes_[open_[--depth_]];
    end(node, text_.find_first_not_of(" \n\r\t", end_) + 1);
    node.next = static_cast<std::uint32_t>(nodes_.size());
    node.count = count;
    return true;
  }

  std::string_view text_;
  const rapidjson::MemoryStream& stream_;
  std::vector<JsonNode>& nodes_;
  std::size_t end_ = 0;  // of what was read last
  std::size_t depth_ = 0;
  std::size_t open_[kMaxDepth];
  const char* complaint_ = nullptr;
};

void append_step(std::string& path, std::string_view name) {
  if (!path.empty()) path += '.';
  path += protocol::printable(name, 48);
}

}  // namespace

JsonDocument::JsonDocument(RawJsonView json) : text_(json.missing() ? std::string_view("null") : json.text()) {
  if (text_.size() > std::numeric_limits<std::uint32_t>::max() / 2) refuse({}, "more than 2 GiB", text_.size());
  const std::size_t begin = text_.find_first_not_of(kWhite);
  const char first = begin == std::string_view::npos ? '\0' : text_[begin];
  first == '{' || first == '[' ? read_container() : read_scalar();
}

void JsonDocument::read_scalar() {
  std::size_t offset = 0;
  if (protocol::check_json(text_, 0, &offset) != protocol::ScanError::none) refuse(text_, "something else", offset);
  scalar_.begin = static_cast<std::uint32_t>(text_.find_first_not_of(kWhite));
  scalar_.end = static_cast<std::uint32_t>(text_.find_last_not_of(kWhite) + 1);
  switch (text_[scalar_.begin]) {
    case 'n':
      scalar_.kind = JsonKind::null;
      break;
    case 't':
    case 'f':
      scalar_.kind = JsonKind::boolean;
      break;
    case '"':
      scalar_.kind = JsonKind::string;
      scalar_.escaped = text_.find('\\') != std::string_view::npos;
      break;
    default:
      scalar_.kind = JsonKind::number;
  }
}

void JsonDocument::read_container() {
  nodes_.reserve(16);
  rapidjson::MemoryStream stream(text_.data(), text_.size());
  NodeBuilder builder(text_, stream, nodes_);
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
  if (builder.complaint() != nullptr) refuse(text_, builder.complaint(), stream.Tell());
  if (result.IsError()) refuse(text_, rapidjson::GetParseError_En(result.Code()), result.Offset());
  // A NUL byte looks like the end to RapidJSON.
  if (stream.Tell() != text_.size()) refuse(text_, "something behind the value", stream.Tell());
}

std::string JsonDocument::path_to(const JsonNode& wanted) const {
  std::string path;
  const JsonNode* const base = first();
  const JsonNode* at = base;
  while (at != &wanted) {
    const bool is_object = at->kind == JsonKind::object;
    const JsonNode* child = at + 1;
    std::size_t index = 0;
    // The child that the wanted one is in, or whose name it is.
    while (&wanted >= base + child[is_object ? 1 : 0].next) {
      child = base + child[is_object ? 1 : 0].next;
      ++index;
    }
    if (is_object) {
      append_step(path, JsonValue(*this, child).string());
      if (child == &wanted) break;
      ++child;
    } else {
      path += '[' + std::to_string(index) + ']';
    }
    at = child;
  }
  return path;
}

}  // namespace signalr
