// A connection's bytes as the server sees them: in the clear, or through TLS.
#pragma once

#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <cstddef>
#include <memory>
#include <signalr/function.hpp>
#include <system_error>

namespace signalr::test {

class Stream {
 public:
  using Done = UniqueFunction<void(std::error_code, std::size_t)>;

  virtual ~Stream() = default;
  /// TLS's handshake; nothing in the clear.
  virtual void handshake(Done done) = 0;
  virtual void read_some(asio::mutable_buffer buffer, Done done) = 0;
  virtual void write(asio::const_buffer buffer, Done done) = 0;
  /// Tells the peer that no more bytes will come (FIN, or TLS's close_notify and then FIN).
  virtual void finish() = 0;
  /// Drops the connection; with `reset` the peer sees an RST.
  virtual void close(bool reset) = 0;
};

std::unique_ptr<Stream> make_plain_stream(asio::ip::tcp::socket socket);
std::unique_ptr<Stream> make_tls_stream(asio::ip::tcp::socket socket, asio::ssl::context& context);

}  // namespace signalr::test
