#include "channels.hpp"

#include <utility>

namespace signalr::server {

const std::string kWebSockets = "webSockets";
const std::string kServerSentEvents = "serverSentEvents";
const std::string kLongPolling = "longPolling";

Channel::~Channel() = default;

namespace {

class SocketChannel final : public Channel {
 public:
  explicit SocketChannel(std::shared_ptr<Socket> socket) : socket_(std::move(socket)) {}
  const std::string& transport() const noexcept override { return kWebSockets; }
  bool open() const override { return socket_->open(); }
  void send(std::string_view frame) override { socket_->send(MessageType::text, std::string(frame)); }
  void send_binary(std::string bytes) override { socket_->send(MessageType::binary, std::move(bytes)); }
  void keep_alive() override { send("{}"); }
  void close(std::uint16_t code, std::string_view reason) override { socket_->close(code, reason); }
  void cut() override { socket_->cut(); }

 private:
  std::shared_ptr<Socket> socket_;
};

class StreamChannel final : public Channel {
 public:
  StreamChannel(std::shared_ptr<Exchange> exchange, std::string line_end)
      : exchange_(std::move(exchange)), line_end_(std::move(line_end)) {
    exchange_->start(200, {{"X-Content-Type-Options", "nosniff"}, {"Content-Type", "text/event-stream"}});
    exchange_->write("data: initialized\n\n");
  }
  const std::string& transport() const noexcept override { return kServerSentEvents; }
  bool open() const override { return exchange_->open(); }
  void send(std::string_view frame) override {
    exchange_->write("data: " + std::string(frame) + line_end_ + line_end_);
  }
  void send_binary(std::string) override {}
  void keep_alive() override { exchange_->write("data: {}\n\n"); }
  void close(std::uint16_t, std::string_view) override { exchange_->end(); }
  void cut() override { exchange_->cut(); }

 private:
  std::shared_ptr<Exchange> exchange_;
  std::string line_end_;
};

class PollChannel final : public Channel {
 public:
  explicit PollChannel(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {
    exchange_->start(200, {{"X-Content-Type-Options", "nosniff"}, {"Content-Type", "application/json; charset=UTF-8"}});
  }
  const std::string& transport() const noexcept override { return kLongPolling; }
  bool open() const override { return exchange_->open(); }
  void send(std::string_view frame) override {
    exchange_->write(std::string(frame));
    exchange_->end();
  }
  void send_binary(std::string) override {}
  void keep_alive() override { exchange_->write(" "); }
  void close(std::uint16_t, std::string_view) override { exchange_->end(); }
  void cut() override { exchange_->cut(); }

 private:
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace

std::shared_ptr<Channel> make_socket_channel(std::shared_ptr<Socket> socket) {
  return std::make_shared<SocketChannel>(std::move(socket));
}

std::shared_ptr<Channel> make_stream_channel(std::shared_ptr<Exchange> exchange, std::string line_end) {
  return std::make_shared<StreamChannel>(std::move(exchange), std::move(line_end));
}

std::shared_ptr<Channel> make_poll_channel(std::shared_ptr<Exchange> exchange) {
  return std::make_shared<PollChannel>(std::move(exchange));
}

}  // namespace signalr::server
