#include "authority.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace authority {
namespace {

constexpr long kDay = 24 * 60 * 60;

void must(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("authority: ") + what);
}

EVP_PKEY* make_key() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  must(key != nullptr, "no key");
  return key;
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  must(extension != nullptr, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* make_certificate(const char* name, EVP_PKEY* key, long from, long to) {
  static long serial = 1;
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), from);
  X509_gmtime_adj(X509_getm_notAfter(certificate), to);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return certificate;
}

template <class Writer>
void write_file(const std::string& path, Writer writer) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  must(file != nullptr, "no file");
  must(writer(file) == 1, "not written");
  std::fclose(file);
}

}  // namespace

Authority::Authority() {
  std::string pattern = (std::filesystem::temp_directory_path() / "signalr-test-ca-XXXXXX").string();
  must(::mkdtemp(pattern.data()) != nullptr, "no folder");
  folder_ = pattern;
  key_ = make_key();
  certificate_ = make_certificate(folder_.c_str(), key_, -2 * kDay, 2 * kDay);
  X509_set_issuer_name(certificate_, X509_get_subject_name(certificate_));
  extend(certificate_, certificate_, NID_basic_constraints, "critical,CA:TRUE");
  must(X509_sign(certificate_, key_, EVP_sha256()) > 0, "not signed");
  write_file(file(), [this](std::FILE* to) { return PEM_write_X509(to, certificate_); });
}

Authority::~Authority() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Authority::file() const { return folder_ + "/ca.pem"; }

Identity Authority::issue(const std::string& label, const Wish& wish) {
  EVP_PKEY* key = make_key();
  X509* certificate = make_certificate(label.c_str(), key, wish.valid_from_days * kDay, wish.valid_to_days * kDay);
  X509* issuer = wish.self_signed ? certificate : certificate_;
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  if (!wish.names.empty()) extend(certificate, issuer, NID_subject_alt_name, wish.names);
  extend(certificate, issuer, NID_ext_key_usage, wish.for_client ? "clientAuth" : "serverAuth");
  must(X509_sign(certificate, wish.self_signed ? key : key_, EVP_sha256()) > 0, "not signed");
  Identity identity{folder_ + '/' + label + ".pem", folder_ + '/' + label + ".key"};
  write_file(identity.certificate_file, [&](std::FILE* to) { return PEM_write_X509(to, certificate); });
  write_file(identity.key_file,
             [&](std::FILE* to) { return PEM_write_PrivateKey(to, key, nullptr, nullptr, 0, nullptr, nullptr); });
  X509_free(certificate);
  EVP_PKEY_free(key);
  return identity;
}

std::string Authority::encrypt_key(const Identity& identity, const std::string& password) const {
  std::FILE* const source = std::fopen(identity.key_file.c_str(), "r");
  must(source != nullptr, "no file");
  EVP_PKEY* const key = PEM_read_PrivateKey(source, nullptr, nullptr, nullptr);
  std::fclose(source);
  std::string path = folder_ + "/encrypted.key";
  write_file(path, [&](std::FILE* to) {
    return PEM_write_PrivateKey(to, key, EVP_aes_128_cbc(), reinterpret_cast<const unsigned char*>(password.data()),
                                static_cast<int>(password.size()), nullptr, nullptr);
  });
  EVP_PKEY_free(key);
  return path;
}

ServerContext server_context(const Identity& identity, const std::string& client_ca_file) {
  ServerContext context(SSL_CTX_new(TLS_server_method()));
  must(SSL_CTX_use_certificate_chain_file(context.get(), identity.certificate_file.c_str()) == 1, "no certificate");
  must(SSL_CTX_use_PrivateKey_file(context.get(), identity.key_file.c_str(), SSL_FILETYPE_PEM) == 1, "no key");
  if (!client_ca_file.empty()) {
    must(SSL_CTX_load_verify_locations(context.get(), client_ca_file.c_str(), nullptr) == 1, "no authority");
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

}  // namespace authority
