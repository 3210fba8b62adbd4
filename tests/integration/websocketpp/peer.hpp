// The other end: a listening socket on the loopback, and a script that plays each connection's server byte by byte.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

namespace peer {

struct Frame {
  unsigned char first;  ///< FIN, RSV bits and opcode
  std::string payload;  ///< unmasked
};

/// One accepted connection, used by blocking calls. Whatever takes longer than half a minute, or ends too early,
/// throws, which fails the test.
class Link {
 public:
  explicit Link(int descriptor) : descriptor_(descriptor) {}
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// Server side of a TLS handshake; false when the client broke it off.
  bool accept_tls(SSL_CTX* context);

  void send(std::string_view bytes);
  /// Up to and including `mark`.
  std::string read_until(std::string_view mark);
  std::string read(std::size_t count);
  /// Reads what comes until the client's end; false: it was a reset.
  bool read_to_end(std::string* received = nullptr);
  /// Sends until the client takes no more, then says how many bytes it took.
  std::size_t send_until_full(std::string_view bytes);
  void reset();  ///< ends with a reset
  void end_writing();
  void notify_end();  ///< TLS's close_notify
  /// TLS 1.3: a message that is no data. False: the client is gone.
  bool update_keys();

  /// Reads an upgrade request and grants it; returns the request. `more` goes out in the same segment.
  std::string upgrade(std::string_view more = {});
  Frame read_frame();
  /// Reads a close frame and returns its code; 0: it has none.
  int read_close();

 private:
  std::size_t receive(char* data, std::size_t size);

  int descriptor_;
  SSL* ssl_ = nullptr;
  std::string buffered_;
};

using Script = std::function<void(Link&)>;

/// Plays the script for one connection after the other, on a thread of its own. `finish` waits for it and throws what
/// it threw; without it the destructor ends it, and the connection that it is at.
class Server {
 public:
  explicit Server(Script script, int connections = 1, const char* address = "127.0.0.1");
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const { return port_; }
  std::string at(std::string_view path = "/", std::string_view scheme = "ws") const;
  void finish();

 private:
  void play(const Script& script, int connections);

  int listener_;
  std::uint16_t port_;
  bool v6_;
  std::mutex mutex_;
  int current_ = -1;
  std::future<void> played_;
};

/// A listening port whose queue is full: connecting to it takes for ever.
class FullPort {
 public:
  FullPort();
  ~FullPort();
  FullPort(const FullPort&) = delete;
  FullPort& operator=(const FullPort&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  int descriptors_[4];
  std::uint16_t port_;
};

/// A port of 127.0.0.1 that refuses connections: bound, so that nobody else gets it meanwhile, and not listening.
class ClosedPort {
 public:
  ClosedPort();
  ~ClosedPort();
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  int descriptor_;
  std::uint16_t port_;
};

std::string accept_for(const std::string& request);
/// The 101 that grants this request.
std::string granted(const std::string& request);
/// A frame as servers send it.
std::string frame(unsigned char first, std::string_view payload);
inline std::string text(std::string_view payload) { return frame(0x81, payload); }
std::string close_frame(int code, std::string_view reason = {});

}  // namespace peer
