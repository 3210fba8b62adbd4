#include "exchange.hpp"

#include <string_view>
#include <utility>

#include "http_answer.hpp"
#include "steps.hpp"

namespace signalr::net {
namespace {

class HttpExchange : public std::enable_shared_from_this<HttpExchange> {
 public:
  HttpExchange(std::shared_ptr<Loop> loop, Stream& stream, Exchange what, ExchangeHandler handler)
      : loop_(std::move(loop)),
        stream_(stream),
        what_(std::move(what)),
        handler_(std::move(handler)),
        answer_(what_.max_header_bytes, what_.max_refusal_bytes) {}

  void start() {
    loop_->post([self = shared_from_this()] { self->send(); });
  }
  void cancel() noexcept { handler_ = nullptr; }

 private:
  using Outcome = Exchanged::Outcome;

  void send() {
    if (!handler_) return;
    while (written_ < what_.request.size()) {
      const auto [status, bytes] = stream_.write(what_.request.data() + written_, what_.request.size() - written_);
      if (status != Stream::Status::done) {
        if (status == Stream::Status::end || status == Stream::Status::failed) {
          write_failure_ = status == Stream::Status::end ? "the peer ended the connection" : stream_.failure();
          break;  // a server that takes no more may have said why
        }
        return stream_.wait(status, [self = shared_from_this()] { self->send(); });
      }
      written_ += bytes;
    }
    receive();
  }

  void receive() {
    if (!handler_) return;
    char data[4096];
    for (;;) {
      const auto [status, bytes] = stream_.read(data, sizeof data);
      switch (status) {
        case Stream::Status::want_read:
        case Stream::Status::want_write:
          return stream_.wait(status, [self = shared_from_this()] { self->receive(); });
        case Stream::Status::end:
          return on_end();
        case Stream::Status::failed:
          return finish(has_head_ ? Outcome::refused : Outcome::failed,
                        write_failure_.empty() ? stream_.failure() : write_failure_);
        case Stream::Status::done:
          break;
      }
      if (on_data({data, bytes})) return;
    }
  }

  /// Whether that was all.
  bool on_data(std::string_view data) {
    if (!has_head_) {
      switch (answer_.feed(data)) {
        case HttpAnswer::State::more:
          return false;
        case HttpAnswer::State::broken:
          finish(Outcome::broken, answer_.failure());
          return true;
        case HttpAnswer::State::too_long:
          finish(Outcome::too_long);
          return true;
        case HttpAnswer::State::head:
          break;
      }
      has_head_ = true;
      if (what_.granted(answer_.status())) {
        finish(Outcome::granted);
        return true;
      }
      data = {};
    }
    if (!answer_.feed_body(data)) return false;
    finish(Outcome::refused);
    return true;
  }

  void on_end() {
    if (has_head_) return finish(Outcome::refused);
    if (!write_failure_.empty()) return finish(Outcome::failed, write_failure_);
    finish(Outcome::broken, "the connection ended before the answer was complete");
  }

  void finish(Outcome outcome, std::string failure = {}) {
    Exchanged result{outcome, answer_.status(), {}, {}, std::move(failure), written_ > 0 ? Sent::maybe : Sent::no};
    if (outcome == Outcome::granted) result.rest = std::move(answer_.rest());
    if (outcome == Outcome::refused) result.rest = answer_.body();
    result.headers = std::move(answer_.headers());
    std::exchange(handler_, nullptr)(std::move(result));
  }

  const std::shared_ptr<Loop> loop_;
  Stream& stream_;
  const Exchange what_;
  ExchangeHandler handler_;
  HttpAnswer answer_;
  std::size_t written_ = 0;
  std::string write_failure_;
  bool has_head_ = false;
};

}  // namespace

std::unique_ptr<Operation> exchange(const std::shared_ptr<Loop>& loop, Stream& stream, Exchange what,
                                    ExchangeHandler handler) {
  return begin_step<HttpExchange>(loop, stream, std::move(what), std::move(handler));
}

}  // namespace signalr::net
