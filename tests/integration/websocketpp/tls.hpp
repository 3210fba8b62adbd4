// What tests of TLS ask of a dial.
#pragma once

#include <string>
#include <string_view>

#include "authority.hpp"
#include "client.hpp"

namespace tls {

using namespace signalr;

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

inline TlsOptions trusting(const authority::Authority& ca) {
  TlsOptions options;
  options.ca_file = ca.file();
  return options;
}

/// The words of a TLS failure that must have come about.
inline std::string failure(const DialResult& result) {
  CHECK(result.conn == nullptr);
  REQUIRE(result.error);
  CHECK(result.error->failure() == TransportFailure::tls);
  CHECK(result.error->sent() == Sent::no);
  return result.error->what();
}

}  // namespace tls
