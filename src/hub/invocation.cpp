#include <signalr/invocation.hpp>

#include "hub/pending_invocation.hpp"
#include "hub/router.hpp"
#include "protocol/safe_text.hpp"
#include "session/blocking_call.hpp"

namespace signalr {

using detail::session::BlockingCall;

Invocation::Invocation(std::shared_ptr<detail::hub::PendingInvocation> call) noexcept : call_(std::move(call)) {}

const std::shared_ptr<detail::hub::PendingInvocation>& Invocation::call() const {
  if (call_ == nullptr) throw UsageError("this Invocation is empty: it was moved from");
  return call_;
}

const std::string& Invocation::id() const { return call()->id(); }
const std::string& Invocation::method() const { return call()->method(); }

const std::shared_ptr<Executor>& Invocation::executor() const { return call()->executor(); }

void Invocation::exec() {
  const auto session = call()->session();
  if (session == nullptr) return call()->when_written([](const Result<void>& written) { written.value(); });
  BlockingCall<void> waiting(session->context(), "exec", call()->limits());
  call()->when_written(waiting.handler());
  waiting.wait().value();
}

void Invocation::async_exec(UniqueFunction<void(Result<void>)> handler) {
  const auto session = call()->session();
  if (session == nullptr) return;  // the handler goes uncalled
  session->post([call = call(), handler = std::move(handler)](detail::session::Session& strand) mutable {
    call->when_written([&context = strand.context(),
                        label = detail::session::Label("async_exec", call->hub(), call->method()),
                        handler = std::move(handler)](Result<void> written) mutable {
      context.guard(label, [&] { handler(written); });
    });
  });
}

bool Invocation::done() const { return call()->answer() != nullptr; }

RawJson Invocation::wait() { return settled(); }

const RawJson& Invocation::settled() {
  if (call()->answer() == nullptr) {
    if (const auto session = call()->session()) {
      BlockingCall<RawJson> waiting(session->context(), "waiting for a call's answer", call()->limits());
      call()->then(waiting.handler());
      const Result<RawJson> waited = waiting.wait();
      if (call()->answer() == nullptr) waited.error().raise();
    }
  }
  const Result<RawJson>* const answer = call()->answer();
  if (answer == nullptr) throw ConnectionGone("the call ended: the connection was destroyed");
  return answer->value();
}

std::string Invocation::place_of_answer() const {
  return "the answer of " + detail::protocol::quoted_name(call()->hub(), call()->method());
}

Invocation& Invocation::then(ResultHandler handler) {
  call()->then(std::move(handler));
  return *this;
}

Invocation& Invocation::on_progress(ProgressHandler handler) {
  call()->set_progress_handler(std::move(handler));
  return *this;
}

void Invocation::cancel() { detail::hub::Router::cancel(call()); }

}  // namespace signalr
