#include "connection.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "scratch.hpp"

namespace signalr::net {
namespace {

/// Reads of the socket in one turn of the loop: a peer that never pauses must not starve the others.
constexpr int kReadsATurn = 8;
// What is kept for an idle connection; more is given back.
constexpr std::size_t kMaxIdleBytes = 256;
/// For so long an end that only writing has noticed waits for somebody to read what came before it.
constexpr std::chrono::seconds kUnreadGrace(1);

}  // namespace

Connection::Connection(std::shared_ptr<Loop> loop, std::unique_ptr<Stream> stream, std::string peer,
                       std::string received, std::size_t max_message_bytes)
    : loop_(std::move(loop)),
      stream_(std::move(stream)),
      peer_(std::move(peer)),
      max_message_bytes_(max_message_bytes),
      codec_(max_message_bytes),
      held_(std::move(received)) {
  loop_->add(*this);
}

void Connection::read() {
  if (ended_ || read_wanted_) return;
  read_wanted_ = true;
  pump_soon();
}

void Connection::write(MessageType type, std::string payload) {
  if (ended_ || close_sent_ || write_failure_) return;
  try {
    outbox_.add(type, std::move(payload));
  } catch (const std::bad_alloc&) {  // half a frame may be there: nothing can follow it
    write_failure_ = "there is no memory for the message";
    return end_unless_read();
  }
  if (pumping_) return;  // the pump sends at its end, all that was written meanwhile
  send();
  report_soon();
}

void Connection::close(std::uint16_t code, std::string_view reason) {
  if (ended_ || closing_) return;
  closing_ = true;
  if (!close_sent_) send_close(code, reason);
  if (!pumping_) send();
  pump_soon();
}

void Connection::abandon() noexcept {
  sink_ = nullptr;
  ended_ = true;
  stream_.reset();
}

void Connection::pump_soon() {
  if (!pumping_ && !pump_posted_ && !waiting_to_read_ && !ended_) post_pump();
}

void Connection::post_pump() {
  pump_posted_ = true;
  loop_->post([self = shared_from_this()] {
    self->pump_posted_ = false;
    self->pump();
  });
}

/// Hands frames on for as long as they are wanted: first what is held, then from the socket. All callbacks but
/// on_written come from here, so a read() in one of them is a turn of a loop and no recursion.
void Connection::pump() {
  if (ended_) return;
  const auto self = shared_from_this();  // any callback may destroy the handle
  pumping_ = true;
  try {
    take_frames(held_.data() + held_used_, held_.size() - held_used_, held_used_);
    if (wants_frames()) pump_socket();
  } catch (const std::bad_alloc&) {
    end({TransportFailure::io, "there is no memory for a message of " + peer_, close_code::abnormal, {}});
  }
  pumping_ = false;
  if (ended_) return;
  send();
  report_written();
}

void Connection::pump_socket() {
  Scratch scratch;
  char* const data = scratch.data();
  std::size_t have = held_.size() - held_used_;  // less than a frame's header: the codec has taken the rest
  std::copy_n(held_.data() + held_used_, have, data);
  hold(data, 0);
  for (int turn = 0; wants_frames(); ++turn) {
    Stream::Result result{Stream::Status::done};
    if (turn < kReadsATurn) result = stream_->read(data + have, Scratch::kSize - have);
    if (result.bytes == 0) {
      hold(data, have);
      return on_silence(result);
    }
    have += result.bytes;
    std::size_t used = 0;
    take_frames(data, have, used);
    have -= used;
    std::memmove(data, data + used, have);
  }
  if (!ended_) hold(data, have);
}

void Connection::hold(const char* data, std::size_t size) {
  if (size < kMaxIdleBytes && held_.capacity() > kMaxIdleBytes) held_ = std::string();
  held_.assign(data, size);
  held_used_ = 0;
}

/// There is nothing to read: for now, for ever, or because it is the others' turn.
void Connection::on_silence(Stream::Result result) {
  switch (result.status) {
    case Stream::Status::done:
      return post_pump();
    case Stream::Status::want_read:
    case Stream::Status::want_write:
      waiting_to_read_ = true;
      return stream_->wait(result.status, [self = shared_from_this()] {
        self->waiting_to_read_ = false;
        self->pump();
      });
    case Stream::Status::end:
      if (write_failure_) break;
      return end(
          {TransportFailure::closed, peer_ + " ended the connection without a close frame", close_code::abnormal, {}});
    case Stream::Status::failed:
      if (write_failure_) break;
      return end(
          {TransportFailure::io, "reading from " + peer_ + " failed: " + stream_->failure(), close_code::abnormal, {}});
  }
  end({TransportFailure::io, "writing to " + peer_ + " failed: " + *write_failure_, close_code::abnormal, {}});
}

void Connection::take_frames(char* data, std::size_t size, std::size_t& used) {
  std::size_t at = 0;
  while (wants_frames()) {
    std::size_t taken = 0;
    const Codec::Event event = codec_.decode(data + at, size - at, taken);
    at += taken;
    used += taken;
    if (event.kind == Codec::Kind::more) return;
    take_event(event);
  }
}

void Connection::take_event(const Codec::Event& event) {
  switch (event.kind) {
    case Codec::Kind::more:
    case Codec::Kind::pong:
      return;
    case Codec::Kind::ping:
      if (!close_sent_) outbox_.answer_ping(event.payload);
      return;
    case Codec::Kind::message:
      if (closing_) return;  // on the way to the end data is dropped
      read_wanted_ = false;
      return sink_->on_frame(event.type, event.payload);
    case Codec::Kind::close: {
      if (!close_sent_) send_close(event.code, {});
      const std::string code = event.code == close_code::no_status ? "no code" : "code " + std::to_string(event.code);
      return end({TransportFailure::closed, peer_ + " closed the connection with " + code, event.code,
                  std::string(event.payload)});
    }
    case Codec::Kind::broken:
      if (event.code == close_code::message_too_big) {
        return reject(
            TransportFailure::limit, event.code,
            peer_ + " sent a message longer than max_message_bytes, which is " + std::to_string(max_message_bytes_));
      }
      return reject(TransportFailure::protocol, event.code,
                    peer_ + " broke the WebSocket protocol: " + std::string(event.payload));
  }
}

void Connection::send_close(std::uint16_t code, std::string_view reason) {
  outbox_.add_close(code, reason);
  close_sent_ = true;
}

/// Writes what the socket takes now, and goes on when it takes more. Calls nobody.
void Connection::send() {
  if (waiting_to_write_ || write_failure_) return;
  for (std::string_view bytes = outbox_.next(); !bytes.empty(); bytes = outbox_.next()) {
    const auto [status, written] = stream_->write(bytes.data(), bytes.size());
    switch (status) {
      case Stream::Status::done:
        outbox_.advance(written);
        break;
      case Stream::Status::want_read:
      case Stream::Status::want_write:
        waiting_to_write_ = true;
        return stream_->wait(status, [self = shared_from_this()] {
          self->waiting_to_write_ = false;
          if (self->ended_) return;
          self->send();
          self->report_written();
        });
      case Stream::Status::end:
      case Stream::Status::failed:
        // The peer's last words, a close frame perhaps, may still be there to be read: reading comes to the end.
        write_failure_ = status == Stream::Status::end ? "the peer ended the connection" : stream_->failure();
        end_unless_read();
        return;
    }
  }
}

// Nobody reads, so nobody would come to the end, and writes would wait for ever. A reader gets the time to come back.
void Connection::end_unless_read() {
  loop_->schedule(Clock::now() + kUnreadGrace, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr || self->ended_) return;
    if (self->wants_frames()) return self->end_unless_read();
    self->end({TransportFailure::io,
               "writing to " + self->peer_ + " failed: " + *self->write_failure_,
               close_code::abnormal,
               {}});
  });
}

void Connection::report_soon() {
  if (report_posted_ || outbox_.written() == 0) return;
  report_posted_ = true;
  loop_->post([self = shared_from_this()] {
    self->report_posted_ = false;
    self->report_written();
  });
}

/// What the sink writes meanwhile is reported in another turn.
void Connection::report_written() {
  for (std::size_t count = outbox_.written(); count > 0 && !ended_; --count) {
    sink_->on_written(outbox_.take_written());
  }
  if (!ended_) report_soon();
}

void Connection::reject(TransportFailure failure, std::uint16_t code, const std::string& why) {
  if (!close_sent_) send_close(code, {});
  end({failure, why, code, {}});
}

void Connection::end(const TransportError& error) {
  send();
  report_written();
  if (ended_) return;  // destroyed in there
  ended_ = true;
  // With bytes unread in the socket its end would be a reset, and our close frame might never be seen.
  stream_->end_writing();
  char ignored[4096];
  for (int turn = 0; turn < 64; ++turn) {
    if (stream_->read(ignored, sizeof ignored).status != Stream::Status::done) break;
  }
  stream_.reset();
  sink_->on_end(error);
}

}  // namespace signalr::net
