#include "session/long_polling_transport.hpp"

#include <new>
#include <utility>

#include <signalr/errors.hpp>

#include "protocol/json_text.hpp"
#include "protocol/media_type.hpp"
#include "session/http_exchange.hpp"
#include "session/no_memory.hpp"

namespace signalr::detail::session {

using protocol::Command;

namespace {

constexpr char kFrameBegins = '{';

/// The answer of something in between, though its status is 200.
ErrorPtr no_frame(const std::string& body) {
  std::string what = "the answer to a poll is no frame of a SignalR server";
  if (protocol::looks_like_html(body)) what += protocol::kHtmlHint;
  return HttpStatusError(what, 200, body).clone();
}

}  // namespace

LongPollingTransport::LongPollingTransport(const TransportSetup& setup)
    : context_(setup.context),
      requests_(setup.requests),
      sink_(setup.sink),
      loop_(setup.mode == OpenMode::connect ? Command::connect : Command::reconnect, setup.connection_timeout,
            setup.context.options.retry_interval),
      next_(setup.context),
      deadline_(setup.context),
      opening_(setup.context) {
  ask(loop_.next());
  if (setup.mode == OpenMode::reconnect) opening_.judge_after(setup.taken_as_open, [this] { open(); });
}

LongPollingTransport::~LongPollingTransport() = default;

void LongPollingTransport::ask(Command command) {
  body_.clear();
  bytes_ = 0;
  loop_.on_request(context_.executor->now());
  deadline_.judge_after(loop_.timeout(), [this] {
    sink_.on_lost(
        DeadlineError("the answer to a poll did not come within the server's ConnectionTimeout plus 10 s").clone());
  });
  HttpRequest request = requests_.http(command, TransportKind::long_polling, sink_.position(command));
  fetch_ = std::make_unique<HttpFetch>(context_, requests_, std::move(request), static_cast<Sink&>(*this));
}

void LongPollingTransport::ask_when_due() {
  if (leaving_) return;
  if (due_ <= context_.executor->now()) return ask(loop_.next());
  next_.set_at(due_, [this] { ask(loop_.next()); });
}

bool LongPollingTransport::wants(int status, const Headers& headers) {
  const std::string* type = headers.find("Content-Type");
  says_json_ = type != nullptr && protocol::is_media_type(*type, "application/json");
  const bool page = type != nullptr && protocol::is_media_type(*type, "text/html");
  if (status == 200 && !page) return true;
  opening_.cancel();
  return false;
}

void LongPollingTransport::on_headers() {
  if (says_json_) open_soon();
}

void LongPollingTransport::on_refused(int status, std::string body) {
  sink_.on_lost(status == 200 ? no_frame(body) : unexpected_status("a poll", status, body, fetch_->advice()));
}

// Not at once: what has come along with the headers may show that it isn't a SignalR server that answers.
void LongPollingTransport::open_soon() {
  if (!opened_) opening_.set_after(Duration::zero(), [this] { open(); });
}

bool LongPollingTransport::open() {
  if (std::exchange(opened_, true)) return true;
  opening_.cancel();
  const std::weak_ptr<char> alive = life_;
  busy_ = true;
  sink_.on_open();
  if (alive.expired()) return false;
  busy_ = false;
  return true;
}

// The first of it that isn't white space shows whether it can be a frame.
void LongPollingTransport::look_at(std::string_view data) {
  if (data.empty() || !body_.empty()) return;
  if (data.front() == kFrameBegins) return open_soon();
  opening_.cancel();
}

Flow LongPollingTransport::on_data(std::string_view data) {
  bytes_ += data.size();
  if (body_.empty()) data = protocol::without_padding(data);
  const std::size_t limit = context_.options.limits.max_message_bytes;
  if (bytes_ > limit) {
    sink_.on_lost(LimitError("the answer to a poll is larger than Limits::max_message_bytes (" + std::to_string(limit) +
                                 " bytes)",
                             "max_message_bytes")
                      .clone());
    return Flow::pause;
  }
  look_at(data);
  try {
    body_.append(data);
  } catch (const std::bad_alloc&) {
    sink_.on_lost(no_memory_for("the answer to a poll"));
    return Flow::pause;
  }
  return Flow::more;
}

void LongPollingTransport::on_done(ErrorPtr error) {
  fetch_.reset();
  deadline_.cancel();
  if (error != nullptr || last_) return sink_.on_lost(std::move(error));
  const TimePoint now = context_.executor->now();
  context_.log(LogLevel::debug, "poll answered with ", std::to_string(body_.size()), " bytes");
  if (body_.empty()) {
    due_ = loop_.on_nothing(now);
    return closing_ ? ask_once_more() : ask_when_due();
  }
  if (body_.front() != kFrameBegins) {
    return sink_.on_lost(no_frame(requests_.without_secrets(body_)));
  }
  waiting_ = true;
  if (open()) hand_over();
}

// The next request goes out when this frame was taken and another one is wanted.
void LongPollingTransport::hand_over() {
  if (!wanted_) return;
  wanted_ = waiting_ = false;
  const std::weak_ptr<char> alive = life_;
  busy_ = true;
  const FrameNotes notes = sink_.on_frame(body_);
  if (alive.expired()) return;
  busy_ = false;
  if (leaving_) {
    abort_read_ = !notes.has_messages;
    if (!closing_) return;
    if (abort_read_) return sink_.on_lost(nullptr);
    return ask_once_more();
  }
  if (!notes.understood) {
    return sink_.on_lost(ProtocolError("the answer to a poll was no frame of the server").clone());
  }
  due_ = loop_.on_frame(context_.executor->now(), notes.has_messages, notes.poll_delay_ms);
  if (wanted_) ask_when_due();
}

void LongPollingTransport::read() {
  if (std::exchange(wanted_, true) || busy_) return;
  if (waiting_) {
    next_.set_after(Duration::zero(), [this] { hand_over(); });
  } else if (fetch_ == nullptr) {
    ask_when_due();
  }
}

// What is under way goes on; another poll follows only if the server doesn't hear of the abort in it.
void LongPollingTransport::leave() {
  leaving_ = true;
  if (!waiting_) next_.cancel();
  read();
}

// The abort was answered, but the server reads it in a poll alone (P#110): in the one under way, or in one more, also
// when what is under way is an answer that it gave before.
void LongPollingTransport::close() {
  waiting_ = false;
  next_.cancel();
  if (abort_read_) return next_.set_after(Duration::zero(), [this] { sink_.on_lost(nullptr); });
  closing_ = true;
  if (fetch_ == nullptr) return ask_once_more();
  wait_shortly();
}

void LongPollingTransport::ask_once_more() {
  last_ = true;
  ask(Command::poll);
  wait_shortly();
}

void LongPollingTransport::wait_shortly() {
  deadline_.judge_after(protocol::kLastPoll, [this] { sink_.on_lost(nullptr); });
}

}  // namespace signalr::detail::session
