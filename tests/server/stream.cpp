// The two kinds of Stream.
#include "stream.hpp"

#include <asio/post.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/write.hpp>
#include <utility>

namespace signalr::test {
namespace {

using Tcp = asio::ip::tcp;

void drop(Tcp::socket& socket, bool reset) {
  std::error_code ignored;
  if (reset) socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

class PlainStream : public Stream {
 public:
  explicit PlainStream(Tcp::socket socket) : socket_(std::move(socket)) {}

  void handshake(Done done) override {
    asio::post(socket_.get_executor(), [done = std::move(done)]() mutable { done({}, 0); });
  }
  void read_some(asio::mutable_buffer buffer, Done done) override { socket_.async_read_some(buffer, std::move(done)); }
  void write(asio::const_buffer buffer, Done done) override { asio::async_write(socket_, buffer, std::move(done)); }
  void finish() override {
    std::error_code ignored;
    socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  }
  void close(bool reset) override { drop(socket_, reset); }

 private:
  Tcp::socket socket_;
};

class TlsStream : public Stream {
 public:
  TlsStream(Tcp::socket socket, asio::ssl::context& context)
      : stream_(std::make_shared<Tls>(std::move(socket), context)) {}

  void handshake(Done done) override {
    stream_->async_handshake(asio::ssl::stream_base::server, [keep = stream_, done = std::move(done)](
                                                                 std::error_code error) mutable { done(error, 0); });
  }
  void read_some(asio::mutable_buffer buffer, Done done) override {
    stream_->async_read_some(buffer, Keeping{stream_, std::move(done)});
  }
  void write(asio::const_buffer buffer, Done done) override {
    asio::async_write(*stream_, buffer, Keeping{stream_, std::move(done)});
  }
  void finish() override {
    // The peer may never answer close_notify; whoever asked for the end doesn't wait for that.
    stream_->async_shutdown([keep = stream_](std::error_code) {
      std::error_code ignored;
      keep->next_layer().shutdown(Tcp::socket::shutdown_send, ignored);
    });
  }
  void close(bool reset) override { drop(stream_->next_layer(), reset); }

 private:
  using Tls = asio::ssl::stream<Tcp::socket>;

  // Asio's composed TLS operations use the stream after a close: they keep it alive.
  struct Keeping {
    std::shared_ptr<Tls> stream;
    Done done;
    void operator()(std::error_code error, std::size_t size) { done(error, size); }
  };

  std::shared_ptr<Tls> stream_;
};

}  // namespace

std::unique_ptr<Stream> make_plain_stream(Tcp::socket socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

std::unique_ptr<Stream> make_tls_stream(Tcp::socket socket, asio::ssl::context& context) {
  return std::make_unique<TlsStream>(std::move(socket), context);
}

}  // namespace signalr::test
