#include "session/websocket_transport.hpp"

#include <utility>

#include <signalr/errors.hpp>

#include "protocol/redirect_rules.hpp"
#include "session/http_fetch.hpp"

namespace signalr::detail::session {
namespace {

ErrorPtr dial_error(DialResult& result, const Url& url) {
  if (result.error) return DialError(result.status, result.error->what(), result.error->clone()).clone();
  return DialError(result.status,
                   "the server answered the WebSocket upgrade with HTTP status " + std::to_string(result.status) +
                       " instead of 101" + protocol::told_target(url, result.status, result.headers) +
                       protocol::query_length_hint(result.status, url.target()) +
                       challenge_advice(result.status, result.headers),
                   nullptr, std::move(result.body))
      .clone();
}

}  // namespace

WebsocketTransport::WebsocketTransport(const TransportSetup& setup)
    : context_(setup.context), requests_(setup.requests), sink_(setup.sink), failing_(setup.context) {
  const auto command = setup.mode == OpenMode::connect ? protocol::Command::connect : protocol::Command::reconnect;
  DialRequest request = requests_.websocket(command, sink_.position(command));
  url_ = *Url::parse(request.url);
  auto headers = requests_.headers_for(url_, true);
  if (!headers.ok()) {
    failing_.set_after(Duration::zero(), [this, error = headers.error_ptr()] { lose(error); });
    return;
  }
  request.headers = std::move(headers).value();
  context_.log(LogLevel::debug, "upgrade ", protocol::without_secrets(request.url));
  dialing_ = context_.options.dialer->dial(context_.executor, std::move(request),
                                           [this](DialResult result) { on_dialed(std::move(result)); });
}

void WebsocketTransport::on_dialed(DialResult result) {
  const Entry entry(context_.gate);
  if (!entry) return;
  dialing_.reset();
  requests_.store_cookies(url_, result.headers);
  result.body = requests_.without_secrets(result.body);
  if (result.conn == nullptr) return lose(dial_error(result, url_));
  conn_ = std::move(result.conn);
  conn_->start(*this);
  sink_.on_open();
}

void WebsocketTransport::lose(ErrorPtr error) { sink_.on_lost(std::move(error)); }

void WebsocketTransport::read() { conn_->read(); }

void WebsocketTransport::send(std::string text) { conn_->write(MessageType::text, std::move(text)); }

void WebsocketTransport::close() { conn_->close(close_code::normal, {}); }

void WebsocketTransport::on_frame(MessageType type, std::string_view payload) {
  const Entry entry(context_.gate);
  if (!entry) return;
  if (type == MessageType::text) {
    sink_.on_frame(payload);
    return;
  }
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
  lose(CloseError(error.close_code().value_or(close_code::abnormal), error.server_text(), error.clone()).clone());
}

}  // namespace signalr::detail::session
