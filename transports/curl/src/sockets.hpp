// The sockets of one libcurl thread, so that another one can end them.
#pragma once

#include <curl/curl.h>

#include <mutex>
#include <unordered_set>

namespace signalr::curl {

/// A TLS server that never stops sending what is no data keeps libcurl inside OpenSSL for as long as it likes: only the
/// end of its socket gets the thread out of there. Outlives the multi handle.
class Sockets {
 public:
  Sockets() = default;
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;

  /// The connections of `easy` are made here.
  CURLcode serve(CURL* easy);
  /// Ends them all, those to come, too. Any thread.
  void shut_down();

 private:
  curl_socket_t open(const curl_sockaddr& address);
  int close(curl_socket_t socket);

  std::mutex mutex_;
  std::unordered_set<curl_socket_t> open_;
  bool shut_down_ = false;
};

}  // namespace signalr::curl
