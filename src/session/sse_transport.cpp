#include "session/sse_transport.hpp"

#include <new>
#include <utility>

#include <signalr/errors.hpp>

#include "protocol/media_type.hpp"
#include "session/http_exchange.hpp"
#include "session/no_memory.hpp"

namespace signalr::detail::session {

using protocol::SseParser;

SseTransport::SseTransport(const TransportSetup& setup)
    : requests_(setup.requests),
      sink_(setup.sink),
      parser_(setup.context.options.limits.max_message_bytes),
      max_event_bytes_(setup.context.options.limits.max_message_bytes),
      soon_(setup.context) {
  const auto command = setup.mode == OpenMode::connect ? protocol::Command::connect : protocol::Command::reconnect;
  HttpRequest request = setup.requests.http(command, TransportKind::server_sent_events, sink_.position(command));
  fetch_ = std::make_unique<HttpFetch>(setup.context, setup.requests, std::move(request), static_cast<Sink&>(*this));
}

SseTransport::~SseTransport() = default;

bool SseTransport::wants(int status, const Headers& headers) {
  if (const std::string* type = headers.find("Content-Type")) type_ = *type;
  return status == 200 && protocol::is_media_type(type_, "text/event-stream");
}

void SseTransport::on_headers() { sink_.on_open(); }

void SseTransport::on_refused(int status, std::string body) {
  if (status != 200) {
    return sink_.on_lost(unexpected_status("the event stream's request", status, body, fetch_->advice()));
  }
  std::string what = "the server answered with something other than an event stream: the Content-Type of " +
                     fetch_->where() + " is no text/event-stream";
  if (protocol::looks_like_html(body)) what += protocol::kHtmlHint;
  sink_.on_lost(ProtocolError(what, nullptr, requests_.without_secrets(type_)).clone());
}

Flow SseTransport::on_data(std::string_view data) {
  parser_.push(data);
  if (!hand_over()) return Flow::pause;
  paused_ = !wanted_;
  if (!paused_) return Flow::more;
  try {
    held_.assign(parser_.unread());
  } catch (const std::bad_alloc&) {
    lose_for_memory();
    return Flow::pause;
  }
  parser_.push(held_);
  return Flow::pause;
}

void SseTransport::lose_for_memory() { sink_.on_lost(no_memory_for("an event of the server")); }

bool SseTransport::hand_over() {
  const std::weak_ptr<char> alive = life_;
  handing_ = true;
  while (wanted_) {
    SseParser::Next next = SseParser::Next::need_more;
    try {
      next = parser_.next();
    } catch (const std::bad_alloc&) {
      lose_for_memory();
      return false;
    }
    if (next == SseParser::Next::need_more) break;
    if (next == SseParser::Next::too_big) {
      sink_.on_lost(
          LimitError("an event of the server, or what came instead of one, is larger than Limits::max_message_bytes (" +
                         std::to_string(max_event_bytes_) + " bytes)",
                     "max_message_bytes")
              .clone());
      return false;
    }
    wanted_ = false;
    sink_.on_frame(parser_.data());
    if (alive.expired()) return false;
  }
  handing_ = false;
  return true;
}

void SseTransport::read() {
  if (std::exchange(wanted_, true) || handing_ || !paused_) return;
  soon_.set_after(Duration::zero(), [this] { go_on(); });
}

// After a pause: what was held back first.
void SseTransport::go_on() {
  if (!hand_over() || !wanted_) return;
  paused_ = false;
  fetch_->resume();
}

void SseTransport::on_done(ErrorPtr error) {
  if (error != nullptr) return sink_.on_lost(std::move(error));
  sink_.on_lost(TransportError(TransportFailure::closed, "the server ended the event stream", Sent::maybe).clone());
}

void SseTransport::close() {
  soon_.set_after(Duration::zero(), [this] { sink_.on_lost(nullptr); });
}

}  // namespace signalr::detail::session
