// Brings the frames of a connection to its hubs: results to calls, calls to handlers, state to where it is kept.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <signalr/client.hpp>

#include "hub/early_calls.hpp"
#include "hub/handler_table.hpp"
#include "hub/hub_states.hpp"
#include "hub/pending_invocation.hpp"
#include "hub/stream_core.hpp"
#include "session/consumer.hpp"
#include "session/session.hpp"

namespace signalr::detail::hub {

class Proxy;

/// One for each connection, shared by its Clients. Public functions are for any thread unless they say otherwise.
class Router final : public session::Consumer, public std::enable_shared_from_this<Router> {
 public:
  /// The connection's router; made by the first who asks. UsageError when the frames go elsewhere already.
  static std::shared_ptr<Router> of(const std::shared_ptr<session::Session>& session);

  explicit Router(const std::shared_ptr<session::Session>& session);

  /// Before the dial: what comes is for these Clients. UsageError when one of them is dialed already.
  static void serve(const std::shared_ptr<session::Session>& session, const Hubs& hubs);

  std::shared_ptr<PendingInvocation> invoke(const std::string& hub, std::string_view method, std::string_view args,
                                            const CallOptions& options);
  void notify(const std::string& hub, std::string_view method, std::string_view args);
  static void cancel(const std::shared_ptr<PendingInvocation>& call);

  /// A handler whose owner this is.
  void add(const HandlerPtr& handler);
  /// A handler that has no owner any more.
  void remove(const HandlerPtr& handler) noexcept;
  void open(const std::shared_ptr<StreamCore>& stream);
  // The same on the strand, at once.
  void attach(const HandlerPtr& handler);
  void begin(const std::shared_ptr<StreamCore>& stream);

  /// Waits for the handler that is running now, except on the strand.
  void wait_until_outside() noexcept;
  /// From now on calls without a handler are dropped.
  void handlers_complete();

  HubStates& states() noexcept { return states_; }
  const std::shared_ptr<Executor>& executor() const noexcept { return executor_; }
  /// Null: the connection was destroyed.
  std::shared_ptr<session::Session> session() const noexcept { return session_.lock(); }
  /// Why nothing comes from this connection any more; null: something may.
  ErrorPtr end_reason() const;

  // session::Consumer
  std::size_t on_frame(std::string_view text, const protocol::Frame& frame, std::size_t first) override;
  bool note(const protocol::Frame& frame) override;
  bool wants_more() override;
  void on_connected() override;
  void on_reconnecting(const ErrorPtr& reason) override;
  void on_restarting(const ErrorPtr& reason) override;
  void on_over(const ErrorPtr& reason) override;
  void on_gone() noexcept override;

 private:
  class Written;

  // router_calls.cpp: the calls that we make
  ErrorPtr watch(session::Session& session, const std::shared_ptr<PendingInvocation>& call);
  void on_result(std::string_view text, const protocol::Frame& frame);
  void ignore_result();
  void run_taps(const std::string& hub, std::string_view text, const protocol::Frame& frame);
  void on_progress(const protocol::JsonString& id, std::string_view data, std::string_view state);
  std::shared_ptr<PendingInvocation> find(const protocol::JsonString& id);
  bool take(const PendingInvocation& call);
  void end(const std::shared_ptr<PendingInvocation>& call, Result<RawJson> answer);
  void end_all(const ErrorPtr& reason, const char* why);

  // router.cpp: the calls that the server makes
  void on_element(const protocol::Element& element, const protocol::Frame& frame);
  HubCallView view_of(const protocol::Element& element, const protocol::Frame& frame);
  bool hand_on(const HubCallView& call);
  bool run_handlers(const std::vector<HandlerPtr>* handlers, const HubCallView& call);
  void run(Handler& handler, const HubCallView& call);
  void keep(const HubCallView& call);
  void start(const std::shared_ptr<StreamCore>& stream);
  void offer_early_calls();
  void take_state(std::string_view hub, std::string_view changes);
  std::string_view decoded(const protocol::JsonString& text, std::string& scratch);

  const std::weak_ptr<session::Session> session_;
  session::Context& context_;  // the session's: on the strand only
  const std::shared_ptr<Executor> executor_;
  std::atomic<std::uint64_t> next_id_{1};
  HubStates states_;

  mutable std::mutex mutex_;  // guards the next three; never held while a handler runs or is destroyed
  std::unordered_map<std::uint64_t, std::shared_ptr<PendingInvocation>> calls_;
  ErrorPtr over_;  // why the connection is over, once it is
  bool gone_ = false;

  // Strand only.
  HandlerTable handlers_;
  std::vector<std::shared_ptr<Proxy>> dialed_;  // the Clients that it will be the connection of
  std::vector<HandlerPtr> taps_;                // of answers
  std::vector<std::shared_ptr<StreamCore>> live_streams_;
  EarlyCalls early_calls_;
  bool offer_due_ = false;         // of early calls, to handlers that came since
  bool early_calls_full_ = false;  // one was dropped, so all that follow are, or handlers would miss one in between
  bool handlers_complete_ = false;
  bool told_of_state_ = false;  // that it exceeds its limit
  std::uint64_t ignored_results_ = 0;
  std::string hub_scratch_, method_scratch_, id_scratch_;
  std::vector<RawJsonView> args_scratch_;
};

}  // namespace signalr::detail::hub
