// X.509 through OpenSSL: an EC key each, SHA-256.
#include "certificates.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <asio/ip/address.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <utility>

namespace signalr::test {
namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* pointer) const {
    free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;

void require(bool ok, const std::string& what) {
  if (!ok) throw std::runtime_error("can't make test certificates: " + what + " failed");
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "making a key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, "adding " + value);
}

Certificate make_certificate(EVP_PKEY* key, const std::string& name, int first_day, int last_day) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  std::uint32_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 86'400L * first_day);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86'400L * last_day);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

template <class Write>
void write_file(const std::string& path, Write write) {
  const std::unique_ptr<std::FILE, Free<std::fclose>> file(std::fopen(path.c_str(), "w"));
  require(file != nullptr && write(file.get()) == 1, "writing " + path);
}

std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string names;
  for (const std::string& host : hosts) {
    std::error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    names += (names.empty() ? "" : ",") + std::string(not_an_address ? "DNS:" : "IP:") + host;
  }
  return names;
}

}  // namespace

struct TestAuthority::Keys {
  EVP_PKEY* key;
  X509* certificate;
  ~Keys() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
};

TestAuthority::TestAuthority(std::string folder) : folder_(std::move(folder)), ca_file_(folder_ + "/ca.pem") {
  Key key = make_key();
  Certificate certificate = make_certificate(key.get(), "test authority", -2, 60);
  X509* ca = certificate.get();
  X509_set_issuer_name(ca, X509_get_subject_name(ca));
  add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(ca, ca, NID_subject_key_identifier, "hash");
  require(X509_sign(ca, key.get(), EVP_sha256()) != 0, "signing");
  write_file(ca_file_, [&](std::FILE* file) { return PEM_write_X509(file, ca); });
  keys_.reset(new Keys{key.release(), certificate.release()});
}

TestAuthority::~TestAuthority() = default;

TlsFiles TestAuthority::issue(const std::string& name, const CertificateRequest& request) const {
  const TlsFiles files{folder_ + "/" + name + ".pem", folder_ + "/" + name + ".key"};
  const Key key = make_key();
  const Certificate certificate = make_certificate(key.get(), name, request.first_day, request.last_day);
  X509* leaf = certificate.get();
  X509* ca = keys_->certificate;
  X509_set_issuer_name(leaf, X509_get_subject_name(ca));
  add_extension(leaf, ca, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf, ca, NID_authority_key_identifier, "keyid");
  if (!request.hosts.empty()) add_extension(leaf, ca, NID_subject_alt_name, alternative_names(request.hosts));
  require(X509_sign(leaf, keys_->key, EVP_sha256()) != 0, "signing");
  write_file(files.certificate_file, [&](std::FILE* file) { return PEM_write_X509(file, leaf); });
  write_file(files.key_file, [&](std::FILE* file) {
    return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return files;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "signalr-test-XXXXXX").string();
  require(mkdtemp(pattern.data()) != nullptr, "making a temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace signalr::test
