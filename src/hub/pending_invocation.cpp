#include "hub/pending_invocation.hpp"

#include <utility>

namespace signalr::detail::hub {
namespace {

ErrorPtr gone() { return ConnectionGone("the call ended: the connection was destroyed").clone(); }

}  // namespace

void PendingInvocation::set_write(std::weak_ptr<session::Completion<void>> write) {
  const std::lock_guard<std::mutex> lock(mutex_);
  write_ = std::move(write);
}

void PendingInvocation::set_watch(std::shared_ptr<session::Completion<void>> watch) {
  if (answer() != nullptr) return;
  watch_ = std::move(watch);
  const auto keep = watch_;  // a deadline that has passed already ends the call at once
  keep->watch();
}

void PendingInvocation::on_written(Result<void> result) {
  std::vector<WrittenHandler> handlers;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (written_) return;
    written_ = result;
    handlers.swap(written_handlers_);
  }
  for (WrittenHandler& handler : handlers) handler(result);
}

void PendingInvocation::end(Result<RawJson> answer, session::Context& context) {
  std::vector<Invocation::ResultHandler> handlers;
  std::shared_ptr<session::Completion<void>> write;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (answer_) return;
    answer_ = std::move(answer);
    handlers.swap(handlers_);
    write = write_.lock();
  }
  if (const auto watch = std::move(watch_)) watch->abandon();
  if (!answer_->ok()) {
    on_written(answer_->error_ptr());
    if (write != nullptr) write->abandon();
  }
  progress_handler_ = nullptr;
  for (Invocation::ResultHandler& handler : handlers) {
    context.guard({"then", hub_, method_}, [&] { handler(*answer_); });
  }
}

void PendingInvocation::abandon() noexcept {
  std::vector<Invocation::ResultHandler> handlers;
  std::vector<WrittenHandler> written_handlers;
  if (const auto watch = std::move(watch_)) watch->abandon();
  early_progress_.clear();
  progress_handler_ = nullptr;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!answer_) answer_.emplace(gone());
  if (!written_) written_.emplace(gone());
  handlers.swap(handlers_);
  written_handlers.swap(written_handlers_);
}

const Result<RawJson>* PendingInvocation::answer() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return answer_ ? &*answer_ : nullptr;
}

void PendingInvocation::then(Invocation::ResultHandler handler) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!answer_) return handlers_.push_back(std::move(handler));
  }
  const auto session = session_.lock();
  if (session == nullptr) return;  // the handler goes uncalled
  session->post_handler([self = shared_from_this(), handler = std::move(handler)](session::Session& strand) mutable {
    strand.context().guard({"then", self->hub_, self->method_}, [&] { handler(*self->answer_); });
  });
}

void PendingInvocation::when_written(WrittenHandler handler) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!written_) return written_handlers_.push_back(std::move(handler));
  }
  handler(*written_);
}

void PendingInvocation::on_progress(RawJsonView report, session::Context& context) {
  if (progress_handler_) return run_progress_handler(report, context);
  early_progress_.emplace_back(report);
  early_bytes_ += report.text().size();
  const Limits& limits = context.options.limits;
  while (early_progress_.size() > limits.max_early_progress || early_bytes_ > limits.max_early_progress_bytes) {
    early_bytes_ -= early_progress_.front().text().size();
    early_progress_.pop_front();
  }
}

void PendingInvocation::set_progress_handler(Invocation::ProgressHandler handler) {
  const auto session = session_.lock();
  if (session == nullptr) return;
  session->post([self = shared_from_this(), handler = std::move(handler)](session::Session& strand) mutable {
    self->progress_handler_ = std::move(handler);
    self->replay_progress(strand.context());
    if (self->answer() != nullptr) self->progress_handler_ = nullptr;
  });
}

void PendingInvocation::replay_progress(session::Context& context) {
  early_bytes_ = 0;
  for (const RawJson& report : std::exchange(early_progress_, {})) {
    run_progress_handler(report, context);
  }
}

void PendingInvocation::run_progress_handler(RawJsonView report, session::Context& context) noexcept {
  context.guard(
      {"on_progress", hub_, method_}, [&] { progress_handler_(report); }, "progress");
}

}  // namespace signalr::detail::hub
