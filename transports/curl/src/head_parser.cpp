#include "head_parser.hpp"

#include <utility>

#include "ascii.hpp"

namespace signalr::curl {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

HeadParser::Step HeadParser::fail(TransportFailure failure, std::string message) {
  fault_ = {failure, std::move(message)};
  return Step::failed;
}

HeadParser::Step HeadParser::take(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > max_bytes_) {
    return fail(TransportFailure::limit,
                "has more than max_header_bytes (" + std::to_string(max_bytes_) + ") of headers");
  }
  if (complete_) return Step::more;
  if (status_ == 0) return begin(line);
  if (trim(line).empty()) return finish();
  return field(line);
}

HeadParser::Step HeadParser::begin(std::string_view status_line) {
  // The reason may be missing, with its space (P§10).
  const auto space = status_line.find(' ');
  const std::string_view code = space == std::string_view::npos ? status_line : trim(status_line.substr(space));
  if (status_line.substr(0, 5) != "HTTP/" || code.size() < 3 || !is_digit(code[0]) || !is_digit(code[1]) ||
      !is_digit(code[2]) || (code.size() > 3 && code[3] != ' ') || code[0] == '0') {
    return fail(TransportFailure::protocol, "has a status line without a three-digit status");
  }
  status_ = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  return Step::more;
}

HeadParser::Step HeadParser::finish() {
  flush();
  if (status_ == 101) return fail(TransportFailure::protocol, "switches to a protocol that was not asked for");
  if (status_ < 200) {  // the final head follows
    status_ = 0;
    headers_ = {};
    return Step::more;
  }
  const std::string* length = nullptr;
  for (const Header& header : headers_) {
    if (!same_name(header.name, "Content-Length")) continue;
    if (length != nullptr && *length != header.value) {
      return fail(TransportFailure::protocol, "has two different Content-Lengths");
    }
    length = &header.value;
  }
  complete_ = true;
  return Step::complete;
}

HeadParser::Step HeadParser::field(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {
    if (last_) last_->value.append(" ").append(trim(line));
    return Step::more;
  }
  flush();
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return fail(TransportFailure::protocol, "has a header line without a name and a colon");
  }
  last_ = Header{std::string(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1)))};
  return Step::more;
}

void HeadParser::flush() {
  if (last_) headers_.add(std::move(last_->name), std::move(last_->value));
  last_.reset();
}

}  // namespace signalr::curl
