#include "tls_wire.hpp"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstdio>
#include <stdexcept>

namespace signalr::test {
namespace {

class TlsWire final : public Wire {
 public:
  TlsWire(SSL* ssl, bool polite) : ssl_(ssl), polite_(polite) {}
  ~TlsWire() override {
    if (polite_) SSL_shutdown(ssl_);
    SSL_free(ssl_);
  }
  int read(char* buffer, int size) override { return SSL_read(ssl_, buffer, size); }
  bool write(const char* data, int size) override { return SSL_write(ssl_, data, size) == size; }

 private:
  SSL* ssl_;
  bool polite_;
};

}  // namespace

WrapSocket tls_wrap(const TlsServer& server, bool polite) {
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  bool good = SSL_CTX_use_certificate_chain_file(context.get(), server.certificate_file.c_str()) == 1 &&
              SSL_CTX_use_PrivateKey_file(context.get(), server.key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  if (!server.client_ca_file.empty()) {
    good = good && SSL_CTX_load_verify_locations(context.get(), server.client_ca_file.c_str(), nullptr) == 1;
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  if (server.at_most_1_2) SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  if (!good) throw std::runtime_error("the test server can't use its certificate");
  return [context, polite](int socket) -> std::unique_ptr<Wire> {
    SSL* ssl = SSL_new(context.get());
    SSL_set_fd(ssl, socket);
    if (SSL_accept(ssl) == 1) return std::make_unique<TlsWire>(ssl, polite);
    SSL_free(ssl);
    return nullptr;
  };
}

void write_encrypted_key(const std::string& from, const std::string& to, const std::string& password,
                         bool traditional) {
  std::FILE* const source = std::fopen(from.c_str(), "r");
  EVP_PKEY* const key = PEM_read_PrivateKey(source, nullptr, nullptr, nullptr);
  std::fclose(source);
  BIO* const target = BIO_new_file(to.c_str(), "w");
  const auto* bytes = reinterpret_cast<const unsigned char*>(password.data());
  const int size = static_cast<int>(password.size());
  const int written =
      traditional ? PEM_write_bio_PrivateKey_traditional(target, key, EVP_aes_128_cbc(), bytes, size, nullptr, nullptr)
                  : PEM_write_bio_PrivateKey(target, key, EVP_aes_128_cbc(), bytes, size, nullptr, nullptr);
  BIO_free(target);
  EVP_PKEY_free(key);
  if (written != 1) throw std::runtime_error("the encrypted key can't be written");
}

}  // namespace signalr::test
