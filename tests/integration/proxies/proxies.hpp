// nginx, squid and tinyproxy as their users have them, with a configuration each.
#pragma once

#include <optional>
#include <string>

#include "program.hpp"
#include "test_server.hpp"

namespace signalr::test {

/// A reverse proxy, as it stands in front of many servers.
struct NginxOptions {
  bool upgrades = true;  ///< passes the headers by which WebSockets begin
  bool streams = true;   ///< passes answers on as they come; by its defaults it keeps them until they are complete
  std::optional<TlsFiles> tls;
};
Program::Command nginx_before(const TestServer& server, const NginxOptions& options);

/// Whom a forward proxy lets through.
enum class Guests { everybody, me };
constexpr const char* kPassword = "hidden";  ///< of the user `me`
Program::Command squid(Guests guests);
Program::Command tinyproxy(Guests guests);

}  // namespace signalr::test
