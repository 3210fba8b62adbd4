#include <signalr/decode_error.hpp>

#include <utility>

#include "protocol/safe_text.hpp"

namespace signalr {
namespace {

std::string sentence(const std::string& where, const std::string& expected, const std::string& got) {
  return "can't decode " + (where.empty() ? std::string("the JSON value") : detail::protocol::one_line(where, 1000)) +
         ": expected " + expected + ", but got " + got;
}

}  // namespace

DecodeError::DecodeError(std::string where, std::string expected, std::string got, std::string server_text)
    : ErrorType(sentence(where, expected, got), nullptr, detail::protocol::capped(server_text)),
      where_(std::move(where)),
      expected_(std::move(expected)),
      got_(std::move(got)) {}

DecodeError::~DecodeError() = default;

DecodeError DecodeError::within(const std::string& outer) const {
  return DecodeError(where_.empty() ? outer : outer + ", " + where_, expected_, got_, server_text());
}

}  // namespace signalr
