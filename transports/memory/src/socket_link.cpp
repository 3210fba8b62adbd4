// The upgrade, and the client's end of the WebSocket.
#include "socket_link.hpp"

#include <utility>

#include "utf8.hpp"

namespace signalr::memory {
namespace {

// What the network takes of a client's writes while the server doesn't read: like the buffers of a real socket.
constexpr std::size_t kWindow = 64 * 1024;

class MemoryConn final : public WebsocketConn {
 public:
  MemoryConn(std::shared_ptr<Executor> executor, std::shared_ptr<SocketLink> link)
      : executor_(std::move(executor)), link_(std::move(link)) {}
  ~MemoryConn() override { link_->client_gone(); }
  void start(WebsocketSink& sink) override { link_->start(sink); }
  void read() override { link_->read(); }
  void write(MessageType type, std::string payload) override { link_->write(type, std::move(payload)); }
  void close(std::uint16_t code, std::string_view reason) override { link_->close(code, reason); }

 private:
  std::shared_ptr<Executor> executor_;  // kept, as operations do; the link itself does not
  std::shared_ptr<SocketLink> link_;
};

class MemoryDial final : public Operation {
 public:
  MemoryDial(std::shared_ptr<Executor> executor, std::shared_ptr<SocketLink> link)
      : executor_(std::move(executor)), link_(std::move(link)) {}
  ~MemoryDial() override { link_->cancel_dial(); }

