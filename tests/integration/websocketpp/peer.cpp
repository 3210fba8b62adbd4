#include "peer.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <stdexcept>
#include <thread>

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace peer {
namespace {

constexpr int kDeadlineSeconds = 30;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error("peer: " + what); }

int check(int result, const char* what) {
  if (result < 0) fail(std::string(what) + ": " + std::strerror(errno));
  return result;
}

/// A socket on a port that the system chose.
int bind_to(const char* address, std::uint16_t& port) {
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (std::strchr(address, ':') != nullptr) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    v6.sin6_family = AF_INET6;
    inet_pton(AF_INET6, address, &v6.sin6_addr);
    size = sizeof v6;
  } else {
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    v4.sin_family = AF_INET;
    inet_pton(AF_INET, address, &v4.sin_addr);
    size = sizeof v4;
  }
  const int descriptor = check(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  check(::bind(descriptor, reinterpret_cast<sockaddr*>(&storage), size), "bind");
  check(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size), "getsockname");
  port = ntohs(reinterpret_cast<sockaddr_in&>(storage).sin_port);  // the same place in both
  return descriptor;
}

int listen_on(const char* address, int backlog, std::uint16_t& port) {
  const int listener = bind_to(address, port);
  check(::listen(listener, backlog), "listen");
  return listener;
}

}  // namespace

Link::~Link() {
  if (ssl_ != nullptr) SSL_free(ssl_);
  ::close(descriptor_);
}

bool Link::accept_tls(SSL_CTX* context) {
  ssl_ = SSL_new(context);
  SSL_set_fd(ssl_, descriptor_);
  return SSL_accept(ssl_) == 1;
}

void Link::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                      : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) fail("sending failed");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::size_t Link::receive(char* data, std::size_t size) {
  const auto got = ssl_ != nullptr ? SSL_read(ssl_, data, static_cast<int>(size)) : ::recv(descriptor_, data, size, 0);
  if (got < 0 && ssl_ == nullptr && (errno == EAGAIN || errno == EWOULDBLOCK)) fail("nothing came for half a minute");
  return got <= 0 ? 0 : static_cast<std::size_t>(got);
}

std::string Link::read_until(std::string_view mark) {
  for (;;) {
    if (const auto at = buffered_.find(mark); at != std::string::npos) return read(at + mark.size());
    char data[4096];
    const std::size_t got = receive(data, sizeof data);
    if (got == 0) fail("the client ended the connection before it sent what is expected");
    buffered_.append(data, got);
  }
}

std::string Link::read(std::size_t count) {
  while (buffered_.size() < count) {
    char data[4096];
    const std::size_t got = receive(data, sizeof data);
    if (got == 0) fail("the client ended the connection before it sent what is expected");
    buffered_.append(data, got);
  }
  std::string out = buffered_.substr(0, count);
  buffered_.erase(0, count);
  return out;
}

bool Link::read_to_end(std::string* received) {
  if (received != nullptr) *received = buffered_;
  char data[65536];
  for (;;) {
    const auto got = ::recv(descriptor_, data, sizeof data, 0);
    if (got == 0) return true;
    if (got < 0) {
      if (errno == ECONNRESET) return false;
      fail("the client didn't end the connection");
    }
    if (received != nullptr) received->append(data, static_cast<std::size_t>(got));
  }
}

std::size_t Link::send_until_full(std::string_view bytes) {
  std::size_t total = 0;
  for (;;) {
    pollfd waiting{descriptor_, POLLOUT, 0};
    // The one place where time decides: a second without room is called full.
    if (check(::poll(&waiting, 1, 1000), "poll") == 0) return total;
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return total;
    if (sent > 0) total += static_cast<std::size_t>(sent);
  }
}

