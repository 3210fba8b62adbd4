// The calls that the server makes: to handlers, streams, or kept until there is one (P§6.4).
#include "hub/router.hpp"

#include <algorithm>
#include <utility>

#include "hub/proxy.hpp"
#include "protocol/safe_text.hpp"

namespace signalr::detail::hub {

using protocol::Element;
using protocol::Frame;
using session::Session;

std::shared_ptr<Router> Router::of(const std::shared_ptr<Session>& session) {
  return session->consumer<Router>(session::ConsumerKind::hubs, [&] { return std::make_shared<Router>(session); });
}

Router::Router(const std::shared_ptr<Session>& session)
    : session_(session),
      context_(session->context()),
      executor_(session->executor()),
      states_(context_.options.limits.max_hub_state_bytes),
      early_calls_(context_.options.limits) {}

void Router::serve(const std::shared_ptr<Session>& session, const Hubs& hubs) {
  if (hubs.clients_.empty()) return;
  const auto router = std::make_shared<Router>(session);
  router->handlers_complete_ = true;
  for (const auto& client : hubs.clients_) client->begin_dial(router);
  router->dialed_ = hubs.clients_;
  session->set_consumer(session::ConsumerKind::hubs, router);
}

void Router::on_connected() {
  for (const auto& client : std::exchange(dialed_, {})) client->attach(shared_from_this());
}

std::string_view Router::decoded(const protocol::JsonString& text, std::string& scratch) {
  if (!text.escaped) return text.text;
  scratch.clear();
  text.append_to(scratch);
  return scratch;
}

std::size_t Router::on_frame(std::string_view text, const Frame& frame, std::size_t first) {
  if (frame.kind == protocol::FrameKind::result) {
    on_result(text, frame);
    context_.turns->spent();
    return 0;
  }
  if (!frame.elements.empty()) offer_early_calls();
  while (first < frame.elements.size() && !context_.gate.closed()) {
    on_element(frame.elements[first++], frame);
    if (context_.turns->spent()) break;
  }
  return first;
}

void Router::on_element(const Element& element, const Frame& frame) {
  if (element.progress_id) return on_progress(*element.progress_id, element.progress_data, element.state);
  if (!element.hub || !element.method || element.malformed_arguments) {
    return context_.log(LogLevel::debug, "an element of M that is no call was ignored");
  }
  const HubCallView call = view_of(element, frame);
  take_state(call.hub, element.state);
  if (hand_on(call) || context_.gate.closed()) return;
  if (!handlers_complete_) return keep(call);
  context_.log(LogLevel::debug, "a call of ", protocol::printable(call.hub), ".", protocol::printable(call.method),
               " has no handler");
}

// Empty: there are none.
void Router::take_state(std::string_view hub, std::string_view changes) {
  if (changes.empty() || states_.merge(hub, changes) || std::exchange(told_of_state_, true)) return;
  context_.report(LimitError("the server puts more into the state of hubs than Limits::max_hub_state_bytes (" +
                                 std::to_string(context_.options.limits.max_hub_state_bytes) +
                                 "): what exceeds it is not taken over",
                             "max_hub_state_bytes"));
}

// Valid until the next call of this function.
HubCallView Router::view_of(const Element& element, const Frame& frame) {
  args_scratch_.clear();
  for (std::size_t i = 0; i < element.argument_count; ++i) {
    args_scratch_.emplace_back(frame.arguments[element.first_argument + i]);
  }
  HubCallView call;
  call.json = RawJsonView(element.json);
  call.hub = decoded(*element.hub, hub_scratch_);
  call.method = decoded(*element.method, method_scratch_);
  call.first_arg = args_scratch_.data();
  call.arg_count = args_scratch_.size();
  call.has_args = element.has_arguments;
  call.state = RawJsonView(element.state);
  return call;
}

// Whether anybody got it: a call that a handler of all methods got is delivered.
bool Router::hand_on(const HubCallView& call) {
  const bool any = run_handlers(handlers_.find(call.hub, {}), call);
  return run_handlers(handlers_.find(call.hub, call.method), call) || any;
}

// The list changes between frames only; but any handler may end the connection. Tells whether there was one.
bool Router::run_handlers(const std::vector<HandlerPtr>* handlers, const HubCallView& call) {
  if (handlers == nullptr) return false;
  bool any = false;
  for (const HandlerPtr& handler : *handlers) {
    if (context_.gate.closed()) return true;
    if (handler->owner.load(std::memory_order_acquire) != this) continue;
    any = true;
    run(*handler, call);
  }
  return any;
}

void Router::run(Handler& handler, const HubCallView& call) {
  context_.guard(
      {handler.method.empty() ? "on_any" : "on", call.hub, call.method}, [&] { handler.call(call); }, "a call");
}

void Router::keep(const HubCallView& call) {
  if (!early_calls_full_ && early_calls_.keep(call)) return;
  context_.counters.calls_dropped.add();
  if (std::exchange(early_calls_full_, true)) return;
  if (const auto session = session_.lock()) {
    session->report_dropped_calls(
        LimitError("calls by the server to methods without a handler are kept until Client::run, and now exceed "
                   "Limits::max_early_calls (or max_receive_queue_bytes): they are dropped from now on",
                   "max_early_calls"));
  }
}

// What came before its handlers did.
void Router::offer_early_calls() {
  if (!std::exchange(offer_due_, false)) return;
  early_calls_.offer([&](const Element& element, const Frame& frame) {
    return !context_.gate.closed() && hand_on(view_of(element, frame));
  });
}

bool Router::wants_more() {
  bool more = true;
  for (auto stream = live_streams_.begin(); stream != live_streams_.end();) {
    if ((*stream)->ended()) {
      stream = live_streams_.erase(stream);
      continue;
    }
    if ((*stream)->pushes_back()) more = false;
    ++stream;
  }
  return more;
}

void Router::on_gone() noexcept {
  std::unordered_map<std::uint64_t, std::shared_ptr<PendingInvocation>> calls;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    calls.swap(calls_);
    gone_ = true;
  }
  for (const auto& [number, call] : calls) call->abandon();
  for (const auto& stream : std::exchange(live_streams_, {})) stream->abandon();
  handlers_ = {};
  taps_.clear();
  dialed_.clear();
  early_calls_.clear();
}

