// TLS as the options want it: one context a dialer, and a session for each connection that knows whom to expect.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include <openssl/ssl.h>
#include <signalr/tls_options.hpp>

namespace signalr::net {

struct FreeSsl {
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using Ssl = std::unique_ptr<SSL, FreeSsl>;

class TlsContext {
 public:
  explicit TlsContext(TlsOptions options);

  /// Reads what the options name, once; the system's authorities take a tenth of a second. Any thread.
  void load();
  bool loaded() const noexcept { return loaded_.load(std::memory_order_acquire); }

  // The rest is for afterwards.
  /// What is wrong with the options; empty when nothing is.
  const std::string& failure() const noexcept { return failure_; }

  /// A session that will accept a certificate for `host` (a name or an address) alone, as far as the options demand
  /// it. Null when OpenSSL refuses, which `tls_failure` explains.
  Ssl session(const std::string& host) const;

 private:
  void make_context();
  void load_authorities();
  void load_own_certificate();

  const TlsOptions options_;
  std::mutex loading_;
  std::atomic<bool> loaded_{false};
  std::unique_ptr<SSL_CTX, FreeSsl> context_;
  std::string failure_;
};

/// Why the last call on this thread failed, in words for people; empties OpenSSL's queue of errors. `ssl` may be null.
std::string tls_failure(const SSL* ssl);

}  // namespace signalr::net
