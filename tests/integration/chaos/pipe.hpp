// One connection through the fault proxy, and its fate.
#pragma once

#include <array>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <random>

namespace signalr::test {

enum class Ending { none, close, reset, silence };

/// Decided by chance when a connection comes.
struct Fate {
  Ending ending = Ending::none;
  std::size_t after_bytes = 0;  ///< of the server's
  std::chrono::milliseconds after{0};
  std::chrono::milliseconds silence{0};  ///< before a silent one is closed
  std::size_t piece = 0;                 ///< bytes that are handed on at a time; 0: as they come
  std::chrono::milliseconds delay{0};    ///< of each piece
};

Fate draw_fate(std::mt19937& random, bool long_lived);

/// Kept alive by its pending operations. All on the proxy's loop.
class Pipe : public std::enable_shared_from_this<Pipe> {
 public:
  using Tcp = asio::ip::tcp;
  /// `decide` is called with the first bytes of the client.
  using Decide = std::function<Fate(std::string_view head)>;
  using OnEnding = std::function<void(Ending)>;

  Pipe(Tcp::socket client, Decide decide, OnEnding on_ending);
  void start(const Tcp::endpoint& target);
  /// Nothing happens to it any more; when it is silent it is closed.
  void spare();
  void close();

 private:
  struct Lane {
    Tcp::socket& from;
    Tcp::socket& to;
    bool from_server;
    std::array<char, 16 * 1024> bytes{};
    std::size_t size = 0;
    std::size_t sent = 0;
    asio::steady_timer pause;
  };

  void read(Lane& lane);
  void pass_on(Lane& lane);
  void write(Lane& lane);
  void end_as_decided();
  void on_time();

  Tcp::socket client_;
  Tcp::socket server_;
  Decide decide_;
  OnEnding on_ending_;
  Fate fate_;
  bool decided_ = false;
  bool silent_ = false;
  std::size_t passed_ = 0;  // of the server's bytes
  asio::steady_timer timer_;
  Lane up_;
  Lane down_;
};

}  // namespace signalr::test
