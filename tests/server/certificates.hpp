// A certificate authority for tests, made anew by each run: keys are in no repository, and nothing expires.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "test_server.hpp"

namespace signalr::test {

/// What a certificate is to be like.
struct CertificateRequest {
  std::vector<std::string> hosts = {"localhost", "127.0.0.1", "::1"};  ///< its alternative names; empty: it has none
  int first_day = -1;                                                  ///< valid from, in days from now
  int last_day = 30;                                                   ///< valid to
};

/// Writes `ca.pem` into the folder, which must exist; throws std::runtime_error when it can't.
class TestAuthority {
 public:
  explicit TestAuthority(std::string folder);
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  /// For TlsOptions::ca_file.
  const std::string& ca_file() const noexcept { return ca_file_; }
  /// Signs a certificate and writes it, and its key, as `<name>.pem` and `<name>.key`.
  TlsFiles issue(const std::string& name, const CertificateRequest& request = {}) const;

 private:
  struct Keys;
  std::string folder_;
  std::string ca_file_;
  std::unique_ptr<Keys> keys_;
};

/// A folder under the system's temporary one that goes away with it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace signalr::test
