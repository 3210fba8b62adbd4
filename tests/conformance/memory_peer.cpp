#include "memory_peer.hpp"

#include <utility>

namespace signalr::conformance {
namespace {

constexpr std::string_view kAuthority = "peer.test";

PeerRequest request_of(const server::Request& request) {
  return {request.method, request.url.target(), request.headers, request.body, request.upgrade};
}

/// What requests and upgrades have in common: nothing of a WebSocket, until there is one.
class MemoryExchange : public PeerExchange {
 public:
  explicit MemoryExchange(const server::Request& request) : request_(request_of(request)) {}

  const PeerRequest& request() const override { return request_; }
  void start_answer(int, const Headers&) override {}
  void write_chunk(std::string) override {}
  void finish_answer() override {}
  void accept(const Headers&) override {}
  void send(MessageType, std::string) override {}
  void send_fragments(MessageType, std::vector<std::string>) override {}
  void close(std::uint16_t, std::string_view) override {}
  void set_answers_close(bool) override {}
  void set_reading(bool) override {}
  void reset() override { cut(); }
  std::vector<PeerMessage> messages() const override { return {}; }
  std::size_t message_count() const override { return 0; }
  std::optional<std::uint16_t> close_code() const override { return std::nullopt; }
  std::string close_reason() const override { return {}; }

 private:
  const PeerRequest request_;
};

class MemoryRequest final : public MemoryExchange {
 public:
  MemoryRequest(std::shared_ptr<server::Exchange> exchange, const std::function<void()>& on_change)
      : MemoryExchange(exchange->request()), exchange_(std::move(exchange)), on_change_(on_change) {
    exchange_->on_gone([this] {
      gone_ = true;
      if (on_change_) on_change_();
    });
  }

  void answer(int status, const Headers& headers, std::string body) override {
    exchange_->answer(status, headers, std::move(body));
  }
  void start_answer(int status, const Headers& headers) override { exchange_->start(status, headers); }
  void write_chunk(std::string data) override { exchange_->write(std::move(data)); }
  void finish_answer() override { exchange_->end(); }
  void cut() override { exchange_->cut(); }
  bool gone() const override { return gone_; }

 private:
  const std::shared_ptr<server::Exchange> exchange_;
  const std::function<void()>& on_change_;
  bool gone_ = false;
};

class MemoryUpgrade final : public MemoryExchange {
 public:
  MemoryUpgrade(std::shared_ptr<server::Upgrade> upgrade, const std::function<void()>& on_change)
      : MemoryExchange(upgrade->request()), upgrade_(std::move(upgrade)), on_change_(on_change) {}

  void answer(int status, const Headers& headers, std::string body) override {
    refused_ = true;
    upgrade_->refuse(status, headers, std::move(body));
  }

  void accept(const Headers& headers) override {
    server::SocketHandlers handlers;
    handlers.on_message = [this](MessageType type, std::string_view payload) {
      messages_.push_back({type, std::string(payload)});
      changed();
    };
    handlers.on_close = [this](std::uint16_t code, std::string_view reason) {
      close_code_ = code;
      close_reason_ = reason;
      if (answers_close_) socket_->close(code, {});
      changed();
    };
    handlers.on_end = [this] {
      gone_ = true;
      changed();
    };
    socket_ = upgrade_->accept(headers, std::move(handlers));
    if (socket_ != nullptr) socket_->set_reading(reading_);
  }

  void send(MessageType type, std::string payload) override {
    if (socket_ != nullptr) socket_->send(type, std::move(payload));
  }
  void send_fragments(MessageType type, std::vector<std::string> parts) override {
    std::string whole;
    for (const std::string& part : parts) whole += part;
    send(type, std::move(whole));
  }
  void close(std::uint16_t code, std::string_view reason) override {
    if (socket_ != nullptr) socket_->close(code, reason);
  }
  void set_answers_close(bool answers) override { answers_close_ = answers; }
  void set_reading(bool reading) override {
    reading_ = reading;
    if (socket_ != nullptr) socket_->set_reading(reading);
  }
  void cut() override {
    refused_ = true;
    if (socket_ != nullptr) {
      socket_->cut();
    } else {
      upgrade_->fail(TransportFailure::closed, "the peer closed the connection before its answer");
    }
  }

  std::vector<PeerMessage> messages() const override { return messages_; }
  std::size_t message_count() const override { return messages_.size(); }
  std::optional<std::uint16_t> close_code() const override { return close_code_; }
  std::string close_reason() const override { return close_reason_; }
  bool gone() const override { return gone_ || (socket_ == nullptr && !refused_ && !upgrade_->open()); }

 private:
  void changed() {
    if (on_change_) on_change_();
  }

  const std::shared_ptr<server::Upgrade> upgrade_;
  const std::function<void()>& on_change_;
  std::shared_ptr<server::Socket> socket_;
  bool refused_ = false;
  bool answers_close_ = true;
  bool reading_ = true;
  std::vector<PeerMessage> messages_;
  std::optional<std::uint16_t> close_code_;
  std::string close_reason_;
  bool gone_ = false;
};

}  // namespace

MemoryPeer::MemoryPeer(const std::shared_ptr<Executor>& executor) : network_(executor) {
  network_.bind("http://" + std::string(kAuthority), *this);
}
MemoryPeer::~MemoryPeer() = default;

std::string MemoryPeer::http_url(std::string_view target) const {
  return "http://" + std::string(kAuthority) + std::string(target);
}
std::string MemoryPeer::ws_url(std::string_view target) const {
  return "ws://" + std::string(kAuthority) + std::string(target);
}

void MemoryPeer::on_request(std::shared_ptr<server::Exchange> exchange) {
  add(std::make_shared<MemoryRequest>(std::move(exchange), on_change_));
}
void MemoryPeer::on_upgrade(std::shared_ptr<server::Upgrade> upgrade) {
  add(std::make_shared<MemoryUpgrade>(std::move(upgrade), on_change_));
}

void MemoryPeer::add(std::shared_ptr<PeerExchange> exchange) {
  exchanges_.push_back(exchange);
  if (on_request_) on_request_(*exchange);
  if (on_change_) on_change_();
}

}  // namespace signalr::conformance
