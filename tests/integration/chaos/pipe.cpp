#include "pipe.hpp"

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/write.hpp>
#include <string_view>
#include <utility>

namespace signalr::test {

Fate draw_fate(std::mt19937& random, bool long_lived) {
  const auto between = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  const auto one_in = [&](int n) { return between(1, n) == 1; };
  Fate fate;
  if (long_lived || one_in(8)) {
    fate.ending = static_cast<Ending>(between(1, 3));
    // Small numbers: inside the upgrade's answer, or the first frames.
    fate.after_bytes = static_cast<std::size_t>(one_in(6) ? between(1, 400) : between(400, 40'000));
    fate.after = std::chrono::milliseconds(between(50, 1500));
    fate.silence = std::chrono::milliseconds(between(700, 2500));
  }
  if (one_in(4)) fate.piece = static_cast<std::size_t>(between(1, 40));
  if (one_in(4)) fate.delay = std::chrono::milliseconds(between(1, 30));
  return fate;
}

Pipe::Pipe(Tcp::socket client, Decide decide, OnEnding on_ending)
    : client_(std::move(client)),
      server_(client_.get_executor()),
      decide_(std::move(decide)),
      on_ending_(std::move(on_ending)),
      timer_(client_.get_executor()),
      up_{client_, server_, false, {}, 0, 0, asio::steady_timer(client_.get_executor())},
      down_{server_, client_, true, {}, 0, 0, asio::steady_timer(client_.get_executor())} {}

void Pipe::start(const Tcp::endpoint& target) {
  server_.async_connect(target, [self = shared_from_this()](std::error_code error) {
    if (error) return self->close();
    std::error_code ignored;
    self->client_.set_option(Tcp::no_delay(true), ignored);
    self->server_.set_option(Tcp::no_delay(true), ignored);
    self->read(self->up_);
    self->read(self->down_);
  });
}

void Pipe::read(Lane& lane) {
  lane.from.async_read_some(asio::buffer(lane.bytes),
                            [self = shared_from_this(), &lane](std::error_code error, std::size_t size) {
                              if (self->silent_) return;
                              if (error) return self->close();  // what one end does, the other one gets
                              lane.size = size;
                              lane.sent = 0;
                              if (!self->decided_) {
                                self->decided_ = true;
                                self->fate_ = self->decide_({lane.bytes.data(), size});
                                if (self->fate_.ending != Ending::none) {
                                  self->timer_.expires_after(self->fate_.after);
                                  self->timer_.async_wait([self](std::error_code stopped) {
                                    if (!stopped) self->on_time();
                                  });
                                }
                              }
                              self->pass_on(lane);
                            });
}

void Pipe::pass_on(Lane& lane) {
  if (silent_) return;
  if (lane.sent == lane.size) return read(lane);
  if (fate_.delay == fate_.delay.zero()) return write(lane);
  lane.pause.expires_after(fate_.delay);
  lane.pause.async_wait([self = shared_from_this(), &lane](std::error_code stopped) {
    if (!stopped && !self->silent_) self->write(lane);
  });
}

void Pipe::write(Lane& lane) {
  std::size_t size = lane.size - lane.sent;
  // With a delay the pieces must not be so small that the server's messages pile up.
  if (fate_.piece != 0) size = std::min(size, fate_.delay == fate_.delay.zero() ? fate_.piece : fate_.piece * 100);
  bool last = false;
  if (lane.from_server && fate_.ending != Ending::none) {
    last = passed_ + size >= fate_.after_bytes;
    if (last) size = std::max<std::size_t>(fate_.after_bytes - std::min(fate_.after_bytes, passed_), 1);
    passed_ += size;
  }
  asio::async_write(lane.to, asio::buffer(lane.bytes.data() + lane.sent, std::min(size, lane.size - lane.sent)),
                    [self = shared_from_this(), &lane, last](std::error_code error, std::size_t written) {
                      if (self->silent_) return;
                      if (error) return self->close();
                      lane.sent += written;
                      if (last && self->fate_.ending != Ending::none) return self->end_as_decided();
                      self->pass_on(lane);
                    });
}

void Pipe::on_time() {
  if (silent_) return close();
  if (fate_.ending != Ending::none) end_as_decided();
}

void Pipe::end_as_decided() {
  if (silent_ || !client_.is_open()) return;
  const Ending ending = fate_.ending;
  on_ending_(ending);
  if (ending == Ending::silence) {
    silent_ = true;  // both ends stay open, and hear nothing
    timer_.expires_after(fate_.silence);
    timer_.async_wait([self = shared_from_this()](std::error_code stopped) {
      if (!stopped) self->close();
    });
    return;
  }
  if (ending == Ending::reset) {
    std::error_code ignored;
    client_.set_option(asio::socket_base::linger(true, 0), ignored);
    server_.set_option(asio::socket_base::linger(true, 0), ignored);
  }
  close();
}

void Pipe::spare() {
  fate_ = {};
  if (silent_) close();
}

void Pipe::close() {
  std::error_code ignored;
  timer_.cancel();
  up_.pause.cancel();
  down_.pause.cancel();
  client_.close(ignored);
  server_.close(ignored);
}

}  // namespace signalr::test
