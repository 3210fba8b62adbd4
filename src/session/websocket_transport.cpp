#include "session/websocket_transport.hpp"

#include <utility>

#include <signalr/errors.hpp>

namespace signalr::session {
namespace {

ErrorPtr dial_error(DialResult& result) {
  if (result.error) return DialError(result.status, result.error->what(), result.error->clone()).clone();
  return DialError(result.status,
                   "the server answered the WebSocket upgrade with HTTP status " + std::to_string(result.status) +
                       " instead of 101",
                   nullptr, std::move(result.body))
      .clone();
}

}  // namespace

WebsocketTransport::WebsocketTransport(Context& context, Requests& requests, OpenMode mode, const Position& position,
                                       TransportSink& sink)
    : context_(context), requests_(requests), sink_(sink), failing_(context) {
  const auto command = mode == OpenMode::connect ? protocol::Command::connect : protocol::Command::reconnect;
  DialRequest request = requests.websocket(command, position.message_id, position.groups_token);
  url_ = *Url::parse(request.url);
  auto headers = requests.headers_for(url_, true);
  if (!headers.ok()) {
    failing_.set_after(Duration::zero(), [this, error = headers.error_ptr()] { lose(error); });
    return;
  }
  request.headers = std::move(headers).value();
  context.log(LogLevel::debug, "upgrade ", protocol::without_secrets(request.url));
  dialing_ = context.options.dialer->dial(context.executor, std::move(request),
                                          [this](DialResult result) { on_dialed(std::move(result)); });
}

void WebsocketTransport::on_dialed(DialResult result) {
  const Entry entry(context_.gate);
  if (!entry) return;
  dialing_.reset();
  requests_.store_cookies(url_, result.headers);
  if (result.conn == nullptr) return lose(dial_error(result));
  conn_ = std::move(result.conn);
  conn_->start(*this);
  sink_.on_open();
}

void WebsocketTransport::lose(ErrorPtr error) { sink_.on_lost(std::move(error)); }

void WebsocketTransport::read() { conn_->read(); }

void WebsocketTransport::send(std::string text) { conn_->write(MessageType::text, std::move(text)); }

void WebsocketTransport::close() { conn_->close(kCloseNormal, {}); }

void WebsocketTransport::on_frame(MessageType type, std::string_view payload) {
  const Entry entry(context_.gate);
  if (!entry) return;
  if (type == MessageType::text) return sink_.on_frame(payload);
  conn_->read();
  sink_.on_problem(ProtocolError("the server sent a binary WebSocket message of " + std::to_string(payload.size()) +
                                 " bytes, expected text; it was ignored"));
}

void WebsocketTransport::on_written(std::string buffer) {
  const Entry entry(context_.gate);
  if (!entry) return;
  sink_.on_sent(std::move(buffer));
}

void WebsocketTransport::on_end(const TransportError& error) {
  const Entry entry(context_.gate);
  if (!entry) return;
  lose(CloseError(error.close_code().value_or(kCloseAbnormal), error.server_text(), error.clone()).clone());
}

std::unique_ptr<Transport> open_transport(TransportKind kind, Context& context, Requests& requests, OpenMode mode,
                                          const Position& position, TransportSink& sink) {
  switch (kind) {
    case TransportKind::web_sockets:
      return std::make_unique<WebsocketTransport>(context, requests, mode, position, sink);
  }
  return nullptr;
}

}  // namespace signalr::session
