#include <signalr/callback_stream.hpp>

#include "hub/stream_core.hpp"
#include "protocol/safe_text.hpp"
#include "session/blocking_call.hpp"

namespace signalr {

CallbackStream::CallbackStream(std::shared_ptr<detail::hub::StreamCore> core) noexcept : core_(std::move(core)) {}
CallbackStream::CallbackStream(CallbackStream&&) noexcept = default;

CallbackStream& CallbackStream::operator=(CallbackStream&& other) noexcept {
  if (this != &other) {
    if (core_ != nullptr) core_->close();
    core_ = std::move(other.core_);
  }
  return *this;
}

CallbackStream::~CallbackStream() {
  if (core_ != nullptr) core_->close();
}

const std::shared_ptr<detail::hub::StreamCore>& CallbackStream::core() const {
  if (core_ == nullptr) throw UsageError("this CallbackStream is empty: it was moved from");
  return core_;
}

HubCall CallbackStream::read_raw(const CallOptions& options) {
  const auto core = this->core();  // also when the stream is destroyed meanwhile
  if (core->ended()) {             // nothing to wait for, so that any thread may ask
    if (auto call = core->take()) return std::move(*call);
    core->end_reason()->raise();
  }
  const auto session = core->session();
  detail::session::BlockingCall<HubCall> waiting(session->context(), "read", core->limits(options));
  if (!detail::session::is_over(options, *core->executor())) {
    if (auto call = core->take()) return std::move(*call);
  }
  const detail::session::TakingOptions taking(*core->executor(), options);
  core->async_read(waiting.handler(), *taking);
  return waiting.wait().value();
}

void CallbackStream::async_read(RawHandler handler, const CallOptions& options) {
  core()->async_read(std::move(handler), options);
}

std::shared_ptr<Executor> CallbackStream::executor() const { return core()->executor(); }

void CallbackStream::close() { core()->close(); }

ErrorPtr CallbackStream::end_reason() const { return core()->end_reason(); }

void CallbackStream::fail(const HubCall& call, const DecodeError& error) {
  throw error.within("a call of " + detail::protocol::quoted_name(call.hub, call.method));
}

}  // namespace signalr
