#include <signalr/callback_stream.hpp>

#include "hub/stream_core.hpp"
#include "protocol/safe_text.hpp"
#include "session/blocking_call.hpp"

namespace signalr {

CallbackStream::CallbackStream(std::shared_ptr<hub::StreamCore> core) noexcept : core_(std::move(core)) {}
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

CallbackMessage CallbackStream::read_raw(const CallOptions& options) {
  if (core_->ended()) {  // nothing to wait for, so that any thread may ask
    if (auto call = core_->take()) return std::move(*call);
    core_->end_reason()->raise();
  }
  session::BlockingCall<CallbackMessage> waiting(*core_->executor(), "read");
  if (!session::is_over(options, *core_->executor())) {
    if (auto call = core_->take()) return std::move(*call);
  }
  core_->async_read(waiting.handler(), options);
  return waiting.wait().value();
}

void CallbackStream::async_read(RawHandler handler, const CallOptions& options) {
  core_->async_read(std::move(handler), options);
}

const std::shared_ptr<Executor>& CallbackStream::executor() const noexcept { return core_->executor(); }

void CallbackStream::close() { core_->close(); }

ErrorPtr CallbackStream::end_reason() const { return core_->end_reason(); }

void CallbackStream::fail(const CallbackMessage& call, const DecodeError& error) {
  throw error.within("a call of " + protocol::quoted_name(call.hub, call.method));
}

}  // namespace signalr
