#include "answer.hpp"

#include <utility>

namespace signalr::curl {

void Answer::head(int status, Headers headers) {
  const std::lock_guard lock(mutex_);
  head_ = Head{status, std::move(headers)};
  post_delivery();
}

bool Answer::offer(std::string_view data) {
  const std::lock_guard lock(mutex_);
  if (executor_ == nullptr) return true;
  if (!arrived_.empty() && arrived_.size() + data.size() > kWindow) {
    refused_ = true;
    return false;
  }
  arrived_ += data;
  post_delivery();
  return true;
}

void Answer::end(std::optional<TransportError> error) {
  const std::lock_guard lock(mutex_);
  end_.emplace(End{std::move(error)});
  post_delivery();
}

void Answer::resume() {
  if (!std::exchange(paused_, false)) return;
  const std::lock_guard lock(mutex_);
  if (refused_ || !arrived_.empty() || end_) post_delivery();
}

void Answer::close() {
  closed_ = true;
  make_room_ = nullptr;
  const std::lock_guard lock(mutex_);
  executor_ = nullptr;
  arrived_ = {};
}

void Answer::post_delivery() {
  if (executor_ == nullptr || posted_) return;
  posted_ = true;
  executor_->post([self = shared_from_this()] { self->deliver(); });
}

void Answer::deliver() {
  std::optional<Head> head;
  {
    const std::lock_guard lock(mutex_);
    posted_ = false;
    if (closed_) return;
    head = std::exchange(head_, std::nullopt);
  }
  if (head) {
    sink_.on_headers(head->status, head->headers);
    if (closed_) return;
  }
  if (paused_ || deliver_data()) deliver_end();
}

/// False: the sink closed us.
bool Answer::deliver_data() {
  bool room = false;
  {
    const std::lock_guard lock(mutex_);
    delivering_.swap(arrived_);
    room = std::exchange(refused_, false);
  }
  if (room) make_room_();  // so that the next bytes come while the sink works on these
  if (!delivering_.empty()) {
    paused_ = sink_.on_data(delivering_) == Flow::pause;
    delivering_.clear();
  }
  return !closed_;
}

/// The end comes after all bytes; while the sink pauses, only a failure comes.
void Answer::deliver_end() {
  std::optional<End> end;
  {
    const std::lock_guard lock(mutex_);
    if (!end_ || !arrived_.empty() || (paused_ && !end_->error)) return;
    end.emplace(*std::move(end_));
    end_.reset();
  }
  sink_.on_done(end->error ? &*end->error : nullptr);
}

}  // namespace signalr::curl
