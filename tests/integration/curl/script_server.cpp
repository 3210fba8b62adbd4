#include "script_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace signalr::test {
namespace {

std::uint16_t bind_loopback(int socket) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("the test server can't have a port on 127.0.0.1");
  }
  return ntohs(address.sin_port);
}

/// Whether a connection from that port of this machine is open, as /proc/net/tcp has it.
bool is_established(std::uint16_t port) {
  std::ostringstream end;
  end << ':' << std::uppercase << std::hex << std::setw(4) << std::setfill('0') << port;
  std::ifstream table("/proc/net/tcp");
  std::string line;
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string number, local, remote, state;
    fields >> number >> local >> remote >> state;
    if (local.size() > 5 && local.substr(local.size() - 5) == end.str() && state == "01") return true;
  }
  return false;
}

}  // namespace

int Peer::read_some(char* buffer, int size) {
  if (wire_ != nullptr) return wire_->read(buffer, size);
  const auto got = ::recv(socket_, buffer, static_cast<std::size_t>(size), 0);
  return got < 0 ? 0 : static_cast<int>(got);
}

std::string Peer::read_request() {
  std::array<char, 16384> buffer;
  std::size_t whole = std::string::npos;  // how long the request is
  for (;;) {
    const auto head_end = ahead_.find("\r\n\r\n");
    if (head_end != std::string::npos && whole == std::string::npos) {
      const auto length = ahead_.find("\r\nContent-Length: ");
      whole = head_end + 4;
      if (length < head_end) whole += std::strtoul(ahead_.c_str() + length + 18, nullptr, 10);
    }
    if (ahead_.size() >= whole) {
      std::string request = ahead_.substr(0, whole);
      ahead_.erase(0, whole);
      return request;
    }
    const int got = read_some(buffer.data(), static_cast<int>(buffer.size()));
    if (got <= 0) return {};
    ahead_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

bool Peer::send(std::string_view bytes) {
  if (wire_ != nullptr) return wire_->write(bytes.data(), static_cast<int>(bytes.size()));
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::size_t Peer::send_until_stuck(std::string_view bytes, int patience_ms) {
  const std::size_t all = bytes.size();
  pollfd ready{socket_, POLLOUT, 0};
  while (!bytes.empty() && ::poll(&ready, 1, patience_ms) == 1) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return all - bytes.size();
}

void Peer::wait_closed() {
  std::array<char, 4096> buffer;
  while (read_some(buffer.data(), static_cast<int>(buffer.size())) > 0) {
  }
}

void Peer::tunnel_to(std::uint16_t port) {
  const int other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  std::array<pollfd, 2> ends{{{socket_, POLLIN, 0}, {other, POLLIN, 0}}};
  std::array<char, 16384> buffer;
  bool open = ::connect(other, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  while (open && ::poll(ends.data(), ends.size(), -1) > 0) {
    for (std::size_t from = 0; open && from < 2; ++from) {
      if (ends[from].revents == 0) continue;
      const auto got = ::recv(ends[from].fd, buffer.data(), buffer.size(), 0);
      open = got > 0 && ::send(ends[1 - from].fd, buffer.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) == got;
    }
  }
  ::close(other);
}

void Peer::reset() {
  sockaddr_in other{};
  socklen_t size = sizeof other;
  ::getpeername(socket_, reinterpret_cast<sockaddr*>(&other), &size);
  const sockaddr nowhere{AF_UNSPEC, {}};
  ::connect(socket_, &nowhere, sizeof nowhere);
  while (is_established(ntohs(other.sin_port))) std::this_thread::yield();
}

ScriptServer::ScriptServer(Script script, WrapSocket wrap)
    : script_(std::move(script)), wrap_(std::move(wrap)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  port_ = bind_loopback(listener_);
  if (::listen(listener_, 512) != 0) throw std::runtime_error("the test server can't listen");
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptServer::~ScriptServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
}

std::string ScriptServer::url(std::string_view target, std::string_view scheme, std::string_view host) const {
  return std::string(scheme) + "://" + std::string(host) + ':' + std::to_string(port_) + std::string(target);
}

void ScriptServer::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::lock_guard lock(mutex_);
    open_.push_back(socket);
    threads_.emplace_back([this, socket, number = connections_++] { serve(socket, number); });
  }
}

void ScriptServer::serve(int socket, int number) {
  {
    std::unique_ptr<Wire> wire = wrap_ == nullptr ? nullptr : wrap_(socket);
    if (wrap_ == nullptr || wire != nullptr) {
      Peer peer(socket, std::move(wire));
      script_(peer, number);
    }
  }
  const std::lock_guard lock(mutex_);  // so that the destructor shuts nobody else's socket down
  open_.erase(std::find(open_.begin(), open_.end(), socket));
  ::close(socket);
}

DeadPort::DeadPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) { port_ = bind_loopback(socket_); }
DeadPort::~DeadPort() { ::close(socket_); }

}  // namespace signalr::test
