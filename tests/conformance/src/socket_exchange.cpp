#include "socket_exchange.hpp"

#include <sys/socket.h>

namespace signalr::conformance {
namespace {

op::Code opcode_of(MessageType type) { return type == MessageType::text ? op::text : op::binary; }

std::string hexadecimal(std::size_t number) {
  std::string digits;
  for (; number != 0; number /= 16) digits.insert(digits.begin(), "0123456789abcdef"[number % 16]);
  return digits;
}

}  // namespace

SocketExchange::SocketExchange(std::shared_ptr<PeerShared> shared, std::shared_ptr<PeerConnection> connection,
                               PeerRequest request)
    : shared_(std::move(shared)), connection_(std::move(connection)), request_(std::move(request)) {}

/// Changes something under the lock, and lets the thread know.
template <class Action>
void SocketExchange::act(Action action) {
  const std::lock_guard lock(shared_->mutex);
  if (!connection_->fd.open() || connection_->draining || shared_->stopped) return;
  action(*connection_);
  shared_->wake();
}

template <class Value>
Value SocketExchange::look(const Value& value) const {
  const std::lock_guard lock(shared_->mutex);
  return value;
}

void SocketExchange::queue(std::string_view bytes) {
  if (!connection_->end_after_out) connection_->out += bytes;
}

void SocketExchange::answer(int status, const Headers& headers, std::string body) {
  Headers fields = headers;
  if (status != 204 && status != 304) fields.add("Content-Length", std::to_string(body.size()));
  act([&](PeerConnection&) {
    queue(answer_head(status, fields) + body);
    answered_ = true;
  });
}

void SocketExchange::start_answer(int status, const Headers& headers) {
  Headers fields = headers;
  fields.add("Transfer-Encoding", "chunked");
  act([&](PeerConnection&) { queue(answer_head(status, fields)); });
}

void SocketExchange::write_chunk(std::string data) {
  act([&](PeerConnection&) { queue(hexadecimal(data.size()) + "\r\n" + data + "\r\n"); });
}

void SocketExchange::finish_answer() {
  act([&](PeerConnection&) {
    queue("0\r\n\r\n");
    answered_ = true;
  });
}

void SocketExchange::accept(const Headers& headers) {
  act([&](PeerConnection& connection) {
    queue(upgrade_head(request_, headers));
    connection.upgraded = true;
  });
}

void SocketExchange::send(MessageType type, std::string payload) {
  act([&](PeerConnection&) { queue(server_frame(opcode_of(type), payload)); });
}

void SocketExchange::send_fragments(MessageType type, std::vector<std::string> parts) {
  act([&](PeerConnection&) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const unsigned fin = i + 1 == parts.size() ? 0x80U : 0U;
      queue(server_frame(static_cast<unsigned char>(fin | (i == 0 ? opcode_of(type) : op::continuation)), parts[i]));
    }
  });
}

void SocketExchange::close(std::uint16_t code, std::string_view reason) {
  act([&](PeerConnection& connection) {
    queue(server_frame(op::close, close_payload(code, reason)));
    connection.close_sent = true;
    if (close_code_) connection.end_after_out = true;
  });
}

void SocketExchange::set_answers_close(bool answers) {
  act([&](PeerConnection& connection) { connection.answers_close = answers; });
}

void SocketExchange::set_reading(bool reading) {
  act([&](PeerConnection& connection) { connection.reading = reading; });
}

void SocketExchange::cut() {
  act([](PeerConnection& connection) { connection.cut = connection.end_after_out = true; });
}

void SocketExchange::reset() {
  act([](PeerConnection& connection) {
    connection.cut = true;
    const linger at_once{1, 0};
    ::setsockopt(connection.fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    connection.fd.close();
  });
}

void SocketExchange::send_raw(std::string bytes) {
  act([&](PeerConnection&) {
    queue(bytes);
    answered_ = !request_.upgrade;  // for all that is known here: the next request may come
  });
}

std::vector<PeerMessage> SocketExchange::messages() const { return look(messages_); }
std::size_t SocketExchange::message_count() const {
  const std::lock_guard lock(shared_->mutex);
  return messages_.size();
}
std::optional<std::uint16_t> SocketExchange::close_code() const { return look(close_code_); }
std::string SocketExchange::close_reason() const { return look(close_reason_); }
std::vector<std::string> SocketExchange::pongs() const { return look(pongs_); }
bool SocketExchange::gone() const { return look(gone_); }
std::size_t SocketExchange::taken_bytes() const { return look(taken_); }

bool SocketExchange::on_frame(ClientFrame frame) {
  PeerConnection& connection = *connection_;
  switch (frame.opcode) {
    case op::close:
      return on_close_frame(frame.payload);
    case op::ping:
      queue(server_frame(op::pong, frame.payload));
      return true;
    case op::pong:
      pongs_.push_back(std::move(frame.payload));
      return true;
    case op::continuation:
      connection.partial += frame.payload;
      break;
    case op::text:
    case op::binary:
      connection.partial_type = frame.opcode == op::text ? MessageType::text : MessageType::binary;
      connection.partial = std::move(frame.payload);
      break;
    default:
      return false;
  }
  if (frame.fin) messages_.push_back({connection.partial_type, std::exchange(connection.partial, {})});
  return true;
}

bool SocketExchange::on_close_frame(const std::string& payload) {
  if (payload.size() == 1) return false;
  close_code_ = close_code::no_status;
  if (payload.size() >= 2) {
    const auto high = static_cast<unsigned char>(payload[0]);
    close_code_ = static_cast<std::uint16_t>((high << 8) | static_cast<unsigned char>(payload[1]));
    close_reason_ = payload.substr(2);
  }
  PeerConnection& connection = *connection_;
  if (connection.close_sent) {
    connection.end_after_out = true;
  } else if (connection.answers_close) {
    queue(server_frame(op::close, payload.substr(0, 2)));
    connection.close_sent = connection.end_after_out = true;
  }
  return true;
}

}  // namespace signalr::conformance
