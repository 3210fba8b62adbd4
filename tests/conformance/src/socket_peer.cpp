// The peer on real sockets: one thread, one poll(), one lock.
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <thread>

#include <signalr/conformance/socket_peer.hpp>

#include "peer_wire.hpp"
#include "socket_exchange.hpp"

namespace signalr::conformance {
namespace {

#if defined(MSG_NOSIGNAL)
constexpr int kSendFlags = MSG_NOSIGNAL;
#else
constexpr int kSendFlags = 0;
#endif

[[noreturn]] void throw_errno(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void make_nonblocking(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL, 0) | O_NONBLOCK); }

/// A socket bound to a port of 127.0.0.1 that the system chose.
Fd bound_socket(std::uint16_t& port) {
  Fd fd(::socket(AF_INET, SOCK_STREAM, 0));
  if (!fd.open()) throw_errno("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd.get(), generic, size) != 0) throw_errno("bind");
  if (::getsockname(fd.get(), generic, &size) != 0) throw_errno("getsockname");
  port = ntohs(address.sin_port);
  return fd;
}

class SocketPeer final : public Peer {
 public:
  SocketPeer() : listener_(bound_socket(port_)), refuser_(bound_socket(refused_port_)) {
    // A small buffer, inherited by the connections: what a client doesn't take must show here, not be hidden there.
    const int bytes = 64 * 1024;
    ::setsockopt(listener_.get(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    if (::listen(listener_.get(), 128) != 0) throw_errno("listen");
    make_nonblocking(listener_.get());
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw_errno("pipe");
    shared_->wake_read = Fd(ends[0]);
    shared_->wake_write = Fd(ends[1]);
    make_nonblocking(ends[0]);
    make_nonblocking(ends[1]);
    thread_ = std::thread([this] { run(); });
  }

  ~SocketPeer() override {
    {
      const std::lock_guard lock(shared_->mutex);
      shared_->stopped = true;
      shared_->wake();
    }
    thread_.join();
    const std::lock_guard lock(shared_->mutex);
    shared_->connections.clear();
    shared_->exchanges.clear();  // they own what they share
    shared_->on_request = nullptr;
    shared_->on_change = nullptr;
  }

  std::string http_url(std::string_view target) const override {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(target);
  }
  std::string ws_url(std::string_view target) const override {
    return "ws://127.0.0.1:" + std::to_string(port_) + std::string(target);
  }
  std::string refused_authority() const override { return "127.0.0.1:" + std::to_string(refused_port_); }
  std::string named_authority() const override { return "localhost:" + std::to_string(port_); }

  std::vector<std::shared_ptr<PeerExchange>> exchanges() const override {
    const std::lock_guard lock(shared_->mutex);
    return shared_->exchanges;
  }
  void on_request(std::function<void(PeerExchange&)> handler) override {
    const std::lock_guard lock(shared_->mutex);
    shared_->on_request = std::move(handler);
  }
  void on_change(std::function<void()> handler) override {
    const std::lock_guard lock(shared_->mutex);
    shared_->on_change = std::move(handler);
  }

 private:
  void run() {
    std::vector<pollfd> polled;
    for (;;) {
      std::vector<std::shared_ptr<PeerConnection>> connections;
      {
        const std::lock_guard lock(shared_->mutex);
        if (shared_->stopped) return;
        forget_closed();
        connections = shared_->connections;
        polled = {{shared_->wake_read.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
        for (const auto& connection : connections) polled.push_back(interest(*connection));
      }
      if (::poll(polled.data(), static_cast<nfds_t>(polled.size()), -1) < 0 && errno != EINTR) return;

      std::vector<std::shared_ptr<PeerExchange>> arrived;
      std::function<void(PeerExchange&)> on_request;
      std::function<void()> on_change;
      {
        const std::lock_guard lock(shared_->mutex);
        shared_->woken = false;
        char bytes[64];
        while (::read(shared_->wake_read.get(), bytes, sizeof bytes) > 0) {
        }
        for (std::size_t i = 0; i < connections.size(); ++i) serve(connections[i], polled[i + 2].revents, arrived);
        accept_all();
        on_request = shared_->on_request;
        on_change = shared_->on_change;
      }
      if (on_request) {
        for (const auto& exchange : arrived) on_request(*exchange);
      }
      if (on_change) on_change();
    }
  }

  void forget_closed() {
    auto& all = shared_->connections;
    all.erase(std::remove_if(all.begin(), all.end(), [](const auto& one) { return !one->fd.open(); }), all.end());
  }

  static pollfd interest(const PeerConnection& connection) {
    short events = 0;
    if (connection.reading || connection.draining) events = POLLIN;
    if (connection.sent < connection.out.size() || (connection.end_after_out && !connection.draining))
      events |= POLLOUT;
    return {connection.fd.get(), events, 0};
  }

  void accept_all() {
    for (;;) {
      Fd fd(::accept(listener_.get(), nullptr, nullptr));
      if (!fd.open()) return;
      make_nonblocking(fd.get());
      auto connection = std::make_shared<PeerConnection>();
      connection->fd = std::move(fd);
      shared_->connections.push_back(std::move(connection));
    }
  }

  void serve(const std::shared_ptr<PeerConnection>& connection, short happened,
             std::vector<std::shared_ptr<PeerExchange>>& arrived) {
    if (!connection->fd.open()) return;  // reset meanwhile
    if ((happened & (POLLIN | POLLERR | POLLHUP)) != 0 && !receive(*connection)) return lose(*connection);
    if (connection->draining) return;
    if (!understand(connection, arrived)) return lose(*connection);
    if (!transmit(*connection)) return lose(*connection);
    if (connection->end_after_out && connection->sent == connection->out.size()) {
      ::shutdown(connection->fd.get(), SHUT_WR);
      connection->draining = true;
    }
  }

  static void lose(PeerConnection& connection) {
    if (connection.current && !connection.cut) connection.current->set_gone();
    connection.current = nullptr;
    connection.fd.close();
  }

  /// False: the client is gone.
  static bool receive(PeerConnection& connection) {
    std::array<char, 64 * 1024> bytes;
    const ssize_t count = ::recv(connection.fd.get(), bytes.data(), bytes.size(), 0);
    if (count > 0 && !connection.draining) connection.in.append(bytes.data(), static_cast<std::size_t>(count));
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
  }

  /// False: the client broke the protocol.
  bool understand(const std::shared_ptr<PeerConnection>& connection,
                  std::vector<std::shared_ptr<PeerExchange>>& arrived) {
    for (;;) {
      if (connection->upgraded) {
        ClientFrame frame;
        const Parse parsed = take_frame(connection->in, frame);
        if (parsed == Parse::incomplete) return true;
        if (parsed == Parse::broken || !connection->current->on_frame(std::move(frame))) return false;
        continue;
      }
      if (connection->current && !connection->current->answered()) return true;
      PeerRequest request;
      const Parse parsed = take_request(connection->in, request);
      if (parsed != Parse::done) return parsed == Parse::incomplete;
      auto exchange = std::make_shared<SocketExchange>(shared_, connection, std::move(request));
      connection->current = exchange.get();
      shared_->exchanges.push_back(exchange);
      arrived.push_back(std::move(exchange));
    }
  }

  /// False: the client is gone.
  static bool transmit(PeerConnection& connection) {
    while (connection.sent < connection.out.size()) {
      const std::string_view rest = std::string_view(connection.out).substr(connection.sent);
      const ssize_t count = ::send(connection.fd.get(), rest.data(), rest.size(), kSendFlags);
      if (count < 0) return errno == EAGAIN || errno == EINTR;
      connection.sent += static_cast<std::size_t>(count);
      if (connection.current) connection.current->count_taken(static_cast<std::size_t>(count));
    }
    connection.out.clear();
    connection.sent = 0;
    return true;
  }

  std::uint16_t port_ = 0;
  std::uint16_t refused_port_ = 0;
  Fd listener_;
  Fd refuser_;
  const std::shared_ptr<PeerShared> shared_ = std::make_shared<PeerShared>();
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Peer> make_socket_peer() { return std::make_unique<SocketPeer>(); }

}  // namespace signalr::conformance
