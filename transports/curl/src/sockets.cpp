#include "sockets.hpp"

#include <cerrno>

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

}  // namespace

Sockets::User::User(Sockets& sockets, const std::string& origin) : sockets_(sockets), origin_(origin) {
  const std::lock_guard lock(sockets_.mutex_);
  sockets_.count(origin_, &Origin::transfers, 1);
  ++sockets_.transfers_;
}

Sockets::User::~User() {
  const std::lock_guard lock(sockets_.mutex_);
  sockets_.count(origin_, &Origin::transfers, -1);
  --sockets_.transfers_;
}

CURLcode Sockets::User::serve(CURL* easy) {
  using Open = curl_socket_t (*)(void*, curlsocktype, curl_sockaddr*);
  using Close = int (*)(void*, curl_socket_t);
  const Open on_open = [](void* user, curlsocktype, curl_sockaddr* address) {
    return static_cast<User*>(user)->open(*address);
  };
  // Connections outlive their first transfer.
  const Close on_close = [](void* sockets, curl_socket_t socket) {
    return static_cast<Sockets*>(sockets)->close(socket);
  };
  for (const CURLcode code : {curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this),
                              curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open),
                              curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, &sockets_),
                              curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close)}) {
    if (code != CURLE_OK) return code;
  }
  return CURLE_OK;
}

int Sockets::User::idle() const {
  const std::lock_guard lock(sockets_.mutex_);
  const Origin& origin = sockets_.origins_.at(origin_);
  return origin.sockets - origin.transfers;
}

curl_socket_t Sockets::User::open(const curl_sockaddr& address) {
  const std::lock_guard lock(sockets_.mutex_);
  if (sockets_.shut_down_) return CURL_SOCKET_BAD;
  const curl_socket_t socket = ::socket(address.family, address.socktype | kFlags, address.protocol);
  if (socket == CURL_SOCKET_BAD) {
    short_of_sockets_ = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM ? errno : 0;
    return socket;
  }
  try {
    sockets_.open_.emplace(socket, origin_);
  } catch (...) {  // libcurl is C
    close_socket(socket);
    return CURL_SOCKET_BAD;
  }
  sockets_.count(origin_, &Origin::sockets, 1);
  return socket;
}

int Sockets::close(curl_socket_t socket) {
  const std::lock_guard lock(mutex_);
  if (const auto found = open_.find(socket); found != open_.end()) {
    count(found->second, &Origin::sockets, -1);
    open_.erase(found);
  }
  return close_socket(socket);
}

void Sockets::count(const std::string& origin, int Origin::*what, int by) {
  Origin& counted = origins_[origin];  // made by its first transfer
  counted.*what += by;
  if (counted.sockets == 0 && counted.transfers == 0) origins_.erase(origin);
}

int Sockets::idle() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(open_.size()) - transfers_;
}

void Sockets::shut_down() {
  const std::lock_guard lock(mutex_);
  shut_down_ = true;
  for (const auto& [socket, origin] : open_) ::shutdown(socket, kBothWays);
}

}  // namespace signalr::curl
