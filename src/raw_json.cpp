#include <signalr/raw_json.hpp>

#include <signalr/errors.hpp>

#include "protocol/json_text.hpp"

namespace signalr {

namespace {

constexpr std::size_t kMaxDepth = 128;

std::string complaint(detail::protocol::ScanError error, std::size_t offset) {
  using detail::protocol::ScanError;
  std::string what;
  switch (error) {
    case ScanError::utf8:
      what = "invalid UTF-8";
      break;
    case ScanError::depth:
      what = "a value nested deeper than " + std::to_string(kMaxDepth) + " levels";
      break;
    case ScanError::trailing:
      what = "something behind the value";
      break;
    case ScanError::none:
    case ScanError::syntax:
    case ScanError::parts:
      what = "a syntax error";
      break;
  }
  return "RawJson::parse expects the text of one JSON value (RFC 8259), but found " + what + " at byte " +
         std::to_string(offset) + "; strings need their quotes";
}

void trim(std::string& text) {
  constexpr const char* kWhite = " \n\r\t";
  text.erase(text.find_last_not_of(kWhite) + 1);
  text.erase(0, text.find_first_not_of(kWhite));
}

}  // namespace

std::string detail::without_lone_surrogates(std::string_view json) {
  return detail::protocol::without_lone_surrogates(json);
}

RawJson RawJson::parse(std::string text) {
  std::size_t offset = 0;
  const detail::protocol::ScanError error = detail::protocol::check_json(text, kMaxDepth, &offset);
  if (error != detail::protocol::ScanError::none) throw UsageError(complaint(error, offset));
  trim(text);
  RawJson json;
  json.text_ = std::move(text);
  return json;
}

}  // namespace signalr
