// Answers to negotiate, and what is made of them.
#pragma once

#include <signalr/errors.hpp>
#include <string>
#include <string_view>

#include "protocol/negotiate_response.hpp"

namespace negotiate_answers {

inline signalr::detail::protocol::NegotiateResponse parsed(std::string_view body) {
  return signalr::detail::protocol::parse_negotiate_response(body, "2.1").value();
}

/// The message of the error that `body` gives.
inline std::string error_of(std::string_view body) {
  try {
    parsed(body);
  } catch (const signalr::ProtocolError& error) {
    return error.what();
  }
  return "(accepted)";
}

/// A complete answer with `members` added at its end, where they win over earlier ones.
inline std::string answer(const std::string& members) {
  std::string body = R"({"Url":"/signalr","ConnectionToken":"token","ConnectionId":"id","ProtocolVersion":"2.0")";
  if (!members.empty()) body += ',' + members;
  return body + '}';
}

inline bool mentions(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace negotiate_answers
