// The read loop and the write queue of one connection.
#include "wire.hpp"

#include <utility>

namespace signalr::test {

void Wire::start(std::shared_ptr<Speaker> speaker) {
  speaker_ = std::move(speaker);
  stream_->handshake([self = shared_from_this()](std::error_code error, std::size_t) {
    if (error) return self->lose();
    self->read();
  });
}

void Wire::hand_over(std::shared_ptr<Speaker> speaker) {
  if (!open_) return;
  speaker_ = std::move(speaker);
  poke();
}

void Wire::poke() {
  loop_.post([self = shared_from_this()] {
    if (const auto speaker = self->speaker_; speaker && self->open_ && !self->finishing_) {
      speaker->on_bytes(self->received_);
    }
  });
}

void Wire::read() {
  if (!open_ || !reading_ || read_pending_) return;
  read_pending_ = true;
  stream_->read_some(asio::buffer(chunk_), [self = shared_from_this()](std::error_code error, std::size_t size) {
    self->read_pending_ = false;
    self->on_read(error, size);
  });
}

void Wire::on_read(std::error_code error, std::size_t size) {
  if (!open_) return;
  if (error) return lose();
  if (!finishing_) {
    received_.append(chunk_.data(), size);
    if (received_.size() > kMaxUnread) return lose();
    if (const auto speaker = speaker_) speaker->on_bytes(received_);
  }
  read();
}

void Wire::send(std::string_view bytes) {
  if (!open_ || finishing_) return;
  unsent_ += bytes;
  if (unsent_.size() > kMaxUnsent) {
    loop_.post([self = shared_from_this()] { self->lose(); });
    return;
  }
  if (std::exchange(flush_posted_, true)) return;
  loop_.post([self = shared_from_this()] {
    self->flush_posted_ = false;
    self->flush();
  });
}

void Wire::flush() {
  if (!open_ || !sending_.empty()) return;
  if (unsent_.empty()) {
    if (finishing_ && !std::exchange(finished_, true)) stream_->finish();
    return;
  }
  std::swap(sending_, unsent_);
  stream_->write(asio::buffer(sending_), [self = shared_from_this()](std::error_code error, std::size_t) {
    self->sending_.clear();
    if (error) return self->lose();
    self->flush();
  });
}

void Wire::finish() {
  if (!open_ || std::exchange(finishing_, true)) return;
  reading_ = true;  // notices the peer's end
  loop_.post([self = shared_from_this()] {
    self->flush();
    self->read();
  });
}

void Wire::cut(bool reset) {
  if (!std::exchange(open_, false)) return;
  stream_->close(reset);
  speaker_ = nullptr;
}

void Wire::set_reading(bool reading) {
  reading_ = reading || finishing_;
  if (reading_) read();
}

void Wire::lose(bool reset) {
  if (!std::exchange(open_, false)) return;
  stream_->close(reset);
  if (const auto speaker = std::exchange(speaker_, nullptr)) speaker->on_gone();
}

}  // namespace signalr::test
