#include "protocol/header_rules.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include <signalr/errors.hpp>

#include "protocol/ascii.hpp"

namespace signalr::detail::protocol {
namespace {

bool is_token_character(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         kMarks.find(c) != std::string_view::npos;
}

bool breaks_a_value(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

struct Reserved {
  std::string_view name;
  const char* instead;
};

constexpr const char* kTransport = "it belongs to the HTTP or WebSocket transport";
constexpr Reserved kReserved[] = {
    {"Host", kTransport},
    {"Connection", kTransport},
    {"Upgrade", kTransport},
    {"Keep-Alive", kTransport},
    {"Proxy-Connection", kTransport},
    {"Content-Length", kTransport},
    {"Transfer-Encoding", kTransport},
    {"TE", kTransport},
    {"Trailer", kTransport},
    {"Expect", kTransport},
    {"Content-Type", "the protocol sets it"},
    {"Accept-Encoding", "compression would hold back events"},
    {"Proxy-Authorization", "it would go to the server; give proxy credentials to the transport"},
    {"Cookie", "give cookies in DialOptions::cookies, which are merged with the server's"},
};

const char* why_reserved(std::string_view name) {
  if (starts_with_ignoring_case(name, "Sec-WebSocket-")) return kTransport;
  const auto* found = std::find_if(std::begin(kReserved), std::end(kReserved),
                                   [&](const Reserved& field) { return equal_ignoring_case(field.name, name); });
  return found == std::end(kReserved) ? nullptr : found->instead;
}

}  // namespace

Result<void> check_user_headers(const Headers& headers) {
  for (const Header& field : headers) {
    // Only the part before the first odd character is shown: "Authorization: Bearer x" may have become the name.
    const auto odd = std::find_if_not(field.name.begin(), field.name.end(), is_token_character);
    const std::string name(field.name.begin(), odd);
    if (name.empty() || odd != field.name.end()) {
      return UsageError("the header name beginning with '" + name +
                        "' can't be used: expected letters, digits and '-'");
    }
    if (const char* why = why_reserved(name)) return UsageError("the header " + name + " can't be set: " + why);
    if (std::any_of(field.value.begin(), field.value.end(), breaks_a_value)) {
      return UsageError("the value of the header " + name + " can't be used: it holds line ends or control characters");
    }
  }
  return {};
}

}  // namespace signalr::detail::protocol
