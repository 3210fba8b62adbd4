// How adapters verify servers and show who we are: one set of options for HTTP and WebSockets alike.
#pragma once

#include <string>

namespace signalr {

enum class TlsVersion { tls1_2, tls1_3 };

/// TLS for https and wss. The defaults verify the certificate's chain against the system's authorities and its
/// names against the host of the URL. Files are read when the adapter is made or first used, not again for each
/// connection; one that can't be read fails every secure request with TransportFailure::tls, and never weakens
/// verification.
struct TlsOptions {
  /// PEM file of the authorities to trust *instead of* the system's. Empty: the system's.
  std::string ca_file;
  /// Folder of authorities to trust *instead of* the system's, hashed as `openssl rehash` does. Empty: none.
  /// With `ca_file` as well, both are trusted.
  std::string ca_path;

  /// Whether the chain must lead to a trusted authority and be within its dates. Without it anybody in between
  /// reads and changes everything: for laboratories only.
  bool verify_peer = true;
  /// Whether the certificate must be for the URL's host (name or IP address). The same warning holds.
  bool verify_host = true;

  /// PEM file of our own certificate, followed by its intermediates, for servers that ask for one. Empty: none.
  std::string client_certificate_file;
  /// PEM file of the certificate's private key, not encrypted. Empty: it is in `client_certificate_file`.
  std::string client_key_file;

  /// The oldest version to speak; older ones than TLS 1.2 are never spoken.
  TlsVersion min_version = TlsVersion::tls1_2;
};

}  // namespace signalr
