#include "hub/stream_core.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "hub/router.hpp"

namespace signalr::detail::hub {
namespace {

// In memory, which for small arguments is far more than came.
std::size_t size_of(const HubCall& call) {
  std::size_t bytes = sizeof(call) + call.hub.size() + call.method.size();
  for (const RawJson& arg : call.args) bytes += sizeof(arg) + arg.text().size();
  return bytes;
}

HubCall owned(const HubCallView& view) {
  HubCall call{std::string(view.hub), std::string(view.method), {}};
  call.args.reserve(view.arg_count);
  for (const RawJsonView arg : view) call.args.emplace_back(arg);
  return call;
}

}  // namespace

StreamCore::StreamCore(std::shared_ptr<Proxy> proxy, HandlerPtr handler, const StreamOptions& options,
                       const CallOptions& life, const Router* last)
    : proxy_(std::move(proxy)), handler_(std::move(handler)), options_(options), life_(life) {
  if (last == nullptr) return;
  session_ = last->session();
  executor_ = last->executor();
  unconnected_ = last->end_reason();
}

bool StreamCore::bind(const Router& router) {
  const auto session = router.session();
  if (session == nullptr) return false;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (bound_ || reason_ != nullptr) return false;
  bound_ = true;
  session_ = session;
  context_ = &session->context();
  executor_ = session->executor();
  life_limits_ = session::resolved(life_, *executor_);
  handler_->owner.store(&router, std::memory_order_release);
  return true;
}

std::shared_ptr<Executor> StreamCore::executor() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (executor_ == nullptr) throw_unconnected();
  return executor_;
}

void StreamCore::throw_unconnected() const {
  throw UsageError("the stream of " + name() +
                   " isn't connected yet: dial its Client first, dial(url, {client}, options)");
}

std::shared_ptr<session::Session> StreamCore::session() {
  if (is_over()) end_reason()->raise();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!bound_ && executor_ == nullptr) throw_unconnected();
  if (!bound_ && unconnected_ != nullptr) unconnected_->raise();
  auto session = session_.lock();
  if (session == nullptr) throw ConnectionGone("read failed: the connection was destroyed");
  return session;
}

CallOptions StreamCore::limits(const CallOptions& options) const {
  const TimePoint now = executor_->now();
  return {std::min(options.deadline.resolve(now), life_limits_.deadline.resolve(now)), options.cancel};
}

void StreamCore::open() {
  life_ends_ = std::make_shared<session::Completion<void>>(
      *context_,
      [weak = weak_from_this()](const Result<void>& over) {
        if (const auto self = weak.lock()) self->end(over.error_ptr());
      },
      life_limits_, session::Label("callback", proxy_->hub(), handler_->method));
  const auto keep = life_ends_;
  keep->watch();
}

bool StreamCore::full() const { return calls_.size() >= options_.capacity || bytes_ >= options_.max_bytes; }

void StreamCore::push(const HubCallView& view) {
  if (ended()) return;
  try {
    keep(owned(view));
  } catch (const std::bad_alloc&) {  // without a hole: that would be a call that nobody knows of
    end(TransportError(TransportFailure::io, "there is no memory for a call of " + name(), Sent::maybe).clone());
  }
}

void StreamCore::keep(HubCall call) {
  while (!readers_.empty()) {
    const Reader reader = std::move(readers_.front());
    readers_.pop_front();
    if (!reader->end_if_canceled()) return reader->complete(std::move(call));
  }
  const std::size_t bytes = size_of(call);
  const TimePoint now = executor_->now();
  bool tell_dropping = false;
  bool too_big = false;
  bool over_full = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (options_.overflow == OverflowPolicy::drop_oldest && drop_oldest(bytes) > 0) {
      tell_dropping = !std::exchange(dropping_, true);
    }
    too_big = options_.overflow == OverflowPolicy::end && bytes_ + bytes > options_.max_bytes;
    if (!too_big) {
      bytes_ += bytes;
      calls_.push_back(std::move(call));
      over_full = options_.overflow == OverflowPolicy::end && calls_.size() > options_.capacity;
      if (over_full && !over_full_since_) over_full_since_ = now;
    }
  }
  if (too_big) return end(overflow_error("it was ended", "max_bytes"));
  if (over_full && patience_ == nullptr) wait_for_room(now);
  if (!tell_dropping) return;
  if (const auto session = session_.lock()) {
    session->report_dropped_calls(*overflow_error("its oldest calls are dropped", "capacity"));
  }
}

std::size_t StreamCore::drop_oldest(std::size_t bytes) {
  std::size_t dropped = 0;
  while (!calls_.empty() && (calls_.size() >= options_.capacity || bytes_ + bytes > options_.max_bytes)) {
    bytes_ -= size_of(calls_.front());
    calls_.pop_front();
    ++dropped;
  }
  context_->counters.calls_dropped.add(dropped);
  return dropped;
}

// The reader has so long to make room; meanwhile calls wait, within max_bytes.
void StreamCore::wait_for_room(TimePoint since) {
  patience_ = std::make_unique<session::Timer>(*context_);
  patience_->set_at(Deadline(options_.patience).resolve(since), [this] { check_patience(); });
}

