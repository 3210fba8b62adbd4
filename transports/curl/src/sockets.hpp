// The sockets of one libcurl thread: so that another one can end them, and so that it is known how many are idle.
#pragma once

#include <curl/curl.h>

#include <mutex>
#include <string>
#include <unordered_map>

namespace signalr::curl {

/// Outlives the multi handle. All but `shut_down` on libcurl's thread.
class Sockets {
  struct Origin {
    int sockets = 0;
    int transfers = 0;
  };

 public:
  Sockets() = default;
  Sockets(const Sockets&) = delete;
  Sockets& operator=(const Sockets&) = delete;

  /// One transfer, for as long as it may use a connection to its origin.
  class User {
   public:
    User(Sockets& sockets, const std::string& origin);
    ~User();
    User(const User&) = delete;
    User& operator=(const User&) = delete;

    /// The connections of `easy` are made here.
    CURLcode serve(CURL* easy);
    /// How many connections to this origin serve no transfer. They are counted, since libcurl doesn't tell: a transfer
    /// that has no connection yet makes them one fewer.
    int idle() const;
    /// The errno of the last socket that the system didn't give for want of something; 0: there was none such.
    int short_of_sockets() const noexcept { return short_of_sockets_; }

   private:
    curl_socket_t open(const curl_sockaddr& address);

    Sockets& sockets_;
    const std::string origin_;
    int short_of_sockets_ = 0;
  };

  /// The same for all origins.
  int idle() const;

  /// Ends them all, those to come, too. Any thread. A TLS server that never stops sending what is no data keeps libcurl
  /// inside OpenSSL for as long as it likes: only the end of its socket gets the thread out of there.
  void shut_down();

 private:
  int close(curl_socket_t socket);
  void count(const std::string& origin, int Origin::*what, int by);

  mutable std::mutex mutex_;
  std::unordered_map<curl_socket_t, std::string> open_;  // with their origins
  std::unordered_map<std::string, Origin> origins_;
  int transfers_ = 0;
  bool shut_down_ = false;
};

}  // namespace signalr::curl
