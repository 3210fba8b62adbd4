#include "socket.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <signalr/transport_error.hpp>

using signalr::Sent;
using signalr::TransportError;
using signalr::TransportFailure;

namespace {

[[noreturn]] void fail(TransportFailure failure, const std::string& what, Sent sent) {
  throw TransportError(failure, what + ": " + std::strerror(errno), sent);
}

}  // namespace

PlainSocket::~PlainSocket() {
  if (fd_ >= 0) ::close(fd_);
}

/// From now on `abort` reaches this descriptor.
void PlainSocket::take(int fd) {
  const std::lock_guard lock(mutex_);
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
  if (aborted_) throw TransportError(TransportFailure::connect, "the connection was aborted", Sent::no);
}

void PlainSocket::connect(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); code != 0) {
    throw TransportError(TransportFailure::resolve, "can't resolve " + host + ": " + ::gai_strerror(code), Sent::no);
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, ::freeaddrinfo);
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    take(::socket(address->ai_family, address->ai_socktype, address->ai_protocol));
    if (fd_ < 0 || ::connect(fd_, address->ai_addr, address->ai_addrlen) != 0) continue;
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return;
  }
  fail(TransportFailure::connect, "can't connect to " + host + " port " + std::to_string(port), Sent::no);
}

void PlainSocket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(TransportFailure::io, "can't write to the socket", Sent::maybe);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool PlainSocket::receive(std::string& in) {
  std::array<char, 16 * 1024> bytes;
  ssize_t count = 0;
  do {
    count = ::recv(fd_, bytes.data(), bytes.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0) fail(TransportFailure::io, "can't read from the socket", Sent::maybe);
  in.append(bytes.data(), static_cast<std::size_t>(count));
  return count > 0;
}

void PlainSocket::abort() noexcept {
  const std::lock_guard lock(mutex_);
  aborted_ = true;
  if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);  // close() would free the number for somebody else's descriptor
}
