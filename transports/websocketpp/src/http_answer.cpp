#include "http_answer.hpp"

#include <algorithm>

#include "text.hpp"

namespace signalr::net {
namespace {

constexpr std::size_t kMaxChunkLine = 256;
constexpr std::string_view kVersion = "HTTP/1.";
constexpr const char* kNoStatusLine = "the answer doesn't begin with an HTTP/1.1 status line";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Cuts the next line off, without its CR and LF.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

bool has_token(const Headers& headers, std::string_view name, std::string_view token) {
  for (const Header& field : headers) {
    if (!same_ignoring_case(field.name, name)) continue;
    std::string_view list = field.value;
    while (!list.empty()) {
      const auto comma = list.find(',');
      if (same_ignoring_case(trim(list.substr(0, comma)), token)) return true;
      list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
  }
  return false;
}

HttpAnswer::State HttpAnswer::feed(std::string_view bytes) {
  buffer_.append(bytes);
  // A peer that speaks something else may never send an empty line.
  if (header_bytes_ == 0 && buffer_.compare(0, kVersion.size(), kVersion.substr(0, buffer_.size())) != 0) {
    return broken(kNoStatusLine);
  }
  for (;;) {
    // The head ends with an empty line; lone LFs are taken for line ends too.
    std::size_t end = std::string::npos;
    for (auto at = buffer_.find('\n', searched_); at != std::string::npos; at = buffer_.find('\n', at + 1)) {
      const std::size_t next = at + 1;
      if (next < buffer_.size() && buffer_[next] == '\n') end = next + 1;
      if (next + 1 < buffer_.size() && buffer_[next] == '\r' && buffer_[next + 1] == '\n') end = next + 2;
      if (end != std::string::npos) break;
    }
    const std::size_t length = end != std::string::npos ? end : buffer_.size();
    if (header_bytes_ + length > max_header_bytes_) return State::too_long;
    if (end == std::string::npos) {
      searched_ = buffer_.size() < 2 ? 0 : buffer_.size() - 2;
      return State::more;
    }
    const State state = parse_head(std::string_view(buffer_).substr(0, end));
    if (state == State::broken) return state;
    header_bytes_ += end;
    searched_ = 0;
    buffer_.erase(0, end);
    if (status_ >= 200 || status_ == 101) return State::head;
  }
}

HttpAnswer::State HttpAnswer::broken(std::string why) {
  failure_ = std::move(why);
  return State::broken;
}

HttpAnswer::State HttpAnswer::parse_head(std::string_view head) {
  headers_ = {};
  if (!parse_status_line(take_line(head))) return broken(kNoStatusLine);
  for (std::string_view line = take_line(head); !line.empty(); line = take_line(head)) {
    if (!parse_field(line)) return broken("the answer has a line among its headers that is none");
  }
  chunked_ = has_token(headers_, "Transfer-Encoding", "chunked");
  return State::head;
}

// A status line without a reason, and even without the space before it, is common (P#51).
bool HttpAnswer::parse_status_line(std::string_view line) {
  if (line.substr(0, kVersion.size()) != kVersion || line.size() < kVersion.size() + 5) return false;
  line.remove_prefix(kVersion.size());
  if (!is_digit(line[0]) || line[1] != ' ') return false;
  line.remove_prefix(2);
  if (!std::all_of(line.begin(), line.begin() + 3, is_digit) || (line.size() > 3 && line[3] != ' ')) return false;
  status_ = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  return status_ >= 100;
}

bool HttpAnswer::parse_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;
  const std::string_view value = trim(line.substr(colon + 1));
  if (!is_header_value(value)) return false;
  headers_.add(std::string(line.substr(0, colon)), std::string(value));
  return true;
}

bool HttpAnswer::feed_body(std::string_view bytes) {
  if (status_ == 204 || status_ == 304) return true;
  // Chunk lines come on top of what is kept; of a body that is mostly chunk lines, less is kept.
  const std::size_t most = 2 * keep_body_ + kMaxChunkLine;
  if (buffer_.size() < most) buffer_.append(bytes.substr(0, most - buffer_.size()));
  if (buffer_.size() >= most) return true;
  if (chunked_) {
    std::string kept;
    return decode_chunks(kept) || kept.size() >= keep_body_;
  }
  if (buffer_.size() >= keep_body_) return true;
  const std::string* length = headers_.find("Content-Length");
  if (length == nullptr || length->empty() || !std::all_of(length->begin(), length->end(), is_digit)) return false;
  return length->size() < 10 && buffer_.size() >= std::stoul(*length);
}

std::string HttpAnswer::body() const {
  std::string kept;
  if (status_ == 204 || status_ == 304) return kept;
  if (chunked_) {
    decode_chunks(kept);
  } else {
    kept = buffer_;
    const std::string* length = headers_.find("Content-Length");
    if (length != nullptr && !length->empty() && length->size() < 10 &&
        std::all_of(length->begin(), length->end(), is_digit)) {
      kept.resize(std::min<std::size_t>(kept.size(), std::stoul(*length)));
    }
  }
  kept.resize(std::min(kept.size(), keep_body_));
  return kept;
}

/// Whether the last chunk was there, or something that is no chunk.
bool HttpAnswer::decode_chunks(std::string& body) const {
  std::string_view text = buffer_;
  for (;;) {
    if (text.find('\n') == std::string_view::npos) return text.size() > kMaxChunkLine;
    const std::string_view line = take_line(text);
    std::size_t length = 0;
    std::size_t digits = 0;
    for (; digits < line.size() && digits < 8; ++digits) {
      const int value = hex_value(line[digits]);
      if (value < 0) break;
      length = length * 16 + static_cast<std::size_t>(value);
    }
    if (digits == 0 || length == 0) return true;
    body.append(text.substr(0, length));
    if (text.size() < length + 1) return false;
    text.remove_prefix(length);
    if (!take_line(text).empty()) return true;
  }
}

}  // namespace signalr::net
