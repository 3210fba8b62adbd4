// Messages on their way to the server: over the transport, or in requests of their own.
#include <utility>

#include "protocol/json_text.hpp"
#include "protocol/user_identity.hpp"
#include "session/session.hpp"

namespace signalr::detail::session {
namespace {

constexpr std::size_t kUsualLimit = 64 * 1024;  // P§8: MaxIncomingWebSocketMessageSize, by default

}  // namespace

SendQueue::Done Session::async_write(std::string text, Conn::DoneHandler handler, CallOptions options) {
  SendQueue::Item item{std::move(text), nullptr};
  item.done = std::make_shared<Completion<void>>(context_, std::move(handler), std::move(options), "write");
  if (ErrorPtr given_up = item.done->given_up()) {
    post([done = std::move(item.done), given_up = std::move(given_up)](Session&) { done->complete(given_up); });
    return nullptr;
  }
  // Watching needs the strand; the queue may have sent the item by then, which ends the watch as well.
  SendQueue::Done watched = item.done;
  if (ErrorPtr refused = sending_.push(item)) {
    post(
        [done = std::move(item.done), refused = std::move(refused)](Session&) { done->complete(WriteError(refused)); });
    return nullptr;
  }
  if (watched->has_limits()) {
    post([watched](Session&) { watched->watch(); });
  }
  flush_soon();
  return watched;
}

ErrorPtr Session::write_unwatched(std::string text) {
  SendQueue::Item item{std::move(text), nullptr};
  if (ErrorPtr refused = sending_.push(item)) return refused;
  flush_soon();
  return nullptr;
}

// One task serves all that is queued by the time it runs.
void Session::flush_soon() {
  if (flush_posted_.exchange(true, std::memory_order_acq_rel)) return;
  post([](Session& self) { self.flush_sends(); });
}

void Session::flush_sends() {
  flush_posted_.store(false, std::memory_order_release);
  SendQueue::Item item;
  while (may_send() && sending_.take(item)) {
    context_.counters.messages_sent.add();
    context_.counters.bytes_sent.add(item.text.size());
    if (context_.logs(LogLevel::trace)) {
      context_.log(LogLevel::trace, "sent ", std::to_string(item.text.size()), " bytes");
    }
    if (sender_ != nullptr) {
      sender_->send(std::move(item));
    } else {
      on_their_way_.push_back({std::move(item.done), item.text.size()});
      if (item.text.size() > kUsualLimit) big_send_ = {item.text.size(), context_.counters.frames_received.value()};
      transport_->send(std::move(item.text));
    }
  }
}

bool Session::may_send() {
  if (sender_ == nullptr) return transport_ != nullptr && phase_ == Phase::connected;
  const bool alive = phase_ == Phase::connected || phase_ == Phase::reconnecting || phase_ == Phase::closing;
  // Answers join the frames that wait to be read: no room for them, no message.
  return alive && sender_->ready() && (consumer_ != nullptr || !receiving_.full()) && !backlog_.full();
}

void Session::on_sent(std::string buffer) {
  if (on_their_way_.empty()) return;
  const SendQueue::Sent sent = std::move(on_their_way_.front());
  on_their_way_.pop_front();
  sending_.sent(sent.bytes, std::move(buffer));
  if (sent.done != nullptr) sent.done->complete(Result<void>());
}

// The call that it was, if it was one, hears of its result first, then of its message's end.
void Session::on_send_answered(SendQueue::Sent sent, Result<HttpAnswer> answer) {
  sending_.sent(sent.bytes, {});
  const ErrorPtr cause = answer.ok() ? take_answer(answer.value(), sent.done) : answer.error_ptr();
  if (abandoned()) return;
  if (cause == nullptr) {
    if (sent.done != nullptr) sent.done->complete(Result<void>());
  } else {
    const WriteError error(cause);
    if (sent.done != nullptr) {
      sent.done->complete(error);
    } else if (phase_ != Phase::closing && phase_ != Phase::over) {
      report(error);  // nobody else hears of it
    }
    const Refusal refusal = refusal_in(*cause);
    if (protocol::is_user_identity_change(refusal.status, refusal.body)) give_up(protocol::GiveUp::user_changed, cause);
  }
  if (abandoned() || phase_ == Phase::over) return;
  flush_sends();
  if (phase_ == Phase::closing && sending_.empty()) take_leave();
}

// P§8: a server cuts the WebSocket without a word when a message is too big for it.
ErrorPtr Session::with_size_hint(ErrorPtr loss) {
  const auto big = std::exchange(big_send_, std::nullopt);
  if (!big || big->frames_before != context_.counters.frames_received.value()) return loss;
  const auto* close = dynamic_cast<const CloseError*>(loss.get());
  const auto* network = find_cause<TransportError>(*loss);
  if (close == nullptr || close->code() != close_code::abnormal || network == nullptr) return loss;
  const std::string hint = std::string(network->what()) + "; a message of " + std::to_string(big->bytes) +
                           " bytes had just been sent, and the server may limit messages to 64 KiB";
  return CloseError(close_code::abnormal, {},
                    TransportError(network->failure(), hint, close_code::abnormal, {}).clone())
      .clone();
}

// Empty, or a result (P§8). Null: it is one of these; `done` is taken by a result that waits for its turn.
ErrorPtr Session::take_answer(const HttpAnswer& answer, SendQueue::Done& done) {
  if (answer.status != 200) return unexpected_status("a message", answer.status, answer.body, answer.advice);
  const std::string_view text = protocol::without_padding(answer.body);
  if (scanner_.scan(text) == protocol::ScanError::none) {
    const protocol::FrameKind kind = scanner_.frame().kind;
    if (kind == protocol::FrameKind::keep_alive) return nullptr;
    if (kind == protocol::FrameKind::result) {
      if (phase_ != Phase::closing) deliver(text, scanner_.frame(), &done);
      return nullptr;
    }
  }
  return ProtocolError("the server answered a message with " + std::to_string(text.size()) +
                       " bytes that are no result of a call")
      .clone();
}

// What was given to write and not known to be sent. A message in a request of its own is answered all the same, and
// more of them may follow while the transport is opened again (P#93).
void Session::fail_writes(const ErrorPtr& reason) {
  const bool goes_on = sender_ != nullptr && phase_ == Phase::reconnecting;
  sending_.set_closed(goes_on ? nullptr : reason);
  std::vector<SendQueue::Done> waiting;
  if (goes_on) {
    sender_->set_aside();
  } else if (sender_ != nullptr) {
    for (SendQueue::Sent& sent : sender_->drop_all()) on_their_way_.push_back(std::move(sent));
  }
  for (SendQueue::Sent& sent : std::exchange(on_their_way_, {})) {
    sending_.sent(sent.bytes, {});
    if (sent.done != nullptr) waiting.push_back(std::move(sent.done));
  }
  for (SendQueue::Done& done : sending_.drop_all()) waiting.push_back(std::move(done));
  const WriteError error(reason);
  for (const SendQueue::Done& done : waiting) done->complete(error);
}

}  // namespace signalr::detail::session
