// A connected socket, plain or under TLS, that never blocks: it tells what it did and what to wait for. Nothing is
// buffered between the socket and its user but what OpenSSL keeps of a record.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <asio/ip/tcp.hpp>

#include "loop.hpp"
#include "tls.hpp"

namespace signalr::net {

class Stream {
 public:
  enum class Status {
    done,        ///< `bytes` of them, at least one
    want_read,   ///< nothing: again, once the socket is readable
    want_write,  ///< nothing: again, once it is writable
    end,         ///< the peer will send nothing more
    failed,      ///< `failure` tells
  };
  struct Result {
    Status status;
    std::size_t bytes = 0;
  };

  Stream(std::shared_ptr<Loop> loop, asio::ip::tcp::socket socket);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// From now on everything goes through TLS.
  void secure(Ssl session);
  bool secured() const noexcept { return ssl_ != nullptr; }
  Result handshake();

  Result read(char* data, std::size_t size);
  Result write(const char* data, std::size_t size);
  /// Tells the peer that nothing more will come.
  void end_writing() noexcept;

  /// Calls `handler()` on the loop once the socket is ready for what was wanted, or broken. It must hold what keeps
  /// this stream, and notice by itself if it came late.
  template <class Handler>
  void wait(Status wanted, Handler handler) {
    const auto event = wanted == Status::want_write ? asio::socket_base::wait_write : asio::socket_base::wait_read;
    socket_.async_wait(event,
                       loop_->bind([handler = std::move(handler)](const asio::error_code&) mutable { handler(); }));
  }

  /// Of the last failure.
  const std::string& failure() const noexcept { return failure_; }

 private:
  friend struct SocketBio;
  void begin_call() noexcept;
  Result of_tls(int returned);
  Result of_socket(const asio::error_code& error, std::size_t bytes);

  std::shared_ptr<Loop> loop_;
  asio::ip::tcp::socket socket_;
  Ssl ssl_;
  int reads_left_ = 0;          // in the present call of OpenSSL
  asio::error_code bio_error_;  // how the socket came to its end under OpenSSL's hands
  std::string failure_;
};

}  // namespace signalr::net
