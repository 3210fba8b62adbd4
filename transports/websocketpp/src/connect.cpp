#include "connect.hpp"

#if !defined(_WIN32)
#include <unistd.h>
#endif

#include <cerrno>
#include <optional>
#include <sstream>
#include <utility>

#include "steps.hpp"

namespace signalr::net {
namespace {

/// Asio's own way leaves the socket open in programs that the process executes.
void open(asio::ip::tcp::socket& socket, const asio::ip::tcp& protocol, asio::error_code& error) {
#if defined(SOCK_CLOEXEC)
  const int descriptor = ::socket(protocol.family(), protocol.type() | SOCK_CLOEXEC, protocol.protocol());
  if (descriptor < 0) {
    error.assign(errno, asio::error::get_system_category());
    return;
  }
  socket.assign(protocol, descriptor, error);
  if (error) ::close(descriptor);
#else
  socket.open(protocol, error);
#endif
}

class TcpConnect : public std::enable_shared_from_this<TcpConnect> {
 public:
  TcpConnect(std::shared_ptr<Loop> loop, Endpoints endpoints, ConnectHandler handler)
      : loop_(std::move(loop)), endpoints_(std::move(endpoints)), handler_(std::move(handler)) {}

  void start() {
    asio::error_code error;
    socket_.emplace(loop_->executor());
    open(*socket_, endpoints_[next_].protocol(), error);
    if (error) {
      loop_->post([self = shared_from_this(), error] { self->on_connect(error); });
      return;
    }
    socket_->async_connect(endpoints_[next_], loop_->bind([self = shared_from_this()](const asio::error_code& failed) {
      self->on_connect(failed);
    }));
  }

  void cancel() noexcept {
    handler_ = nullptr;
    socket_.reset();
  }

 private:
  void on_connect(const asio::error_code& error) {
    if (!handler_) return;
    if (!error) return finish({std::make_unique<Stream>(loop_, std::move(*socket_)), {}});
    const auto& tried = endpoints_[next_++];
    if (next_ < endpoints_.size()) return start();
    std::ostringstream text;
    if (endpoints_.size() == 1) {
      text << "its one address, " << tried << ", said: " << error.message();
    } else {
      text << "none of its " << endpoints_.size() << " addresses took the connection; the last one, " << tried
           << ", said: " << error.message();
    }
    finish({nullptr, text.str()});
  }

  void finish(Connected result) { std::exchange(handler_, nullptr)(std::move(result)); }

  const std::shared_ptr<Loop> loop_;
  const Endpoints endpoints_;
  std::size_t next_ = 0;
  ConnectHandler handler_;
  std::optional<asio::ip::tcp::socket> socket_;
};

class Handshake : public std::enable_shared_from_this<Handshake> {
 public:
  Handshake(std::shared_ptr<Loop> loop, Stream& stream, HandshakeHandler handler)
      : loop_(std::move(loop)), stream_(stream), handler_(std::move(handler)) {}

  void start() {
    loop_->post([self = shared_from_this()] { self->go_on(); });
  }
  void cancel() noexcept { handler_ = nullptr; }

 private:
  void go_on() {
    if (!handler_) return;
    const auto [status, bytes] = stream_.handshake();
    switch (status) {
      case Stream::Status::want_read:
      case Stream::Status::want_write:
        return stream_.wait(status, [self = shared_from_this()] { self->go_on(); });
      case Stream::Status::done:
        return finish({});
      case Stream::Status::end:
        return finish("the peer ended the connection in the middle of it");
      case Stream::Status::failed:
        return finish(stream_.failure());
    }
  }

  void finish(std::string failure) { std::exchange(handler_, nullptr)(std::move(failure)); }

  const std::shared_ptr<Loop> loop_;
  Stream& stream_;
  HandshakeHandler handler_;
};

}  // namespace

std::unique_ptr<Operation> connect(const std::shared_ptr<Loop>& loop, Endpoints endpoints, ConnectHandler handler) {
  return begin_step<TcpConnect>(loop, std::move(endpoints), std::move(handler));
}

std::unique_ptr<Operation> handshake(const std::shared_ptr<Loop>& loop, Stream& stream, HandshakeHandler handler) {
  return begin_step<Handshake>(loop, stream, std::move(handler));
}

}  // namespace signalr::net
