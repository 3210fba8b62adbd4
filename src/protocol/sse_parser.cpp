#include "protocol/sse_parser.hpp"

#include <algorithm>
#include <cstring>

#include "protocol/ascii.hpp"

namespace signalr::detail::protocol {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kFieldBytes = 16;  // a line is its data and this much: "data: ", a byte order mark

/// The first '\n' or '\r', or the size. Looks at one window after the other, so that a stream with one kind of line end
/// isn't searched through for the other again and again.
std::size_t find_line_end(std::string_view text) noexcept {
  constexpr std::size_t kWindow = 256;
  for (std::size_t begin = 0; begin < text.size(); begin += kWindow) {
    std::string_view window = text.substr(begin, kWindow);
    if (const void* lf = std::memchr(window.data(), '\n', window.size())) {
      window = window.substr(0, static_cast<std::size_t>(static_cast<const char*>(lf) - window.data()));
      if (window.empty()) return begin;
      const void* cr = std::memchr(window.data(), '\r', window.size());
      return cr == nullptr ? begin + window.size()
                           : static_cast<std::size_t>(static_cast<const char*>(cr) - text.data());
    }
    if (const void* cr = std::memchr(window.data(), '\r', window.size())) {
      return static_cast<std::size_t>(static_cast<const char*>(cr) - text.data());
    }
  }
  return text.size();
}

}  // namespace

SseParser::Next SseParser::next() {
  if (given_out_) forget_data();
  std::string_view line;
  while (!too_big_ && take_line(line)) {
    if (end_of_event(line)) return Next::event;
  }
  if (too_big_) return Next::too_big;
  own_data();
  return Next::need_more;
}

bool SseParser::take_line(std::string_view& line) {
  if (line_is_pieced_) line_.clear();
  line_is_pieced_ = false;
  if (after_cr_ && !input_.empty()) {
    if (input_.front() == '\n') input_.remove_prefix(1);
    after_cr_ = false;
  }
  const std::size_t end = find_line_end(input_);
  const bool complete = end < input_.size();
  if (line_.size() + end > max_bytes_ + kFieldBytes) {
    too_big_ = true;
    return false;
  }
  line_is_pieced_ = complete && !line_.empty();
  if (!complete || line_is_pieced_) line_.append(input_.substr(0, end));
  line = line_is_pieced_ ? std::string_view(line_) : input_.substr(0, end);
  if (!input_.empty()) after_cr_ = complete && input_[end] == '\r';
  input_.remove_prefix(complete ? end + 1 : end);
  return complete;
}

bool SseParser::end_of_event(std::string_view line) {
  if (first_line_ && line.substr(0, kByteOrderMark.size()) == kByteOrderMark) line.remove_prefix(kByteOrderMark.size());
  first_line_ = false;
  if (line.empty()) {
    given_out_ = !data().empty() && !equal_ignoring_case(data(), "initialized");
    if (given_out_) {
      skipped_ = 0;
    } else {
      skip(event_bytes_);
      forget_data();
    }
    event_bytes_ = 0;
    return given_out_;
  }
  constexpr std::string_view kData = "data";
  const bool is_data =
      line.substr(0, kData.size()) == kData && (line.size() == kData.size() || line[kData.size()] == ':');
  if (!is_data) {
    skip(line.size());
    return false;
  }
  event_bytes_ += line.size() + 1;
  line.remove_prefix(kData.size());
  line.remove_prefix(std::min<std::size_t>(line.size(), 1));
  if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  add_data(line);
  return false;
}

void SseParser::skip(std::size_t bytes) noexcept {
  skipped_ += bytes + 1;  // and the line's end
  too_big_ = skipped_ > max_bytes_;
}

void SseParser::add_data(std::string_view value) {
  if (has_data_) {
    own_data();
    data_ += '\n';
    data_ += value;
  } else {
    has_data_ = true;
    data_view_ = value;
    if (line_is_pieced_) own_data();
  }
  too_big_ = data().size() > max_bytes_;
}

void SseParser::own_data() {
  if (!has_data_ || data_is_owned_) return;
  data_.assign(data_view_);
  data_is_owned_ = true;
}

void SseParser::forget_data() noexcept {
  data_.clear();
  data_view_ = {};
  data_is_owned_ = has_data_ = given_out_ = false;
}

}  // namespace signalr::detail::protocol
