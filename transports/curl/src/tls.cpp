#include "tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <string_view>

namespace signalr::curl {
namespace {

/// Whether libcurl's TLS is the OpenSSL that we are linked with. Others take CURLOPT_SSL_CTX_FUNCTION as well, for
/// contexts of their own kinds.
bool has_our_openssl() {
  const char* name = curl_version_info(CURLVERSION_NOW)->ssl_version;
  const std::string ours = "OpenSSL/" + std::to_string(OPENSSL_VERSION_MAJOR) + '.';
  return name != nullptr && std::string_view(name).substr(0, ours.size()) == ours;
}

/// For verify_peer = false with verify_host = true: any chain will do, any address won't.
int accept_all_but_wrong_address(int accepted, X509_STORE_CTX* store) {
  return accepted != 0 || X509_STORE_CTX_get_error(store) != X509_V_ERR_IP_ADDRESS_MISMATCH ? 1 : 0;
}

/// libcurl takes a certificate without alternative names for an address when its common name is that. An address must
/// be among the alternative names.
CURLcode demand_address(CURL*, void* context, void* server) {
  SSL_CTX* const tls = static_cast<SSL_CTX*>(context);
  const std::string& host = static_cast<const Url*>(server)->host;
  const std::string address = host.substr(0, host.find('%'));  // a zone is no part of it
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_CTX_get0_param(tls), address.c_str()) != 1) return CURLE_SSL_CERTPROBLEM;
  if (SSL_CTX_get_verify_mode(tls) == SSL_VERIFY_NONE) {
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, accept_all_but_wrong_address);
  }
  return CURLE_OK;
}

/// Whether a key is so, as its file says.
bool is_encrypted(const std::string& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.find("BEGIN ENCRYPTED PRIVATE KEY") != std::string::npos) return true;
    if (line.find("Proc-Type:") == 0 && line.find("ENCRYPTED") != std::string::npos) return true;
  }
  return false;
}

const std::string& key_file(const TlsOptions& options) {
  return options.client_key_file.empty() ? options.client_certificate_file : options.client_key_file;
}

/// Whether they are OpenSSL's words for an answer that is no TLS at all: 3.2 has others than the versions before.
bool is_no_tls(std::string_view words) {
  return words.find("wrong version number") != std::string_view::npos ||
         words.find("packet length too long") != std::string_view::npos;
}

bool is_unknown_authority(long verdict) {
  switch (verdict) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return true;
    default:
      return false;
  }
}

}  // namespace

CURLcode set_tls(CURL* easy, const TlsOptions& options, const Url& server) {
  CURLcode refused = CURLE_OK;
  const auto set = [&](CURLoption option, auto value) {
    const CURLcode code = curl_easy_setopt(easy, option, value);
    if (refused == CURLE_OK) refused = code;
  };
  const auto path_or_null = [](const std::string& path) { return path.empty() ? nullptr : path.c_str(); };
  if (!options.ca_file.empty() || !options.ca_path.empty()) {  // instead of the system's: both of libcurl's go
    set(CURLOPT_CAINFO, path_or_null(options.ca_file));
    set(CURLOPT_CAPATH, path_or_null(options.ca_path));
  }
  set(CURLOPT_SSL_VERIFYPEER, options.verify_peer ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, options.verify_host ? 2L : 0L);
  if (!options.client_certificate_file.empty()) {
    set(CURLOPT_SSLCERT, options.client_certificate_file.c_str());
    set(CURLOPT_SSLKEY, key_file(options).c_str());
    set(CURLOPT_KEYPASSWD, "");  // else OpenSSL asks for one on the terminal
  }
  set(CURLOPT_SSLVERSION,
      static_cast<long>(options.min_version == TlsVersion::tls1_3 ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2));
  if (options.verify_host && server.host_is_address() && has_our_openssl()) {
    set(CURLOPT_SSL_CTX_FUNCTION, demand_address);
    set(CURLOPT_SSL_CTX_DATA, &server);
  }
  return refused;
}

bool is_tls(CURLcode code) {
  switch (code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_USE_SSL_FAILED:
      return true;
    default:
      return false;
  }
}

std::string tls_advice(CURL* easy, CURLcode code, const std::string& words, const TlsOptions& options) {
  if (is_no_tls(words)) {
    return "; the server doesn't speak TLS on this port: perhaps it speaks plain http, and the URL should begin with "
           "http:";
  }
  if (code == CURLE_SSL_CERTPROBLEM && !options.client_certificate_file.empty() && is_encrypted(key_file(options))) {
    return "; the key in TlsOptions::client_key_file (" + key_file(options) + ") is encrypted, and must not be";
  }
  long verdict = X509_V_OK;
  curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
  if (code == CURLE_PEER_FAILED_VERIFICATION && has_our_openssl() && is_unknown_authority(verdict)) {
    return "; an authority that the system doesn't know is trusted when TlsOptions::ca_file names its certificate";
  }
  return {};
}

}  // namespace signalr::curl
