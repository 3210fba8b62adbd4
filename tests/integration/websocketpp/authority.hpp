// A certificate authority for the length of a test: keys and certificates in files of a folder of its own.
#pragma once

#include <memory>
#include <string>

#include <openssl/ssl.h>

namespace authority {

struct Wish {
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";  ///< subjectAltName; empty: none
  int valid_from_days = -1;
  int valid_to_days = 1;
  bool self_signed = false;
  bool for_client = false;
};

struct Identity {
  std::string certificate_file;
  std::string key_file;
};

class Authority {
 public:
  Authority();
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  std::string file() const;  ///< its own certificate
  std::string folder() const { return folder_; }
  Identity issue(const std::string& label, const Wish& wish = {});
  /// Writes that key once more, under a password, and says where.
  std::string encrypt_key(const Identity& identity, const std::string& password) const;

 private:
  std::string folder_;
  EVP_PKEY* key_;
  X509* certificate_;
};

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using ServerContext = std::unique_ptr<SSL_CTX, FreeContext>;

/// For the server's side. With `client_ca_file` clients must show a certificate of that authority.
ServerContext server_context(const Identity& identity, const std::string& client_ca_file = {});

}  // namespace authority
