#include "sockets.hpp"

#if !defined(_WIN32)
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace signalr::curl {
namespace {

#if defined(SOCK_CLOEXEC)
constexpr int kFlags = SOCK_CLOEXEC;  // libcurl leaves its sockets open in programs that the process executes
#else
constexpr int kFlags = 0;
#endif

#if defined(_WIN32)
constexpr int kBothWays = SD_BOTH;
int close_socket(curl_socket_t socket) { return ::closesocket(socket); }
#else
constexpr int kBothWays = SHUT_RDWR;
int close_socket(curl_socket_t socket) { return ::close(socket); }
#endif

Sockets& self(void* user) { return *static_cast<Sockets*>(user); }

}  // namespace

CURLcode Sockets::serve(CURL* easy) {
  using Open = curl_socket_t (*)(void*, curlsocktype, curl_sockaddr*);
  using Close = int (*)(void*, curl_socket_t);
  const Open on_open = [](void* user, curlsocktype, curl_sockaddr* address) { return self(user).open(*address); };
  const Close on_close = [](void* user, curl_socket_t socket) { return self(user).close(socket); };
  for (const CURLcode code : {curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this),
                              curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open),
                              curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this),
                              curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close)}) {
    if (code != CURLE_OK) return code;
  }
  return CURLE_OK;
}

void Sockets::shut_down() {
  const std::lock_guard lock(mutex_);
  shut_down_ = true;
  for (const curl_socket_t socket : open_) ::shutdown(socket, kBothWays);
}

curl_socket_t Sockets::open(const curl_sockaddr& address) {
  const std::lock_guard lock(mutex_);
  if (shut_down_) return CURL_SOCKET_BAD;
  const curl_socket_t socket = ::socket(address.family, address.socktype | kFlags, address.protocol);
  if (socket == CURL_SOCKET_BAD) return socket;
  try {
    open_.insert(socket);
  } catch (...) {  // libcurl is C
    close_socket(socket);
    return CURL_SOCKET_BAD;
  }
  return socket;
}

int Sockets::close(curl_socket_t socket) {
  const std::lock_guard lock(mutex_);
  open_.erase(socket);
  return close_socket(socket);
}

}  // namespace signalr::curl
