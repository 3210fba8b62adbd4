#include "run.hpp"

#include <random>

namespace sweep {

using namespace signalr;
using memory::Fault;

namespace {

// What the scenarios call.
void add_methods(memory::FakeServer& server, const std::shared_ptr<scenario::SleepyExecutor>& executor) {
  server.hub("Chat")
      .on("Echo", [](server::Call& call) { call.result(call.args().at(0)); })
      .on("Fail", [](server::Call& call) { call.error("no", true, R"({"code":7})"); })
      .on("Nothing", [](server::Call&) {})
      .on("Never", [](server::Call& call) { call.never(); })
      .on("Work",
          [](server::Call& call) {
            for (int i = 1; i <= 3; ++i) call.progress(std::to_string(i * 25));
            call.result("\"done\"");
          })
      .on("Later", [executor](server::Call& call) {
        executor->schedule(executor->now() + 3s, [call]() mutable { call.result("3"); });
      });
  server.app().raw("raw", {});
}

}  // namespace

Run::Run(TransportKind transport, const FaultKind* fault, std::size_t at) : fault_(fault), at_(at) {
  add_methods(server, executor);
  add_methods(other, executor);
  server.hub("Chat").on("Join", [this](server::Call& call) {
    server.app().join(call.connection_id(), "Chat", "room");
    joined_ = true;
  });
  options.http_client = server.http_client();
  options.dialer = server.dialer();
  options.executor = executor;
  trace.watch(options);
  options.transports = {transport};
  options.params = {{"tenant", "query-SECRET"}};
  options.headers.add("X-Key", "header-SECRET");
  options.cookies = {{"session", "cookie-SECRET"}};
  options.access_token = [] { return "token-SECRET"; };
  options.random = [generator = std::mt19937(1)]() mutable { return static_cast<std::uint32_t>(generator()); };
  account_ = std::make_shared<Account>(complaints_);  // before the first dial: nothing is expected of it
  network.on_step([this](const memory::Step& step) {
    ++server_steps_;
    if (held_back_) network.set_latency(Duration::zero());
    held_back_ = false;
    trace.add("step ", step.number, ": ", to_string(step.kind), " of ", step.path, " ", step.data);
    const bool now = fault_ != nullptr && fault_->where == FaultKind::Where::arrival && server_steps_ == at_;
    return now ? fault_->strike(*this) : Fault::none;
  });
}

void Run::strike_handler() {
  ++handlers_;
  if (finished_ || fault_ == nullptr || fault_->where != FaultKind::Where::handler || handlers_ != at_) return;
  trace.add("handler ", handlers_, " does it");
  fault_->strike(*this);
}

void Run::watch() {
  accounts_.push_back(account_ = std::make_shared<Account>(complaints_));
  dialed_at_ = told_;
  ConnEvents& events = options.events;
  const auto event = [this](const char* name, auto act) {
    return [this, account = account_, name, act](const auto&... args) {
      trace.add(name, (' ' + tracing::text_of(args))...);
      account->on_handler(Account::Kind::event, name);
      act(*account, args...);
      strike_handler();
    };
  };
  events.on_state_changed = [this, account = account_](ConnectionState from, ConnectionState to) {
    trace.add("state ", to_string(to));
    account->on_state(from, to);
    strike_handler();
  };
  events.on_dial_retry =
      event("on_dial_retry", [](Account& account, const Error& reason, int, Duration) { account.on_text(reason); });
  events.on_connection_slow = event("on_connection_slow", [](Account&) {});
  events.on_reconnecting =
      event("on_reconnecting", [](Account& account, const Error& reason, int) { account.on_text(reason); });
  events.on_reconnected = event("on_reconnected", [](Account&, Duration) {});
  events.on_restarting =
      event("on_restarting", [](Account& account, const Error& reason, int, Duration) { account.on_text(reason); });
  events.on_restarted = event("on_restarted", [this](Account&, Duration) {
    if (restarted) restarted();
  });
  events.on_gap = event("on_gap", [](Account& account, const Gap&) { account.numbers.on_gap(); });
  events.on_error = [this, account = account_](const Error& error) {
    trace.add("on_error ", error);
    account->on_error(error);
    strike_handler();
  };
  events.on_closed = [this, account = account_](const Error* reason) {
    trace.add("on_closed ", reason);
    account->on_closed();
    if (reason != nullptr) account->on_text(*reason);
    strike_handler();
  };
  options.log = [this, account = account_](LogLevel, std::string_view line) {
    trace.add_log(line);
    account->on_text(line);
    if (account->gone) complain("the log was written to after the Conn was destroyed");
  };
}

void Run::settle() {
  while (!stop_if_asked() && clock->poll_one()) {
  }
}

void Run::go(Duration time) {
  until([] { return false; }, time);
}

bool Run::connected() const { return conn_ && !stopped_ && conn_->connection_state() == ConnectionState::connected; }

void Run::hold_back(Duration latency) {
  network.set_latency(latency);
  held_back_ = true;
  // Not for ever, for those who give up and ask again each time.
  executor->schedule(executor->now() + latency, [this] { network.set_latency(Duration::zero()); });
}

void Run::refuse_for(Duration time) {
  network.fail_connections(TransportFailure::connect);
  network.cut_all();
  executor->schedule(executor->now() + time, [this] { network.heal(); });
}

bool Run::stop_if_asked() {
  if (!stop_asked_ || stopped_) return stopped_;
  for (const auto& account : accounts_) account->stopped = true;
  clock->stop();
  return stopped_ = true;
}

// Connected, or over and told so.
void Run::reach_an_end() {
  const auto settled = [&] {
    if (account_->gone) return true;
    return conn_ ? connected() || account_->closed_calls != 0 : account_->dial_failed;
  };
  if (!until(settled, 10min) && !stopped_) {
    complain("ten minutes later it is neither connected nor was its end told: " +
             std::string(to_string(account_->state)));
  }
}

// The server may have forgotten the group, and the gap is told with the first message only.
void Run::join_again() {
  for (int i = 0; i < 5 && connected(); ++i) {
    joined_ = false;
    call("Join");
    if (until([&] { return joined_; }, 1min)) return settle();
  }
}

void Run::check_end() {
  if (stopped_ || account_->gone) return;
  if (connected()) {
    go(1min);  // for what comes late
    reach_an_end();
  }
  if (!group_.empty()) join_again();
  // A message may be struck itself; only a later one can show then that it is missing. Polls notice after two minutes.
  for (int i = 0; i < 3 && connected() && (i == 0 || !account_->numbers.complete(told_)); ++i) {
    tell(1);
    until([&] { return account_->numbers.complete(told_); }, 3min);
    reach_an_end();
    settle();
  }
  if (connected()) account_->numbers.check(told_);
}

const Complaints& Run::finish() {
  reach_an_end();
  check_end();
  close();
  settle();
  go(10s);
  if (!stopped_ && !account_->gone) {
    if (account_->state != ConnectionState::disconnected) complain("close did not end it");
    if (account_->closed_calls == 0) complain("on_closed was not called");
    account_->check_all_called();
  }
  finished_ = true;
  destroy_handles();
  destroy_conn();
  settle();
  if (!stopped_) {
    network.set_latency(Duration::zero());
    go(2min);
    for (auto* site : {&server, &other}) {
      for (const std::string& id : site->app().connections()) site->app().abort(id);  // whose end it was never told
    }
    go(1min);  // for those without a transport, which read no abort
  }
  for (const auto& account : accounts_) account->check_all_gone();
  if (const auto left = clock->pending_tasks()) complain(std::to_string(left) + " tasks are left");
  if (const auto left = clock->pending_timers()) complain(std::to_string(left) + " timers are left");
  if (const auto left = network.open_connections()) complain(std::to_string(left) + " connections are left");
  return complaints_;
}

}  // namespace sweep
