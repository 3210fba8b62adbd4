#include "bridge.hpp"

#include <utility>

namespace signalr::net {
namespace {

constexpr std::size_t kMaxBytesAhead = 64 * 1024;
constexpr std::size_t kCostOfAFrame = sizeof(std::string);

}  // namespace

Bridge::Bridge(std::shared_ptr<Executor> caller, std::shared_ptr<Loop> loop, std::unique_ptr<WebsocketConn> inner)
    : caller_(std::move(caller)), loop_(std::move(loop)), inner_(std::move(inner)) {}
Bridge::~Bridge() = default;

template <class Function>
void Bridge::on_loop(Function function) {
  loop_->post([self = shared_from_this(), function = std::move(function)]() mutable {
    if (self->inner_ != nullptr) function(*self);
  });
}

void Bridge::start(WebsocketSink& sink) {
  sink_ = &sink;
  on_loop([](Bridge& self) { self.inner_->start(self); });
}

void Bridge::read() {
  if (std::exchange(read_wanted_, true)) return;
  if (!std::exchange(reading_, true)) on_loop([](Bridge& self) { self.inner_->read(); });
  if (handing_out_ || next_ == ready_.size()) return;
  caller_->post([self = shared_from_this()] { self->hand_out(); });
}

void Bridge::write(MessageType type, std::string payload) {
  on_loop([type, payload = std::move(payload)](Bridge& self) mutable { self.inner_->write(type, std::move(payload)); });
}

void Bridge::close(std::uint16_t code, std::string reason) {
  closing_ = true;
  // An end that came behind frames that are now nobody's has waited for them to be read.
  if (next_ < ready_.size()) caller_->post([self = shared_from_this()] { self->hand_out(); });
  on_loop([code, reason = std::move(reason)](Bridge& self) { self.inner_->close(code, reason); });
}

void Bridge::abandon() {
  sink_ = nullptr;
  on_loop([](Bridge& self) { self.inner_.reset(); });
}

/// Changes what is on its way, and sees to a delivery.
template <class Change>
void Bridge::bring(Change change) {
  {
    const std::lock_guard lock(mutex_);
    change();
    if (std::exchange(delivery_posted_, true)) return;
  }
  caller_->post([self = shared_from_this()] { self->deliver(); });
}

void Bridge::on_frame(MessageType type, std::string_view payload) {
  bool full = false;
  bring([&] {
    frames_.push_back({type, std::string(payload)});
    bytes_ahead_ += payload.size() + kCostOfAFrame;
    full = paused_ = bytes_ahead_ >= kMaxBytesAhead;
  });
  if (!full) inner_->read();
}

void Bridge::on_written(std::string buffer) {
  bring([&] { written_.push_back(std::move(buffer)); });
}

void Bridge::on_end(const TransportError& error) {
  bring([&] { end_.emplace(error); });
}

void Bridge::deliver() {
  std::vector<std::string> written;
  {
    const std::lock_guard lock(mutex_);
    delivery_posted_ = false;
    written.swap(written_);
    if (next_ == ready_.size()) {
      ready_.clear();
      next_ = 0;
    }
    for (Frame& frame : frames_) ready_.push_back(std::move(frame));
    frames_.clear();
  }
  for (std::string& buffer : written) {
    if (sink_ == nullptr) return;
    sink_->on_written(std::move(buffer));
  }
  hand_out();
}

/// As many frames as are asked for; after all of them, and after all that was written, the end. After the caller's
/// `close` the end alone matters.
void Bridge::hand_out() {
  handing_out_ = true;
  while (sink_ != nullptr && read_wanted_ && !closing_ && next_ < ready_.size()) {
    const Frame frame = std::move(ready_[next_++]);
    read_wanted_ = false;
    made_room(frame.payload.size() + kCostOfAFrame);
    sink_->on_frame(frame.type, frame.payload);
  }
  handing_out_ = false;
  if (sink_ == nullptr || (next_ < ready_.size() && !closing_)) return;
  std::optional<TransportError> end;
  {
    const std::lock_guard lock(mutex_);
    if (!end_ || !written_.empty() || (!frames_.empty() && !closing_)) return;  // a delivery is on its way
    end.emplace(*end_);
    end_.reset();
  }
  std::exchange(sink_, nullptr)->on_end(*end);
}

void Bridge::made_room(std::size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    bytes_ahead_ -= bytes;
    if (!paused_ || bytes_ahead_ > kMaxBytesAhead / 2) return;
    paused_ = false;
  }
  on_loop([](Bridge& self) { self.inner_->read(); });
}

}  // namespace signalr::net
