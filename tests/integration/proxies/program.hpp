// A server program of the system's, run in the foreground from a temporary folder while a test needs it.
#pragma once

#include <sys/types.h>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "certificates.hpp"

namespace signalr::test {

class Program {
 public:
  /// The command line that listens on 127.0.0.1 at that port; it may write what it needs into the folder.
  using Command = std::function<std::vector<std::string>(std::uint16_t port, const std::string& folder)>;

  /// Starts `name`, on a free port, and waits until it takes connections. A program that isn't installed ends this
  /// test program as skipped, with a word; one that doesn't start throws std::runtime_error with its last words.
  Program(const std::string& name, Command command);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::uint16_t port() const noexcept { return port_.number; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_.number); }

  /// Ends it, its connections with it.
  void stop();
  /// Starts it again on the same port.
  void start();

 private:
  // A port that nobody else is given, while the program, which shares it by SO_REUSEADDR, may come and go.
  struct Port {
    Port();
    asio::io_context io;
    asio::ip::tcp::socket held{io};
    std::uint16_t number = 0;
  };
  bool try_start();

  std::string path_;
  Command command_;
  TemporaryFolder folder_;
  Port port_;
  pid_t pid_ = 0;
};

}  // namespace signalr::test
