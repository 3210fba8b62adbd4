#include "websocket_probe.hpp"

#include <utility>

namespace signalr::conformance {

WebsocketProbe::WebsocketProbe(std::shared_ptr<Verdict> verdict, std::weak_ptr<Executor> executor,
                               std::weak_ptr<WebsocketDialer> dialer)
    : verdict_(std::move(verdict)),
      executor_(std::move(executor)),
      dialer_(std::move(dialer)),
      dialing_(verdict_, executor_),
      open_(verdict_, executor_) {}

void WebsocketProbe::dial(DialRequest request) {
  const auto executor = executor_.lock();
  const auto dialer = dialer_.lock();
  if (executor == nullptr || dialer == nullptr) return verdict_->report("the dialer was gone before the dial");
  dialing_.call("dial", [&] {
    operation_ = dialer->dial(executor, std::move(request), [this](DialResult given) { on_result(std::move(given)); });
  });
  if (operation_ == nullptr) verdict_->report("dial returned no operation");
}

void WebsocketProbe::on_result(DialResult given) {
  dialing_.callback("the dial's handler", [&] {
    dialing_.set_ended();
    if (given.conn != nullptr && given.status != 101)
      verdict_->report("a connection came with a status other than 101");
    if (given.conn != nullptr && given.error) verdict_->report("a connection and an error came together");
    if (given.conn == nullptr && given.status == 0 && !given.error) {
      verdict_->report("a dial ended with neither connection, HTTP status nor error");
    }
    conn = std::move(given.conn);
    result.emplace(std::move(given));
    if (on_result_hook) on_result_hook(*this);
  });
}

void WebsocketProbe::cancel_dial() {
  if (!result) dialing_.set_destroyed();
  dialing_.call("the operation's destructor", [&] { operation_ = nullptr; });
}

template <class F>
void WebsocketProbe::with_conn(const char* name, F&& function) {
  if (conn == nullptr) return verdict_->report("there is no connection for a call of " + std::string(name));
  open_.call(name, function);
}

void WebsocketProbe::start() {
  with_conn("start", [&] { conn->start(*this); });
}
void WebsocketProbe::read() {
  asked_ = true;
  with_conn("read", [&] { conn->read(); });
}
void WebsocketProbe::write(MessageType type, std::string payload) {
  with_conn("write", [&] { conn->write(type, std::move(payload)); });
}
void WebsocketProbe::close(std::uint16_t code, std::string_view reason) {
  with_conn("close", [&] { conn->close(code, reason); });
}
void WebsocketProbe::destroy() {
  if (conn == nullptr) return;
  open_.set_destroyed();
  open_.call("the connection's destructor", [&] { conn = nullptr; });
}
void WebsocketProbe::destroy_all() {
  cancel_dial();
  destroy();
}
void WebsocketProbe::retire() {
  dialing_.set_destroyed();
  open_.set_destroyed();
  destroy_all();
  on_result_hook = nullptr;
  on_frame_hook = nullptr;
  on_written_hook = nullptr;
  on_end_hook = nullptr;
  frames = {};
  written = {};
}

void WebsocketProbe::on_frame(MessageType type, std::string_view payload) {
  open_.callback("on_frame", [&] {
    if (!std::exchange(asked_, false)) verdict_->report("on_frame came without a read");
    const Frame frame{type, std::string(payload)};
    ++frame_count;
    if (keep_frames) frames.push_back(frame);
    if (on_frame_hook) on_frame_hook(*this, frame);
    if (payload != frame.payload) verdict_->report("the payload changed before on_frame had returned");
  });
}

void WebsocketProbe::on_written(std::string buffer) {
  open_.callback("on_written", [&] {
    written.push_back(std::move(buffer));
    if (on_written_hook) on_written_hook(*this);
  });
}

void WebsocketProbe::on_end(const TransportError& error) {
  open_.callback("on_end", [&] {
    open_.set_ended();
    end.emplace(error);
    if (std::string_view(error.what()).empty()) verdict_->report("on_end gave an error without a text");
    if (!error.close_code()) verdict_->report("on_end gave an error without a close code");
    if (on_end_hook) on_end_hook(*this);
    if (end->failure() != error.failure()) verdict_->report("the error changed before on_end had returned");
  });
}

DialRequest dial_request(std::string url) {
  DialRequest request;
  request.url = std::move(url);
  return request;
}

OpenWebsocket open_websocket(Bench& bench, std::string_view target) {
  return open_websocket(bench, dial_request(bench.peer().ws_url(target)), {});
}

OpenWebsocket open_websocket(Bench& bench, DialRequest request, const Headers& answer) {
  const std::size_t before = bench.peer().exchanges().size();
  WebsocketProbe& ws = bench.websocket();
  bench.strand([&] { ws.dial(std::move(request)); });
  bench.until([&] { return ws.result || bench.peer().exchanges().size() > before; }, "a dial to arrive at the peer");
  bench.strand([&] {
    if (!ws.result) return;
    throw Failure{"a dial ended before the peer had answered" +
                  (ws.result->error ? ": " + std::string(ws.result->error->what()) : std::string())};
  });
  const auto exchange = bench.arrival(before);
  bench.require(exchange->request().upgrade, "a dial arrived at the peer as something else than an upgrade");
  exchange->accept(answer);
  bench.until([&] { return ws.result.has_value(); }, "the dial's handler");
  bench.strand([&] {
    bench.require(ws.conn != nullptr, "the peer accepted, but the dial gave no connection" +
                                          (ws.result->error ? ": " + std::string(ws.result->error->what()) : ""));
    ws.start();
  });
  return {ws, exchange};
}

void read_all(WebsocketProbe& ws) {
  ws.on_frame_hook = [](WebsocketProbe& probe, const Frame&) { probe.read(); };
  ws.read();
}

void await_end(Bench& bench, WebsocketProbe& ws) {
  bench.until([&] { return ws.end.has_value(); }, "on_end");
}

void require_end(Bench& bench, WebsocketProbe& ws, TransportFailure failure, std::uint16_t close_code) {
  await_end(bench, ws);
  bench.strand([&] {
    const std::string what = " (" + std::string(ws.end->what()) + ")";
    bench.require(ws.end->failure() == failure, "the end is " + std::string(name_of(ws.end->failure())) + ", not " +
                                                    std::string(name_of(failure)) + what);
    bench.require(ws.end->close_code() == close_code, "the end's close code is " +
                                                          std::to_string(ws.end->close_code().value_or(0)) + ", not " +
                                                          std::to_string(close_code) + what);
  });
}

std::string_view name_of(TransportFailure failure) {
  switch (failure) {
    case TransportFailure::unsupported:
      return "unsupported";
    case TransportFailure::resolve:
      return "resolve";
    case TransportFailure::connect:
      return "connect";
    case TransportFailure::proxy:
      return "proxy";
    case TransportFailure::tls:
      return "tls";
    case TransportFailure::protocol:
      return "protocol";
    case TransportFailure::limit:
      return "limit";
    case TransportFailure::closed:
      return "closed";
    case TransportFailure::io:
      return "io";
  }
  return "an unknown failure";
}

}  // namespace signalr::conformance
