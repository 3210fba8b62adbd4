#include "tls.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <asio/ip/address.hpp>
#include <signalr/transport_error.hpp>

namespace signalr::net {
namespace {

bool is_host_mismatch(int error) {
  return error == X509_V_ERR_HOSTNAME_MISMATCH || error == X509_V_ERR_IP_ADDRESS_MISMATCH;
}

/// For verify_peer = false with verify_host = true: any chain will do, any name won't.
int accept_all_but_wrong_host(int accepted, X509_STORE_CTX* store) {
  return accepted != 0 || !is_host_mismatch(X509_STORE_CTX_get_error(store)) ? 1 : 0;
}

/// An encrypted key must fail and not ask on the terminal, which is what OpenSSL does by itself.
int no_password(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

constexpr char kNameTheAuthority[] =
    "; an authority that the system doesn't know is trusted when TlsOptions::ca_file names its certificate";

std::string certificate_problem(long verdict) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "the server's certificate, or one above it, has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the server's certificate, or one above it, is not valid yet (is this machine's clock right?)";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return std::string("the server's certificate is self-signed and not trusted") + kNameTheAuthority;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return std::string("the server's certificate comes from a self-signed authority that is not trusted") +
             kNameTheAuthority;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return std::string(
                 "the server's certificate comes from an unknown authority, or the server doesn't send the "
                 "certificates in between") +
             kNameTheAuthority;
    case X509_V_ERR_HOSTNAME_MISMATCH:
      return "the server's certificate is for another host name";
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the server's certificate is for another IP address, or for names alone";
    default:
      return std::string("the server's certificate was not accepted: ") + X509_verify_cert_error_string(verdict);
  }
}

// What OpenSSL makes of an answer that is no TLS at all: 3.2 has another word for it than the versions before.
bool is_no_tls(int reason) { return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_PACKET_LENGTH_TOO_LONG; }

}  // namespace

std::string tls_failure(const SSL* ssl) {
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  if (ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED && ssl != nullptr) {
    return certificate_problem(SSL_get_verify_result(ssl));
  }
  if (ERR_GET_LIB(error) == ERR_LIB_SSL && is_no_tls(ERR_GET_REASON(error))) {
    return "the peer doesn't speak TLS on this port; perhaps it speaks plain http, and the URL should begin with http:";
  }
  const char* reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : "unknown error";
}

TlsContext::TlsContext(TlsOptions options) : options_(std::move(options)) {
  // Without OpenSSL's own atexit handler: a loop may still be at work when the process ends.
  if (OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr) != 1) {
    throw TransportError(TransportFailure::tls, "OpenSSL can't be initialised: " + tls_failure(nullptr), Sent::no);
  }
}

void TlsContext::load() {
  const std::lock_guard<std::mutex> lock(loading_);
  if (loaded()) return;
  ERR_clear_error();
  make_context();
  if (failure_.empty()) load_authorities();
  if (failure_.empty()) load_own_certificate();
  loaded_.store(true, std::memory_order_release);
}

void TlsContext::make_context() {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  if (context_ == nullptr) {
    failure_ = "OpenSSL can't be used: " + tls_failure(nullptr);
    return;
  }
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_min_proto_version(context, options_.min_version == TlsVersion::tls1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  if (options_.verify_peer) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  } else if (options_.verify_host) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, accept_all_but_wrong_host);
  }
}

void TlsContext::load_authorities() {
  if (!options_.verify_peer) return;
  const auto text = [](const std::string& path) { return path.empty() ? nullptr : path.c_str(); };
  if (options_.ca_file.empty() && options_.ca_path.empty()) {
    SSL_CTX_set_default_verify_paths(context_.get());
  } else if (SSL_CTX_load_verify_locations(context_.get(), text(options_.ca_file), text(options_.ca_path)) != 1) {
    failure_ = "TlsOptions::ca_file or ca_path can't be used (" + options_.ca_file + options_.ca_path +
               "): " + tls_failure(nullptr);
  }
}

void TlsContext::load_own_certificate() {
  const std::string& certificate = options_.client_certificate_file;
  const std::string& key = options_.client_key_file.empty() ? certificate : options_.client_key_file;
  if (certificate.empty()) return;
  bool encrypted = false;
  SSL_CTX_set_default_passwd_cb(context_.get(), no_password);
  SSL_CTX_set_default_passwd_cb_userdata(context_.get(), &encrypted);
  if (SSL_CTX_use_certificate_chain_file(context_.get(), certificate.c_str()) != 1) {
    failure_ = "TlsOptions::client_certificate_file can't be used (" + certificate + "): " + tls_failure(nullptr);
  } else if (SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM) != 1 ||
             SSL_CTX_check_private_key(context_.get()) != 1) {
    const std::string why = tls_failure(nullptr);
    failure_ = encrypted ? "the key in TlsOptions::client_key_file (" + key + ") is encrypted, and must not be"
                         : "TlsOptions::client_key_file can't be used, it must be PEM and belong to the certificate (" +
                               key + "): " + why;
  }
  SSL_CTX_set_default_passwd_cb_userdata(context_.get(), nullptr);
  SSL_CTX_set_default_passwd_cb(context_.get(), nullptr);
}

Ssl TlsContext::session(const std::string& host) const {
  ERR_clear_error();
  Ssl ssl(SSL_new(context_.get()));
  if (ssl == nullptr) return nullptr;
  asio::error_code not_an_address;
  asio::ip::make_address(host, not_an_address);
  const bool is_name = static_cast<bool>(not_an_address);
  // A name's trailing dot is for the resolver alone: neither SNI nor certificates have it.
  const std::string name = is_name && host.back() == '.' ? host.substr(0, host.size() - 1) : host;
  bool good = true;
  if (is_name) good = SSL_set_tlsext_host_name(ssl.get(), name.c_str()) == 1;  // SNI is for names alone
  if (good && options_.verify_host) {
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    good = is_name ? SSL_set1_host(ssl.get(), name.c_str()) == 1
                   : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), name.c_str()) == 1;
  }
  if (!good) return nullptr;
  SSL_set_connect_state(ssl.get());
  return ssl;
}

}  // namespace signalr::net
