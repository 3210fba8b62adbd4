#include "outbox.hpp"

#include <utility>

#include "codec.hpp"

namespace signalr::net {
namespace {

// Buffers that one large message has grown beyond this aren't kept.
constexpr std::size_t kMaxKept = 1024 * 1024;

}  // namespace

void Outbox::add(MessageType type, std::string payload) {
  const std::size_t before = filling_.size();
  Codec::encode(type, payload, filling_);
  filled_ever_ += filling_.size() - before;
  messages_.push_back({std::move(payload), filled_ever_});
}

void Outbox::add_close(std::uint16_t code, std::string_view reason) {
  pong_waits_ = false;  // nothing follows a close frame
  const std::size_t before = filling_.size();
  Codec::encode_close(code, reason, filling_);
  filled_ever_ += filling_.size() - before;
}

void Outbox::answer_ping(std::string_view payload) {
  pong_.assign(payload);
  pong_waits_ = true;
}

std::string_view Outbox::next() {
  if (gone_ == going_.size()) {
    if (pong_waits_) {
      const std::size_t before = filling_.size();
      Codec::encode_pong(pong_, filling_);
      filled_ever_ += filling_.size() - before;
      pong_waits_ = false;
    }
    gone_ = 0;
    if (going_.capacity() > kMaxKept) going_ = {};
    going_.clear();
    going_.swap(filling_);
  }
  return std::string_view(going_).substr(gone_);
}

void Outbox::advance(std::size_t bytes) {
  gone_ += bytes;
  gone_ever_ += bytes;
  while (first_ + written_ < messages_.size() && messages_[first_ + written_].end <= gone_ever_) ++written_;
}

std::string Outbox::take_written() {
  std::string buffer = std::move(messages_[first_].buffer);
  ++first_;
  --written_;
  if (first_ == messages_.size()) {
    messages_.clear();
    first_ = 0;
  } else if (first_ >= 64 && first_ * 2 >= messages_.size()) {
    messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return buffer;
}

}  // namespace signalr::net