void StreamCore::check_patience() {
  const auto keep = shared_from_this();
  patience_.reset();
  std::optional<TimePoint> since;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    since = over_full_since_;
  }
  if (!since) return;
  if (executor_->now() < Deadline(options_.patience).resolve(*since)) return wait_for_room(*since);
  end(overflow_error("it was ended", "capacity"));
}

ErrorPtr StreamCore::overflow_error(const char* consequence, const char* option) const {
  return LimitError("the stream of " + name() + " was not read fast enough (StreamOptions::capacity " +
                        std::to_string(options_.capacity) + ", max_bytes " + std::to_string(options_.max_bytes) +
                        "): " + consequence,
                    option)
      .clone();
}

bool StreamCore::pushes_back() {
  if (options_.overflow != OverflowPolicy::push_back || ended()) return false;
  const std::lock_guard<std::mutex> lock(mutex_);
  stalled_ = full();
  return stalled_;
}

std::optional<HubCall> StreamCore::take() {
  std::optional<HubCall> call;
  bool resume = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (calls_.empty()) return call;
    call = std::move(calls_.front());
    calls_.pop_front();
    bytes_ -= size_of(*call);
    if (calls_.size() <= options_.capacity) over_full_since_.reset();
    if (calls_.empty()) dropping_ = false;
    resume = stalled_ && !full();
    if (resume) stalled_ = false;
  }
  if (resume) {
    if (const auto session = session_.lock()) session->resume_reading();
  }
  return call;
}

// Before there is a connection of its own, on the last one: there the handler hears why.
void StreamCore::async_read(CallbackStream::RawHandler handler, const CallOptions& options) {
  std::shared_ptr<session::Session> session;
  ErrorPtr unconnected;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (executor_ == nullptr) throw_unconnected();
    session = session_.lock();
    if (!bound_) unconnected = reason_ != nullptr ? reason_ : unconnected_;
  }
  if (session == nullptr) return;  // the handler goes uncalled
  auto reader = std::make_shared<session::Completion<HubCall>>(session->context(), std::move(handler), options,
                                                               session::Label("read", proxy_->hub(), handler_->method));
  session->post_handler([self = shared_from_this(), reader = std::move(reader),
                         unconnected = std::move(unconnected)](session::Session&) mutable {
    if (unconnected != nullptr) return reader->complete(std::move(unconnected));
    self->add_reader(std::move(reader));
  });
}

void StreamCore::add_reader(Reader reader) {
  if (ErrorPtr given_up = reader->given_up()) return reader->complete(std::move(given_up));
  if (auto call = take()) return reader->complete(std::move(*call));
  if (const ErrorPtr reason = end_reason()) return reader->complete(reason);
  readers_.push_back(reader);
  reader->watch([this, waiting = reader.get()](ErrorPtr error) {
    const auto same = [&](const Reader& other) { return other.get() == waiting; };
    const auto place = std::find_if(readers_.begin(), readers_.end(), same);
    if (place == readers_.end()) return;
    const Reader taken = std::move(*place);
    readers_.erase(place);
    taken->complete(std::move(error));
  });
}

bool StreamCore::note_end(const ErrorPtr& reason) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (reason_ != nullptr) return false;
  reason_ = reason;
  ended_.store(true, std::memory_order_release);
  return true;
}

void StreamCore::end(const ErrorPtr& reason) {
  if (!note_end(reason)) return;
  detach();
  if (options_.overflow != OverflowPolicy::push_back) return;
  if (const auto session = session_.lock()) session->resume_reading();
}

bool StreamCore::is_over() {
  if (ended()) return true;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (bound_) return false;
  }
  if (life_.cancel.canceled()) note_end(CanceledError("callback " + name() + " was canceled").clone());
  return ended();
}

// No call comes any more; readers that wait are told.
void StreamCore::detach() {
  const auto keep = shared_from_this();
  patience_.reset();
  proxy_->drop(handler_);
  if (const auto life = std::move(life_ends_)) life->abandon();
  const ErrorPtr reason = end_reason();
  for (const Reader& reader : std::exchange(readers_, {})) reader->complete(reason);
}

void StreamCore::close() {
  const bool first = note_end(CanceledError("the stream of " + name() + " was closed").clone());
  std::shared_ptr<session::Session> session;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    calls_.clear();
    bytes_ = 0;
    if (bound_) session = session_.lock();
  }
  if (session == nullptr || !first) return;
  session->post([self = shared_from_this()](session::Session& strand) {
    self->detach();
    strand.resume_reading();
  });
}

ErrorPtr StreamCore::end_reason() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return reason_ == nullptr && !bound_ ? unconnected_ : reason_;
}

void StreamCore::abandon() noexcept {
  note_end(ConnectionGone("the connection was destroyed").clone());
  patience_.reset();
  proxy_->drop(handler_);
  if (const auto life = std::move(life_ends_)) life->abandon();
  readers_.clear();
}

}  // namespace signalr::detail::hub
