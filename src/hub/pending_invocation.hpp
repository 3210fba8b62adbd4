// One call of a hub method, from its making to its end.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <signalr/invocation.hpp>

#include "session/completion.hpp"
#include "session/session.hpp"

namespace signalr::detail::hub {

/// Shared by the table of calls under way and by the user's handles. Handles ask from any thread.
class PendingInvocation final : public std::enable_shared_from_this<PendingInvocation> {
 public:
  using WrittenHandler = UniqueFunction<void(Result<void>)>;

  PendingInvocation(std::weak_ptr<session::Session> session, std::shared_ptr<Executor> executor, std::uint64_t number,
                    std::string hub, std::string method, CallOptions limits)
      : session_(std::move(session)),
        executor_(std::move(executor)),
        number_(number),
        id_(std::to_string(number)),
        hub_(std::move(hub)),
        method_(std::move(method)),
        limits_(std::move(limits)) {}

  std::uint64_t number() const noexcept { return number_; }
  const std::string& id() const noexcept { return id_; }
  const std::string& hub() const noexcept { return hub_; }
  const std::string& method() const noexcept { return method_; }
  std::shared_ptr<session::Session> session() const { return session_.lock(); }
  const std::shared_ptr<Executor>& executor() const noexcept { return executor_; }
  const CallOptions& limits() const noexcept { return limits_; }

  /// How it is being sent; if the call ends before it was, it isn't sent any more. Any thread, at once.
  void set_write(std::weak_ptr<session::Completion<void>> write);

  // For the router, on the strand.
  /// What watches its deadline and token; ends with the call.
  void set_watch(std::shared_ptr<session::Completion<void>> watch);
  void on_written(Result<void> result);
  /// Its answer came and waits for its turn. On the strand.
  void set_arrived() noexcept { arrived_ = true; }
  bool has_arrived() const noexcept { return arrived_; }
  void on_progress(RawJsonView report, session::Context& context);
  /// The first end counts.
  void end(Result<RawJson> answer, session::Context& context);

  /// Nobody will end it any more: it ends with ConnectionGone, for those who wait in a thread or ask later; handlers
  /// are dropped uncalled. Any thread, once the strand has stopped.
  void abandon() noexcept;

  // For the handles.
  /// Once it has ended; never changes afterwards.
  const Result<RawJson>* answer() const;
  void then(Invocation::ResultHandler handler);
  void when_written(WrittenHandler handler);
  void set_progress_handler(Invocation::ProgressHandler handler);

 private:
  void replay_progress(session::Context& context);
  void run_progress_handler(RawJsonView report, session::Context& context) noexcept;

  const std::weak_ptr<session::Session> session_;
  const std::shared_ptr<Executor> executor_;
  const std::uint64_t number_;
  const std::string id_;
  const std::string hub_;
  const std::string method_;
  const CallOptions limits_;

  mutable std::mutex mutex_;  // guards the next five; never held while a handler runs or is destroyed
  std::optional<Result<RawJson>> answer_;
  std::vector<Invocation::ResultHandler> handlers_;
  std::optional<Result<void>> written_;
  std::vector<WrittenHandler> written_handlers_;
  std::weak_ptr<session::Completion<void>> write_;

  // Strand only.
  bool arrived_ = false;
  std::deque<RawJson> early_progress_;  // came before there was a handler
  std::size_t early_bytes_ = 0;
  Invocation::ProgressHandler progress_handler_;
  std::shared_ptr<session::Completion<void>> watch_;
};

}  // namespace signalr::detail::hub