 private:
  std::shared_ptr<Executor> executor_;
  std::shared_ptr<SocketLink> link_;
};

}  // namespace

SocketLink::SocketLink(Network::State& network, const std::shared_ptr<Executor>& executor, const DialRequest& request,
                       DialHandler handler)
    : Link(network, executor),
      max_message_bytes_(request.max_message_bytes),
      max_header_bytes_(request.max_header_bytes),
      max_refusal_bytes_(request.max_refusal_bytes),
      handler_(std::move(handler)) {}

// --- dialing

void SocketLink::begin(server::Request request) {
  request_ = std::move(request);
  path_ = request_.url.path;
  send(to_server_, bound(*this, [](SocketLink& link) { link.arrive_upgrade(); }));
}

void SocketLink::refuse(TransportError error) {
  server_over_ = true;
  post(bound(*this, [error](SocketLink& link) { link.fail_dial(error); }));
}

void SocketLink::arrive_answer(DialResult result, bool accepted) {
  if (phase_ != Phase::dialing || !arrives(StepKind::upgraded) || phase_ != Phase::dialing) return;
  if (size_of(result.headers) > max_header_bytes_) {
    end_server();
    fail_dial({TransportFailure::limit, "the headers of the answer to the upgrade exceed DialRequest::max_header_bytes",
               Sent::maybe});
    return;
  }
  if (accepted) {
    phase_ = Phase::open;
    result.conn = std::make_unique<MemoryConn>(executor(), std::static_pointer_cast<SocketLink>(shared_from_this()));
  } else if (result.body.size() > max_refusal_bytes_) {
    result.body.resize(max_refusal_bytes_);
  }
  finish_dial(std::move(result));
}

void SocketLink::finish_dial(DialResult result) {
  if (!handler_) return;
  if (phase_ == Phase::dialing) phase_ = Phase::ended;
  DialHandler handler = std::move(handler_);
  handler(std::move(result));
}

void SocketLink::fail_dial(TransportError error) {
  DialResult result;
  result.error.emplace(std::move(error));
  finish_dial(std::move(result));
}

void SocketLink::cancel_dial() {
  if (phase_ != Phase::dialing) return;
  client_gone();
}

// --- open

void SocketLink::start(WebsocketSink& sink) {
  if (phase_ != Phase::open || sink_ != nullptr) return;
  sink_ = &sink;
}

void SocketLink::read() {
  if (phase_ != Phase::open || reading_) return;
  reading_ = true;
  if (!pumping_) post(bound(*this, [](SocketLink& link) { link.pump_client(); }));
}

void SocketLink::write(MessageType type, std::string payload) {
  if (phase_ != Phase::open || closing_ || end_) return;
  unsent_.push_back(Frame{false, type, 0, std::move(payload)});
  post(bound(*this, [](SocketLink& link) { link.pump_writes(); }));
}

void SocketLink::close(std::uint16_t code, std::string_view reason) {
  if (phase_ != Phase::open || closing_) return;
  closing_ = true;
  unsent_.push_back(Frame{true, MessageType::text, code, std::string(reason)});
  post(bound(*this, [](SocketLink& link) {
    link.pump_writes();
    link.pump_client();
  }));
}

void SocketLink::client_gone() {
  if (phase_ == Phase::ended && !handler_ && sink_ == nullptr && server_over_) return;
  phase_ = Phase::ended;
  sink_ = nullptr;
  inbox_.clear();
  unsent_.clear();
  const DialHandler dropped = std::move(handler_);
  send(to_server_, bound(*this, [](SocketLink& link) {
         if (!link.stalled()) link.end_server();
       }));
}

void SocketLink::arrive_at_client(Frame frame) {
  if (phase_ != Phase::open || end_) return;
  const int copies = this->copies(frame.close ? StepKind::close_to_client : StepKind::to_client, frame.payload);
  if (copies == 0 || phase_ != Phase::open) return;
  if (frame.payload.size() > max_message_bytes_) {
    reject(TransportFailure::limit, close_code::message_too_big, "a message exceeds DialRequest::max_message_bytes");
  } else if (frame.type == MessageType::text && !is_utf8(frame.payload)) {
    reject(TransportFailure::protocol, close_code::invalid_payload, "a text message is not UTF-8");
  } else {
    if (copies == 2 && !frame.close) inbox_.push_back(frame);
    inbox_.push_back(std::move(frame));
    pump_client();
  }
}

void SocketLink::reject(TransportFailure failure, std::uint16_t code, const char* why) {
  close_sent_ = true;
  send_to_server(Frame{true, MessageType::text, code, {}});
  end_client({failure, why, code, {}});
}

void SocketLink::client_broken() {
  if (phase_ == Phase::dialing) {
    fail_dial(reset_error());
  } else {
    end_client({TransportFailure::io, "the connection was reset", close_code::abnormal, {}});
  }
}

void SocketLink::end_client(TransportError error) {
  if (phase_ != Phase::open || end_) return;
  end_.emplace(std::move(error));
  unsent_.clear();
  pump_client();
}

void SocketLink::pump_client() {
  if (pumping_) return;  // inside one of the sink's calls: the loop below goes on
  const auto self = shared_from_this();
  const Running running(pumping_);
  while (sink_ != nullptr && (reading_ || closing_)) {
    if (!inbox_.empty()) {
      const Frame frame = std::move(inbox_.front());
      inbox_.pop_front();
      deliver(frame);
    } else if (end_) {
      tell_end(*end_);
    } else {
      return;
    }
  }
}

void SocketLink::deliver(const Frame& frame) {
  if (frame.close) {
    take_close(frame);
  } else if (!closing_) {
    reading_ = false;
    sink_->on_frame(frame.type, frame.payload);
  }
}

void SocketLink::take_close(const Frame& frame) {
  if (!close_sent_) send_to_server(Frame{true, MessageType::text, frame.code, {}});
  close_sent_ = true;
  tell_end({TransportFailure::closed, "the server closed the WebSocket with code " + std::to_string(frame.code),
            frame.code, frame.payload});
}

void SocketLink::tell_end(TransportError error) {
  phase_ = Phase::ended;
  inbox_.clear();
  unsent_.clear();
  std::exchange(sink_, nullptr)->on_end(error);
}

void SocketLink::pump_writes() {
  if (writing_) return;
  const auto self = shared_from_this();
  const Running running(writing_);
  while (phase_ == Phase::open && sink_ != nullptr && !unsent_.empty()) {
    const std::size_t size = unsent_.front().payload.size();
    if (in_flight_ != 0 && in_flight_ + size > kWindow) return;
    Frame frame = std::move(unsent_.front());
    unsent_.pop_front();
    if (frame.close) {
      if (!close_sent_) send_to_server(std::move(frame));
      close_sent_ = true;
      return;
    }
    in_flight_ += size;
    send_to_server(frame);
    sink_->on_written(std::move(frame.payload));
  }
}

void SocketLink::send_to_server(Frame frame) {
  send(to_server_,
       bound(*this, [frame = std::move(frame)](SocketLink& link) mutable { link.arrive_at_server(std::move(frame)); }));
}

// --- both ends

bool SocketLink::live() const { return phase_ != Phase::ended; }

void SocketLink::cut() {
  if (stalled()) return;
  send(to_client_, bound(*this, [](SocketLink& link) { link.client_broken(); }));
  end_server();
}

void SocketLink::break_now() {
  end_server();
  client_broken();
}

void SocketLink::detach() {
  stall();
  server_over_ = true;
  handlers_.reset();
}

std::unique_ptr<Operation> dial_in_memory(const std::shared_ptr<Network::State>& network,
                                          const std::shared_ptr<Executor>& executor, DialRequest request,
                                          DialHandler handler) {
  auto link = std::make_shared<SocketLink>(*network, executor, request, std::move(handler));
  network->add(link);
  auto url = Url::parse(request.url);
  if (executor != network->executor) {
    link->refuse(unsupported("runs on one executor: give the one of Network::executor() to the client as well"));
  } else if (!url || (url->scheme != "ws" && url->scheme != "wss") || url->has_fragment) {
    link->refuse(unsupported("dials absolute ws and wss URLs without a fragment"));
  } else {
    server::Request seen;
    seen.method = "GET";
    url->scheme = url->secure() ? "https" : "http";
    seen.url = std::move(*url);
    seen.headers = std::move(request.headers);
    seen.upgrade = true;
    link->begin(std::move(seen));
  }
  return std::make_unique<MemoryDial>(executor, std::move(link));
}

}  // namespace signalr::memory
