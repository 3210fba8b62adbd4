#include "stream.hpp"

#include <algorithm>
#include <climits>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <asio/buffer.hpp>

namespace signalr::net {
namespace {

bool would_block(const asio::error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

/// A call of OpenSSL that reads goes on by itself for as long as a peer sends what is neither data nor progress (key
/// updates, requests to say hello), while the loop with all other connections waits: after so many reads of the socket
/// it is the others' turn. A record takes two.
constexpr int kReadsACall = 64;

int as_int(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

/// OpenSSL's way to the socket. Its own one raises SIGPIPE; Asio's calls don't.
struct SocketBio {
  static Stream& stream(BIO* bio) { return *static_cast<Stream*>(BIO_get_data(bio)); }

  static int write(BIO* bio, const char* data, int size) {
    Stream& self = stream(bio);
    asio::error_code error;
    BIO_clear_retry_flags(bio);
    const std::size_t sent = self.socket_.write_some(asio::buffer(data, static_cast<std::size_t>(size)), error);
    if (!error) return static_cast<int>(sent);
    if (would_block(error)) {
      BIO_set_retry_write(bio);
    } else {
      self.bio_error_ = error;
    }
    return -1;
  }

  static int read(BIO* bio, char* data, int size) {
    Stream& self = stream(bio);
    asio::error_code error;
    BIO_clear_retry_flags(bio);
    if (--self.reads_left_ < 0) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const std::size_t got = self.socket_.read_some(asio::buffer(data, static_cast<std::size_t>(size)), error);
    if (!error) return static_cast<int>(got);
    if (would_block(error)) {
      BIO_set_retry_read(bio);
    } else {
      self.bio_error_ = error;
    }
    return error == asio::error::eof ? 0 : -1;
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return stream(bio).bio_error_ == asio::error::eof ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static BIO* make(Stream& self) {
    static BIO_METHOD* const kMethod = [] {  // kept for ever
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "signalr socket");
      BIO_meth_set_write(made, write);
      BIO_meth_set_read(made, read);
      BIO_meth_set_ctrl(made, control);
      return made;
    }();
    BIO* bio = BIO_new(kMethod);
    BIO_set_data(bio, &self);
    BIO_set_init(bio, 1);
    return bio;
  }
};

Stream::Stream(std::shared_ptr<Loop> loop, asio::ip::tcp::socket socket)
    : loop_(std::move(loop)), socket_(std::move(socket)) {
  asio::error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

Stream::~Stream() {
  asio::error_code ignored;
  socket_.close(ignored);
}

void Stream::secure(Ssl session) {
  ssl_ = std::move(session);
  BIO* bio = SocketBio::make(*this);
  SSL_set_bio(ssl_.get(), bio, bio);
}

void Stream::begin_call() noexcept {
  ERR_clear_error();
  reads_left_ = kReadsACall;
}

Stream::Result Stream::handshake() {
  begin_call();
  const int returned = SSL_do_handshake(ssl_.get());
  return returned == 1 ? Result{Status::done, 0} : of_tls(returned);
}

Stream::Result Stream::read(char* data, std::size_t size) {
  if (ssl_ != nullptr) {
    begin_call();
    return of_tls(SSL_read(ssl_.get(), data, as_int(size)));
  }
  asio::error_code error;
  const std::size_t bytes = socket_.read_some(asio::buffer(data, size), error);
  if (would_block(error)) return {Status::want_read};
  return of_socket(error, bytes);
}

Stream::Result Stream::write(const char* data, std::size_t size) {
  if (ssl_ != nullptr) {
    begin_call();
    return of_tls(SSL_write(ssl_.get(), data, as_int(size)));
  }
  asio::error_code error;
  const std::size_t bytes = socket_.write_some(asio::buffer(data, size), error);
  if (would_block(error)) return {Status::want_write};
  return of_socket(error, bytes);
}

Stream::Result Stream::of_socket(const asio::error_code& error, std::size_t bytes) {
  if (!error) return {Status::done, bytes};
  if (error == asio::error::eof) return {Status::end};
  failure_ = error.message();
  return {Status::failed};
}

Stream::Result Stream::of_tls(int returned) {
  if (returned > 0) return {Status::done, static_cast<std::size_t>(returned)};
  const int kind = SSL_get_error(ssl_.get(), returned);
  switch (kind) {
    case SSL_ERROR_WANT_READ:
      return {Status::want_read};
    case SSL_ERROR_WANT_WRITE:
      return {Status::want_write};
    case SSL_ERROR_ZERO_RETURN:
      return {Status::end};
    default:
      break;
  }
  // An end without close_notify is an end: WebSocket's own close frame tells a whole stream from a cut one. Where
  // OpenSSL found something else, a certificate that isn't right, that its alert couldn't be written doesn't count.
  const bool by_socket =
      kind == SSL_ERROR_SYSCALL || ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  if (by_socket && bio_error_) {
    ERR_clear_error();
    return of_socket(bio_error_, 0);
  }
  failure_ = tls_failure(ssl_.get());
  return {Status::failed};
}

void Stream::end_writing() noexcept {
  if (ssl_ != nullptr) {
    begin_call();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  asio::error_code ignored;
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
}

}  // namespace signalr::net