void Link::reset() {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void Link::end_writing() { ::shutdown(descriptor_, SHUT_WR); }

void Link::notify_end() { SSL_shutdown(ssl_); }

bool Link::update_keys() {
  return SSL_key_update(ssl_, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 && SSL_do_handshake(ssl_) == 1;
}

std::string Link::upgrade(std::string_view more) {
  const std::string request = read_until("\r\n\r\n");
  send(granted(request) + std::string(more));
  return request;
}

Frame Link::read_frame() {
  const auto byte = [](const std::string& bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const std::string head = read(2);
  if ((byte(head, 1) & 0x80) == 0) fail("a client's frame without a mask");
  std::uint64_t length = byte(head, 1) & 0x7F;
  if (length > 125) {
    const std::string wide = read(length == 126 ? 2 : 8);
    length = 0;
    for (std::size_t i = 0; i < wide.size(); ++i) length = length << 8 | byte(wide, i);
  }
  const std::string mask = read(4);
  Frame result{byte(head, 0), read(static_cast<std::size_t>(length))};
  for (std::size_t i = 0; i < result.payload.size(); ++i) {
    result.payload[i] = static_cast<char>(result.payload[i] ^ mask[i % 4]);
  }
  return result;
}

int Link::read_close() {
  const Frame got = read_frame();
  if (got.first != 0x88) fail("expected a close frame, got another one");
  if (got.payload.size() < 2) return 0;
  return static_cast<unsigned char>(got.payload[0]) << 8 | static_cast<unsigned char>(got.payload[1]);
}

Server::Server(Script script, int connections, const char* address)
    : listener_(listen_on(address, 64, port_)), v6_(std::strchr(address, ':') != nullptr) {
  played_ =
      std::async(std::launch::async, [this, connections, script = std::move(script)] { play(script, connections); });
}

void Server::play(const Script& script, int connections) {
  sigset_t pipe;  // OpenSSL's own way of writing raises it where nobody reads any more; in this thread alone it may
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  for (int i = 0; i < connections; ++i) {
    const int accepted = ::accept(listener_, nullptr, nullptr);
    if (accepted < 0) return;  // shut down by the destructor
    const timeval deadline{kDeadlineSeconds, 0};
    ::setsockopt(accepted, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    ::setsockopt(accepted, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
    const int on = 1;
    ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto name_current = [this](int descriptor) {
      const std::lock_guard lock(mutex_);
      current_ = descriptor;
    };
    Link link(accepted);
    name_current(accepted);
    const std::shared_ptr<void> unnamed(nullptr, [&](void*) { name_current(-1); });  // before the link closes it
    script(link);
  }
}

Server::~Server() {
  {
    const std::lock_guard lock(mutex_);
    if (current_ >= 0) ::shutdown(current_, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  if (played_.valid()) played_.wait();
  ::close(listener_);
}

std::string Server::at(std::string_view path, std::string_view scheme) const {
  return std::string(scheme) + (v6_ ? "://[::1]:" : "://127.0.0.1:") + std::to_string(port_) + std::string(path);
}

void Server::finish() {
  if (played_.wait_for(std::chrono::seconds(2 * kDeadlineSeconds)) != std::future_status::ready) {
    fail("the script doesn't come to its end");
  }
  played_.get();
}

FullPort::FullPort() {
  descriptors_[0] = listen_on("127.0.0.1", 0, port_);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port_);
  for (int i = 1; i < 4; ++i) {
    descriptors_[i] = check(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    ::connect(descriptors_[i], reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
}

FullPort::~FullPort() {
  for (const int descriptor : descriptors_) ::close(descriptor);
}

ClosedPort::ClosedPort() { descriptor_ = bind_to("127.0.0.1", port_); }
ClosedPort::~ClosedPort() { ::close(descriptor_); }

std::string accept_for(const std::string& request) {
  const std::string name = "Sec-WebSocket-Key: ";
  const auto begin = request.find(name);
  if (begin == std::string::npos) fail("an upgrade request without a key");
  const auto end = request.find("\r\n", begin);
  const std::string salted =
      request.substr(begin + name.size(), end - begin - name.size()) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(salted.data()), salted.size(), digest);
  unsigned char encoded[64];
  const int size = EVP_EncodeBlock(encoded, digest, sizeof digest);
  return std::string(reinterpret_cast<char*>(encoded), static_cast<std::size_t>(size));
}

std::string granted(const std::string& request) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
         accept_for(request) + "\r\n\r\n";
}

std::string frame(unsigned char first, std::string_view payload) {
  std::string out(1, static_cast<char>(first));
  const std::size_t size = payload.size();
  int bytes = 0;
  if (size < 126) {
    out += static_cast<char>(size);
  } else {
    out += static_cast<char>(size < 65536 ? 126 : 127);
    bytes = size < 65536 ? 2 : 8;
  }
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(size >> (8 * i) & 0xFF);
  return out.append(payload);
}

std::string close_frame(int code, std::string_view reason) {
  const char bytes[] = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
  return frame(0x88, std::string(bytes, 2).append(reason));
}

}  // namespace peer