ErrorPtr Router::end_reason() const {
  const auto session = session_.lock();
  if (session == nullptr || session->gone()) return ConnectionGone("the connection was destroyed").clone();
  const std::lock_guard<std::mutex> lock(mutex_);
  return over_ == nullptr ? nullptr : ReadError(over_).clone();
}

void Router::wait_until_outside() noexcept {
  if (const auto session = session_.lock()) session->wait_until_outside();
}

void Router::add(const HandlerPtr& handler) {
  if (const auto session = session_.lock()) {
    session->post([self = shared_from_this(), handler](Session&) { self->attach(handler); });
  }
}

void Router::attach(const HandlerPtr& handler) {
  if (handler->owner.load(std::memory_order_acquire) != this) return;
  if (handler->result) return insert(taps_, handler);
  handlers_.add(handler);
  if (early_calls_.empty() || std::exchange(offer_due_, true)) return;
  // Not at once: handlers that are registered together get early calls together.
  if (const auto session = session_.lock()) {
    session->post([self = shared_from_this()](Session&) { self->offer_early_calls(); });
  }
}

void Router::remove(const HandlerPtr& handler) noexcept {
  if (const auto session = session_.lock()) {
    session->post([self = shared_from_this(), handler](Session&) {
      self->handlers_.remove(*handler);
      erase(self->taps_, *handler);
    });
  }
}

void Router::open(const std::shared_ptr<StreamCore>& stream) {
  const auto session = session_.lock();
  if (session == nullptr || !stream->bind(*this)) return;
  session->post([self = shared_from_this(), stream](Session&) { self->start(stream); });
}

void Router::begin(const std::shared_ptr<StreamCore>& stream) {
  if (stream->bind(*this)) start(stream);
}

void Router::start(const std::shared_ptr<StreamCore>& stream) {
  if (over_ != nullptr) stream->end(ReadError(over_).clone());
  if (stream->ended()) return;
  live_streams_.push_back(stream);
  stream->open();
  attach(stream->handler());
}

void Router::handlers_complete() {
  if (const auto session = session_.lock()) {
    session->post([self = shared_from_this()](Session&) {
      self->handlers_complete_ = true;
      self->early_calls_.clear();
    });
  }
}

}  // namespace signalr::detail::hub
