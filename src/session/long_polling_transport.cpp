#include "session/long_polling_transport.hpp"

#include <new>
#include <utility>

#include <signalr/errors.hpp>

#include "protocol/json_text.hpp"
#include "protocol/safe_text.hpp"
#include "session/http_exchange.hpp"
#include "session/no_memory.hpp"

namespace signalr::session {

using protocol::Command;

LongPollingTransport::LongPollingTransport(const TransportSetup& setup)
    : context_(setup.context),
      requests_(setup.requests),
      sink_(setup.sink),
      mode_(setup.mode),
      loop_(setup.mode == OpenMode::connect ? Command::connect : Command::reconnect, setup.connection_timeout,
            setup.context.options.retry_interval),
      next_(setup.context),
      deadline_(setup.context),
      opening_(setup.context) {
  ask();
  if (mode_ == OpenMode::reconnect) opening_.set_after(protocol::kPollTakenAsOpen, [this] { open(); });
}

LongPollingTransport::~LongPollingTransport() = default;

void LongPollingTransport::ask() {
  const Command command = loop_.next();
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
  if (due_ <= context_.executor->now()) return ask();
  next_.set_at(due_, [this] { ask(); });
}

bool LongPollingTransport::wants(int status, const Headers&) {
  if (status != 200) opening_.cancel();
  return status == 200;
}

void LongPollingTransport::on_headers() {
  if (mode_ == OpenMode::connect) open();
}

void LongPollingTransport::on_refused(int status, std::string body) {
  sink_.on_lost(unexpected_status("a poll", status, body, fetch_->led_to()));
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
  if (error != nullptr) return sink_.on_lost(std::move(error));
  const TimePoint now = context_.executor->now();
  context_.log(LogLevel::debug, "poll answered with ", std::to_string(body_.size()), " bytes");
  if (body_.empty()) {
    due_ = loop_.on_nothing(now);
    return ask_when_due();
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

// A poll under way is answered when the server has heard of it; no other one follows (P§9).
void LongPollingTransport::leave() {
  leaving_ = true;
  if (!waiting_) next_.cancel();
  read();
}

void LongPollingTransport::close() {
  next_.set_after(Duration::zero(), [this] { sink_.on_lost(nullptr); });
}

}  // namespace signalr::session
