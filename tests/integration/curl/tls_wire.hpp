// The server's side of TLS for scripted servers.
#pragma once

#include <string>

#include "script_server.hpp"

namespace signalr::test {

struct TlsServer {
  std::string certificate_file;
  std::string key_file;
  std::string client_ca_file = {};  ///< demands a client's certificate from this authority
  bool at_most_1_2 = false;
};

/// For ScriptServer: scripts run on connections whose handshake succeeded. The connection's end is abrupt, without a
/// close_notify, unless `polite`.
WrapSocket tls_wrap(const TlsServer& server, bool polite = false);

/// Writes the key in `from` once more, under a password; as PKCS#8, or in the form from before that.
void write_encrypted_key(const std::string& from, const std::string& to, const std::string& password, bool traditional);

}  // namespace signalr::test
