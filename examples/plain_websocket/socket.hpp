// A TCP connection whose calls block until somebody aborts it. What a TLS library would replace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

class PlainSocket {
 public:
  PlainSocket() = default;
  PlainSocket(const PlainSocket&) = delete;
  PlainSocket& operator=(const PlainSocket&) = delete;
  ~PlainSocket();

  /// Tries the addresses of the host in turn.
  void connect(const std::string& host, std::uint16_t port);
  void send(std::string_view bytes);
  /// Appends what has come to `in`, at least a byte; false at the end of the connection.
  bool receive(std::string& in);
  /// From any thread: the calls that wait, and all later ones, fail.
  void abort() noexcept;

 private:
  void take(int fd);

  std::mutex mutex_;  // for what `abort` shares with `connect`
  bool aborted_ = false;
  int fd_ = -1;
};
