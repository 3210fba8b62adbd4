#include <signalr/conn.hpp>

#include <utility>

#include "protocol/hub_writer.hpp"
#include "session/blocking_call.hpp"
#include "session/raw_receiver.hpp"
#include "session/session.hpp"

namespace signalr {

using detail::session::BlockingCall;

Conn::Conn() noexcept = default;
Conn::Conn(std::shared_ptr<detail::session::Session> session) noexcept : session_(std::move(session)) {}
Conn::Conn(Conn&&) noexcept = default;

Conn& Conn::operator=(Conn&& other) noexcept {
  if (this != &other) {
    if (session_ != nullptr) session_->abandon();
    session_ = std::move(other.session_);
  }
  return *this;
}

Conn::~Conn() {
  if (session_ != nullptr) session_->abandon();
}

const std::shared_ptr<detail::session::Session>& Conn::session() const {
  if (session_ == nullptr) throw UsageError("this Conn is empty: nothing was dialed into it, or it was moved from");
  return session_;
}

Message Conn::read_message(const CallOptions& options) {
  Message message;
  read_message(message, options);
  return message;
}

void Conn::read_message(Message& message, const CallOptions& options) {
  const auto session = this->session();  // here and below: also when the Conn is destroyed meanwhile
  BlockingCall<Message> call(session->context(), "read_message", options);
  session->claim(detail::session::ConsumerKind::reader);
  if (!detail::session::is_over(options, *session->executor()) && session->try_read(message)) return;
  const detail::session::TakingOptions taking(*session->executor(), options);
  session->async_read(call.handler(), *taking);
  message = call.wait().value();
}

void Conn::async_read_message(ReadHandler handler, const CallOptions& options) {
  const auto session = this->session();
  session->async_read(std::move(handler), options);
}

void Conn::write_message(const ClientMsg& message, const CallOptions& options) {
  const auto session = this->session();
  BlockingCall<void> call(session->context(), "write_message", options);
  std::string text = session->take_buffer();
  detail::protocol::append_client_message(text, message);
  session->async_write(std::move(text), call.handler(), options);
  call.wait().value();
}

void Conn::async_write_message(const ClientMsg& message, DoneHandler handler, const CallOptions& options) {
  const auto session = this->session();
  std::string text = session->take_buffer();
  detail::protocol::append_client_message(text, message);
  session->async_write(std::move(text), std::move(handler), options);
}

void Conn::send(std::string text, const CallOptions& options) {
  const auto session = this->session();
  BlockingCall<void> call(session->context(), "send", options);
  session->async_write(std::move(text), call.handler(), options);
  call.wait().value();
}

void Conn::async_send(std::string text, DoneHandler handler, const CallOptions& options) {
  const auto session = this->session();
  session->async_write(std::move(text), std::move(handler), options);
}

void Conn::on_received(UniqueFunction<void(RawJsonView message)> handler) {
  detail::session::RawReceiver::set_handler(session(), std::move(handler));
}

void Conn::close(const CallOptions& options) {
  const auto session = this->session();
  BlockingCall<void> call(session->context(), "close", options);
  session->async_close(call.handler(), options);
  call.wait().value();
}

void Conn::async_close(DoneHandler handler, const CallOptions& options) {
  const auto session = this->session();
  session->async_close(std::move(handler), options);
}

State Conn::state() const { return session()->state(); }
ConnectionState Conn::connection_state() const noexcept {
  return session_ != nullptr ? session_->connection_state() : ConnectionState::disconnected;
}
ConnStats Conn::stats() const { return session()->stats(); }
TransportKind Conn::transport() const { return session()->transport_kind(); }
const std::shared_ptr<Executor>& Conn::executor() const { return session()->executor(); }

void Conn::on_state_changed(std::function<void(ConnectionState from, ConnectionState to)> handler) {
  session()->set_handler(&ConnEvents::on_state_changed, std::move(handler));
}
void Conn::on_transport_failed(std::function<void(TransportKind transport, const Error& reason)> handler) {
  session()->set_handler(&ConnEvents::on_transport_failed, std::move(handler));
}
void Conn::on_connection_slow(std::function<void()> handler) {
  session()->set_handler(&ConnEvents::on_connection_slow, std::move(handler));
}
void Conn::on_reconnecting(std::function<void(const Error& reason, int attempt)> handler) {
  session()->set_handler(&ConnEvents::on_reconnecting, std::move(handler));
}
void Conn::on_reconnected(std::function<void(Duration downtime)> handler) {
  session()->set_handler(&ConnEvents::on_reconnected, std::move(handler));
}
void Conn::on_restarting(std::function<void(const Error& reason, int attempt, Duration delay)> handler) {
  session()->set_handler(&ConnEvents::on_restarting, std::move(handler));
}
void Conn::on_restarted(std::function<void(Duration downtime)> handler) {
  session()->set_handler(&ConnEvents::on_restarted, std::move(handler));
}
void Conn::on_gap(std::function<void(const Gap& gap)> handler) { session()->set_on_gap(std::move(handler)); }
void Conn::on_error(std::function<void(const Error& error)> handler) {
  session()->set_handler(&ConnEvents::on_error, std::move(handler));
}
void Conn::on_closed(std::function<void(const Error* reason)> handler) { session()->set_on_closed(std::move(handler)); }

}  // namespace signalr
