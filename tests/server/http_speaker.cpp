// Exchange and Upgrade over a wire. An answer without Content-Length goes out in chunks, where they are taken.
#include "http_speaker.hpp"

#include <cstdio>
#include <utility>

#include "http_request.hpp"
#include "websocket_speaker.hpp"

namespace signalr::test {
namespace {

class HttpSpeaker : public Wire::Speaker, public std::enable_shared_from_this<HttpSpeaker> {
 public:
  HttpSpeaker(std::shared_ptr<Wire> bytes, server::Site& site) : wire(std::move(bytes)), site_(site) {}

  void on_bytes(std::string& received) override;
  void on_gone() override {
    if (auto gone = std::exchange(gone_handler, nullptr)) gone();
  }

  /// The answer to request `n` is complete: takes the next one, or ends the connection.
  void answered() {
    ++answers;
    gone_handler = nullptr;
    if (keep_alive_) {
      wire->poke();
    } else {
      wire->finish();
    }
  }
  bool waits(unsigned request) const { return wire->open() && request == answers; }

  const std::shared_ptr<Wire> wire;
  unsigned answers = 0;
  bool takes_chunks = true;
  UniqueFunction<void()> gone_handler;

 private:
  server::Site& site_;
  unsigned requests_ = 0;
  bool keep_alive_ = true;
};

class WireExchange : public server::Exchange, public RawBytes {
 public:
  WireExchange(std::shared_ptr<HttpSpeaker> http, unsigned number, server::Request request)
      : http_(std::move(http)), number_(number), request_(std::move(request)) {}

  const server::Request& request() const override { return request_; }
  bool open() const override { return http_->waits(number_); }

  void start(int status, Headers headers) override {
    if (!open() || std::exchange(started_, true)) return;
    chunked_ = http_->takes_chunks && headers.find("Content-Length") == nullptr;
    if (chunked_) headers.set("Transfer-Encoding", "chunked");
    http_->wire->send(response_head(status, headers));
  }

  void write(std::string data) override {
    if (!open() || data.empty()) return;
    start(200, {});
    if (!chunked_) return http_->wire->send(data);
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", data.size());
    http_->wire->send(size);
    data += "\r\n";
    http_->wire->send(data);
  }

  void end() override {
    if (!open()) return;
    start(200, {});
    if (chunked_) http_->wire->send("0\r\n\r\n");
    http_->answered();
  }

  // An orderly end cuts the answer short; all other failures are a reset.
  void fail(TransportFailure failure, std::string /*message*/) override {
    if (!open()) return;
    ++http_->answers;
    if (failure == TransportFailure::closed) return http_->wire->finish();
    http_->wire->cut(true);
  }

  void on_gone(UniqueFunction<void()> handler) override {
    if (open()) http_->gone_handler = std::move(handler);
  }

  void send_raw(std::string_view bytes) override { http_->wire->send(bytes); }
  void reset() override { http_->wire->cut(true); }

 private:
  std::shared_ptr<HttpSpeaker> http_;
  unsigned number_;
  server::Request request_;
  bool started_ = false;
  bool chunked_ = true;
};

class WireUpgrade : public server::Upgrade, public RawBytes {
 public:
  WireUpgrade(std::shared_ptr<HttpSpeaker> http, unsigned number, server::Request request)
      : http_(http), exchange_(std::move(http), number, std::move(request)) {}

  const server::Request& request() const override { return exchange_.request(); }
  bool open() const override { return exchange_.open(); }

  std::shared_ptr<server::Socket> accept(Headers headers, server::SocketHandlers handlers) override {
    if (!open()) return nullptr;
    ++http_->answers;
    const std::string* key = request().headers.find("Sec-WebSocket-Key");
    headers.set("Upgrade", "websocket");
    headers.set("Connection", "Upgrade");
    if (headers.find("Sec-WebSocket-Accept") == nullptr && key != nullptr) {
      headers.set("Sec-WebSocket-Accept", websocket_accept(*key));
    }
    http_->wire->send(response_head(101, headers));
    return serve_websocket(http_->wire, std::move(handlers));
  }
  void refuse(int status, Headers headers, std::string body) override {
    exchange_.answer(status, std::move(headers), std::move(body));
  }
  void fail(TransportFailure failure, std::string message) override { exchange_.fail(failure, std::move(message)); }

  void send_raw(std::string_view bytes) override { exchange_.send_raw(bytes); }
  void reset() override { exchange_.reset(); }

 private:
  std::shared_ptr<HttpSpeaker> http_;
  WireExchange exchange_;
};

void HttpSpeaker::on_bytes(std::string& received) {
  if (requests_ != answers) return;  // pipelined: its turn comes after the answer
  ParsedRequest parsed = take_request(received, wire->secure);
  if (parsed.outcome == ParsedRequest::Outcome::incomplete) return;
  const unsigned number = requests_++;
  keep_alive_ = parsed.keep_alive;
  takes_chunks = parsed.takes_chunks;
  if (parsed.outcome == ParsedRequest::Outcome::bad) {
    keep_alive_ = false;
    WireExchange(shared_from_this(), number, {}).answer(400, {}, "the test server doesn't understand this request");
    return;
  }
  if (parsed.request.upgrade) {
    site_.on_upgrade(std::make_shared<WireUpgrade>(shared_from_this(), number, std::move(parsed.request)));
  } else {
    site_.on_request(std::make_shared<WireExchange>(shared_from_this(), number, std::move(parsed.request)));
  }
}

}  // namespace

void serve_http(const std::shared_ptr<Wire>& wire, server::Site& site) {
  wire->start(std::make_shared<HttpSpeaker>(wire, site));
}

}  // namespace signalr::test
