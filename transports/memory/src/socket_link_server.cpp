// The server's end of the WebSocket.
#include <utility>

#include "socket_link.hpp"

namespace signalr::memory {
namespace {

class MemorySocket final : public server::Socket {
 public:
  explicit MemorySocket(std::shared_ptr<SocketLink> link) : link_(std::move(link)) {}
  bool open() const override { return link_->server_open(); }
  void send(MessageType type, std::string payload) override { link_->server_send(type, std::move(payload)); }
  void close(std::uint16_t code, std::string_view reason) override { link_->server_close(code, reason); }
  void cut() override { link_->server_cut(); }
  void set_reading(bool reading) override { link_->set_server_reading(reading); }

 private:
  std::shared_ptr<SocketLink> link_;
};

class MemoryUpgrade final : public server::Upgrade {
 public:
  explicit MemoryUpgrade(std::shared_ptr<SocketLink> link) : link_(std::move(link)) {}
  const server::Request& request() const override { return link_->request(); }
  bool open() const override { return link_->answerable(); }
  std::shared_ptr<server::Socket> accept(Headers headers, server::SocketHandlers handlers) override {
    if (!link_->answerable()) return nullptr;
    link_->accept(std::move(headers), std::move(handlers));
    return std::make_shared<MemorySocket>(link_);
  }
  void refuse(int status, Headers headers, std::string body) override {
    link_->refuse_upgrade(status, std::move(headers), std::move(body));
  }
  void fail(TransportFailure failure, std::string message) override {
    link_->fail_upgrade(failure, std::move(message));
  }

 private:
  std::shared_ptr<SocketLink> link_;
};

}  // namespace

void SocketLink::arrive_upgrade() {
  if (!handler_) return;  // canceled before it was sent
  Route route = this->route(request_);
  if (route.error) {
    server_over_ = true;
    fail_dial(*route.error);
    return;
  }
  if (route.site == nullptr || !arrives(StepKind::upgrade) || server_over_) return;
  route.site->on_upgrade(std::make_shared<MemoryUpgrade>(std::static_pointer_cast<SocketLink>(shared_from_this())));
}

void SocketLink::accept(Headers headers, server::SocketHandlers handlers) {
  answered_ = true;
  accepted_ = true;
  handlers_ = std::make_shared<server::SocketHandlers>(std::move(handlers));
  DialResult result;
  result.status = 101;
  result.headers = std::move(headers);
  send(to_client_, bound(*this, [result = std::move(result)](SocketLink& link) mutable {
         link.arrive_answer(std::move(result), true);
       }));
}

void SocketLink::refuse_upgrade(int status, Headers headers, std::string body) {
  if (!answerable()) return;
  answered_ = true;
  server_over_ = true;
  DialResult result;
  result.status = status;
  result.headers = std::move(headers);
  result.body = std::move(body);
  send(to_client_, bound(*this, [result = std::move(result)](SocketLink& link) mutable {
         link.arrive_answer(std::move(result), false);
       }));
}

void SocketLink::fail_upgrade(TransportFailure failure, std::string message) {
  if (!answerable()) return;
  answered_ = true;
  server_over_ = true;
  TransportError error(failure, std::move(message), Sent::maybe);
  send(to_client_, bound(*this, [error](SocketLink& link) {
         if (link.arrives(StepKind::upgraded)) link.fail_dial(error);
       }));
}

void SocketLink::server_send(MessageType type, std::string payload) {
  if (!accepted_ || !server_open()) return;
  send(to_client_, bound(*this, [frame = Frame{false, type, 0, std::move(payload)}](SocketLink& link) mutable {
         link.arrive_at_client(std::move(frame));
       }));
}

void SocketLink::server_close(std::uint16_t code, std::string_view reason) {
  if (!accepted_ || !server_open()) return;
  server_closing_ = true;
  send(to_client_, bound(*this, [frame = Frame{true, MessageType::text, code, std::string(reason)}](
                                    SocketLink& link) mutable { link.arrive_at_client(std::move(frame)); }));
  if (client_closed_) end_server();
}

void SocketLink::server_cut() {
  if (!accepted_ || server_over_) return;
  server_over_ = true;
  handlers_.reset();
  send(to_client_, bound(*this, [](SocketLink& link) {
         if (!link.arrives(StepKind::close_to_client)) return;
         link.end_client({TransportFailure::closed,
                          "the server closed the connection without a close frame",
                          close_code::abnormal,
                          {}});
       }));
}

void SocketLink::set_server_reading(bool reading) {
  server_reading_ = reading;
  if (reading) post(bound(*this, [](SocketLink& link) { link.pump_server(); }));
}

void SocketLink::arrive_at_server(Frame frame) {
  if (server_over_) return;
  const int copies = this->copies(frame.close ? StepKind::close_to_server : StepKind::to_server, frame.payload);
  if (copies == 0) return;
  if (copies == 2 && !frame.close) {
    in_flight_ += frame.payload.size();  // as if it had been sent twice
    server_inbox_.push_back(frame);
  }
  server_inbox_.push_back(std::move(frame));
  pump_server();
}

void SocketLink::pump_server() {
  if (serving_) return;
  const auto self = shared_from_this();
  const Running running(serving_);
  while (!server_over_ && server_reading_ && !server_inbox_.empty()) {
    Frame frame = std::move(server_inbox_.front());
    server_inbox_.pop_front();
    deliver_to_server(std::move(frame));
  }
}

void SocketLink::deliver_to_server(Frame frame) {
  const auto handlers = handlers_;
  if (frame.close) {
    client_closed_ = true;
    if (server_closing_) {
      end_server();
    } else if (handlers && handlers->on_close) {
      handlers->on_close(frame.code, frame.payload);
    } else {
      server_close(close_code::normal, {});
    }
    return;
  }
  in_flight_ -= frame.payload.size();
  if (!unsent_.empty()) post(bound(*this, [](SocketLink& link) { link.pump_writes(); }));
  if (!server_closing_ && handlers && handlers->on_message) handlers->on_message(frame.type, frame.payload);
}

void SocketLink::end_server() {
  if (server_over_) return;
  server_over_ = true;
  post(bound(*this, [](SocketLink& link) {
    const auto handlers = std::exchange(link.handlers_, nullptr);
    if (handlers && handlers->on_end) handlers->on_end();
  }));
}

}  // namespace signalr::memory
