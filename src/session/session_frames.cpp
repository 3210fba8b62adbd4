// What the transport brings: frames in, state kept, messages handed on (P§5.3).
#include <new>
#include <utility>

#include "protocol/json_text.hpp"
#include "protocol/safe_text.hpp"
#include "session/no_memory.hpp"
#include "session/session.hpp"

namespace signalr::detail::session {

using protocol::Frame;
using protocol::FrameKind;
using protocol::ScanError;

namespace {

std::string summary(const Frame& frame) {
  switch (frame.kind) {
    case FrameKind::keep_alive:
      return "keep-alive";
    case FrameKind::foreign:
      return "no object";
    case FrameKind::failure:
      return "error";
    case FrameKind::result:
      return "result";
    case FrameKind::persistent:
      return (frame.init ? "init, " : "") + std::to_string(frame.elements.size()) + " messages";
  }
  return {};
}

}  // namespace

Position Session::position(protocol::Command command) {
  Position position{published_.message_id(), published_.groups_token()};
  gap_detector_.on_request(command, transports_.front(), position.message_id);
  return position;
}

void Session::on_open() {
  if (phase_ == Phase::reconnecting) return on_reopened();
  transport_->read();
  if (phase_ == Phase::opening) advance(sequence_->on_open());
}

void Session::on_problem(const Error& error) {
  if (phase_ != Phase::closing) report(error);
}

void Session::on_lost(ErrorPtr error) { lose(std::move(error), traits().reconnects_at_once); }

void Session::lose(ErrorPtr error, bool at_once) {
  switch (phase_) {
    case Phase::opening:
      return on_open_failed(std::move(error));
    case Phase::starting:
      transport_.reset();
      return fail_start(std::move(error), requests_.where());  // P#50: no fallback, no reconnect
    case Phase::connected:
      return begin_reconnect(with_size_hint(std::move(error)), at_once);
    case Phase::reconnecting:
      return on_attempt_failed(std::move(error));
    case Phase::closing:
      transport_.reset();
      return finish_if_closed();
    default:
      return end(std::move(error));
  }
}

/// What takes memory for a frame alone. False: it couldn't be had, and the transport is lost with the frame.
template <class Work>
bool Session::with_memory(std::string_view frame, Work work) {
  try {
    work();
    return true;
  } catch (const std::bad_alloc&) {
    lose(no_memory_for("a frame of the server (" + std::to_string(frame.size()) + " bytes)"),
         traits().reconnects_at_once);
    return false;
  }
}

FrameNotes Session::on_frame(std::string_view text) {
  FrameNotes notes;
  if (phase_ == Phase::closing) {  // P#112
    const auto look = [&] {
      notes.has_messages = scanner_.scan(text) == ScanError::none && !scanner_.frame().elements.empty();
    };
    if (with_memory(text, look)) transport_->read();
    return notes;
  }
  reconnect_policy_->on_frame();
  silence_.on_frame();
  context_.counters.frames_received.add();
  context_.counters.bytes_received.add(text.size());
  ScanError error = ScanError::none;
  if (!with_memory(text, [&] { error = scanner_.scan(text); })) return notes;
  if (error != ScanError::none) {
    notes.understood = false;
    reject_frame(error, text.size());
  } else {
    const Frame& frame = scanner_.frame();
    if (context_.logs(LogLevel::trace)) {
      context_.log(LogLevel::trace, "received ", std::to_string(text.size()), " bytes: ", summary(frame));
    }
    notes.understood = frame.kind != FrameKind::foreign;
    notes.has_messages = !frame.elements.empty();
    notes.poll_delay_ms = frame.poll_delay_ms;
    apply(text, frame);
  }
  if (!abandoned() && transport_ != nullptr) read_on();
  return notes;
}

// The cursor is past the frame already, so it doesn't come again.
bool Session::deliver(std::string_view text, const Frame& frame, SendQueue::Done* done) {
  const bool delivered = with_memory(text, [&] { hand_on_in_turn(text, frame, done); });
  if (!delivered && !frame.elements.empty()) tell_gap({Gap::Reason::frame_dropped, true, {}, 0});
  return delivered;
}

bool Session::stalled() {
  if (starting_up()) return receiving_.full();
  return has_enough() || backlog_.full();
}

void Session::read_on() {
  if (phase_ == Phase::closing || !stalled()) return transport_->read();
  silence_.pause();
}

void Session::unpause() {
  if (transport_ == nullptr || stalled()) return;
  silence_.resume();
  transport_->read();
}

protocol::GapReport Session::gap_before(const Frame& frame, std::string_view cursor) {
  protocol::CursorFrame seen;
  seen.cursor = cursor;
  seen.has_groups_token = frame.groups_token.has_value();
  seen.init = frame.init;
  seen.should_reconnect = frame.should_reconnect;
  seen.messages = frame.elements.size();
  return gap_detector_.on_frame(seen);
}

void Session::note_gap(protocol::GapReport report) {
  using Kind = protocol::GapReport::Kind;
  if (report.kind == Kind::nothing || report.kind == Kind::complete) return;
  Gap gap{report.reason, report.kind == Kind::certain, std::move(report.topic), report.count};
  if (!behind()) return tell_gap(gap);
  Backlog::Entry entry = backlog_.entry_of({});
  entry.gap = std::move(gap);
  backlog_.push(std::move(entry));
  join_line();
}

void Session::reject_frame(ScanError error, std::size_t size) {
  context_.counters.frames_dropped.add();
  // A poll's answer comes again with the reconnect that follows.
  if (events_.on_gap && !traits().polls) note_gap(gap_detector_.on_dropped_frame());
  if (abandoned()) return;
  if (error == ScanError::depth) {
    return report(LimitError("a frame of the server is nested deeper than Limits::max_depth (" +
                                 std::to_string(context_.options.limits.max_depth) + "); it was dropped",
                             "max_depth"));
  }
  if (error == ScanError::parts) {
    return report(LimitError("a frame of the server has more messages or arguments than Limits::max_frame_elements (" +
                                 std::to_string(context_.options.limits.max_frame_elements) + "); it was dropped",
                             "max_frame_elements"));
  }
  const char* const what = error == ScanError::utf8       ? "holds invalid UTF-8"
                           : error == ScanError::trailing ? "has more text after its JSON value"
                                                          : "is not valid JSON";
  report(ProtocolError("a frame of the server (" + std::to_string(size) + " bytes) " + what + " at byte " +
                       std::to_string(scanner_.error_offset()) + "; it was dropped"));
}

void Session::apply(std::string_view text, const Frame& frame) {
  switch (frame.kind) {
    case FrameKind::keep_alive:
      return;
    case FrameKind::foreign:
      context_.counters.frames_dropped.add();
      return report(ProtocolError("a frame of the server is JSON but no object; it was dropped"));
    case FrameKind::failure:
      return end(in_step(DisconnectedByServer("the server reported an error that ends the connection", nullptr,
                                              protocol::capped(protocol::decoded_error(frame.error)))
                             .clone()));
    case FrameKind::result:
      deliver(text, frame);
      return;
    case FrameKind::persistent:
      return apply_persistent(text, frame);
  }
}

// Without its cursor a frame would come again and again over long polling: so it is refused, as one too large is.
ErrorPtr Session::token_too_long(const Frame& frame) const {
  if (frame.groups_token) {
    if (ErrorPtr error = requests_.token_too_long("groups token", frame.groups_token->text)) return error;
  }
  return frame.has_messages && frame.cursor ? requests_.token_too_long("cursor", frame.cursor->text) : nullptr;
}

void Session::apply_persistent(std::string_view text, const Frame& frame) {
  const auto decoded = [this](const protocol::JsonString& string) -> std::string_view {
    if (!string.escaped) return string.text;
    decoded_.clear();
    string.append_to(decoded_);
    return decoded_;
  };
  if (ErrorPtr too_long = token_too_long(frame)) return lose(std::move(too_long), traits().reconnects_at_once);
  if (frame.groups_token) {
    if (!with_memory(text, [&] { published_.set_groups_token(decoded(*frame.groups_token)); })) return;
  }
  if (frame.malformed_messages) {
    context_.counters.frames_dropped.add();
    if (events_.on_gap) note_gap(gap_detector_.on_dropped_frame());
    if (abandoned()) return;
    return report(ProtocolError("a frame of the server has an M that is no array; its messages are lost"));
  }
  // The cursor moves before the messages are handed on: none is handed on twice (P§5.6).
  if (frame.has_messages && frame.cursor) {
    protocol::GapReport gap;
    const bool kept = with_memory(text, [&] {
      const std::string_view cursor = decoded(*frame.cursor);
      if (events_.on_gap) gap = gap_before(frame, cursor);
      published_.set_message_id(cursor);
    });
    if (!kept) return;
    note_gap(std::move(gap));
    if (abandoned() || transport_ == nullptr) return;
  }
  const bool disconnect = frame.disconnect && negotiated_->version < protocol::kDelayedStartVersion;  // P#61
  const bool init = frame.init;
  const bool stops = frame.should_reconnect && traits().polls;
  if (!init && !frame.status.empty()) last_status_.assign(frame.status.substr(0, 64));
  context_.counters.messages_received.add(frame.elements.size());
  if ((!init || !frame.elements.empty()) && !deliver(text, frame)) return;

  if (abandoned() || phase_ == Phase::over || phase_ == Phase::closing) return;
  if (disconnect) {
    return end(in_step(DisconnectedByServer("the server disconnected this connection").clone()));
  }
  if (init) {
    const bool first = !sequence_->init_seen();
    if (!first) context_.log(LogLevel::warning, "the server sent another init frame; only the first one counts");
    if (phase_ == Phase::opening) advance(sequence_->on_init());
  }
  // Streams end by themselves then; polls would go on being answered like this (P#60).
  if (stops) lose(TransportError(TransportFailure::closed, "the server is about to stop", Sent::maybe).clone(), true);
}

}  // namespace signalr::detail::session
