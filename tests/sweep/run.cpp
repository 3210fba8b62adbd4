#include "run.hpp"

#include <random>

namespace sweep {

using namespace signalr;
using memory::Fault;

namespace {

// What the scenarios call.
void add_methods(memory::FakeServer& server) {
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
      .on("Later", [&server](server::Call& call) {
        server.executor()->schedule(server.executor()->now() + 3s, [call]() mutable { call.result("3"); });
      });
  server.app().raw("raw", {});
}

}  // namespace

Run::Run(TransportKind transport, const FaultKind* fault, std::size_t at) : fault_(fault), at_(at) {
  add_methods(server);
  add_methods(other);
  server.hub("Chat").on("Join", [this](server::Call& call) {
    server.app().join(call.connection_id(), "Chat", "room");
    joined_ = true;
  });
  options.http_client = server.http_client();
  options.dialer = server.dialer();
  options.executor = server.executor();
  options.transports = {transport};
  options.params = {{"tenant", "query-SECRET"}};
  options.headers.add("X-Key", "header-SECRET");
  options.cookies = {{"session", "cookie-SECRET"}};
  options.access_token = [] { return "token-SECRET"; };
  options.random = [generator = std::mt19937(1)]() mutable { return static_cast<std::uint32_t>(generator()); };
  account_ = std::make_shared<Account>(complaints_);  // before the first dial: nothing is expected of it
  server.network().on_step([this](const memory::Step& step) {
    ++server_steps_;
    if (held_back_) server.network().set_latency(Duration::zero());
    held_back_ = false;
    log_.push_back("step " + std::to_string(step.number) + ": " + std::string(to_string(step.kind)) + " of " +
                   std::string(step.path));
    const bool now = fault_ != nullptr && fault_->where == FaultKind::Where::arrival && server_steps_ == at_;
    return now ? fault_->strike(*this) : Fault::kNone;
  });
}

void Run::strike_handler() {
  ++handlers_;
  if (finished_ || fault_ == nullptr || fault_->where != FaultKind::Where::handler || handlers_ != at_) return;
  log_.push_back("handler " + std::to_string(handlers_) + " does it");
  fault_->strike(*this);
}

void Run::watch() {
  accounts_.push_back(account_ = std::make_shared<Account>(complaints_));
  dialed_at_ = told_;
  ConnEvents& events = options.events;
  const auto event = [this](const char* name, auto act) {
    return [this, account = account_, name, act](const auto&... args) {
      log_.emplace_back(name);
      account->on_handler(Account::Kind::event, name);
      act(*account, args...);
      strike_handler();
    };
  };
  events.on_state_changed = [this, account = account_](ConnectionState from, ConnectionState to) {
    log_.push_back("state " + std::string(to_string(to)));
    account->on_state(from, to);
    strike_handler();
  };
  events.on_connection_slow = event("on_connection_slow", [](Account&) {});
  events.on_reconnecting =
      event("on_reconnecting", [](Account& account, const Error& reason, int) { account.on_text(reason); });
  events.on_reconnected = event("on_reconnected", [](Account&, Duration) {});
  events.on_gap = event("on_gap", [](Account& account, const Gap&) { account.numbers.on_gap(); });
  events.on_error = [this, account = account_](const Error& error) {
    log_.emplace_back(std::string("on_error: ") + error.what());
    account->on_error(error);
    strike_handler();
  };
  events.on_closed = [this, account = account_](const Error* reason) {
    log_.emplace_back("on_closed");
    account->on_closed();
    if (reason != nullptr) account->on_text(*reason);
    strike_handler();
  };
  options.log = [this, account = account_](LogLevel, std::string_view line) {
    log_.emplace_back(line);
    account->on_text(line);
    if (account->gone) complain("the log was written to after the Conn was destroyed");
  };
}

template <class Target>
void Run::dial_to(const std::string& url, Target target) {
  watch();
  attempt([&] {
    dialing_ = async_dial(url, std::move(target), options,
                          once<Conn>("dial",
                                     [this, account = account_](Result<Conn> dialed) {
                                       account->dial_failed = !dialed.ok();
                                       if (dialed.ok()) conn_.emplace(std::move(dialed).value());
                                     }),
                          CallOptions{{}, cancel.token()});
  });
  until([&] { return conn_.has_value() || account_->dial_failed || account_->gone; }, 10min);
}

void Run::dial() { dial_to(server.origin(), Hubs{{"chat"}}); }

void Run::dial_raw() { dial_to(server.origin() + "/raw", ConnectionData{}); }

void Run::tell(int count, const std::string& group) {
  for (int i = 0; i < count; ++i) {
    const std::string args = "[" + std::to_string(++told_) + "]";
    if (group.empty() || !joined_) {
      server.broadcast("Chat", "number", args);
    } else {
      server.app().send_to_group(group, "Chat", "number", args);
    }
  }
}

void Run::settle() {
  while (!stop_if_asked() && server.clock().run_one()) {
  }
}

void Run::go(Duration time) {
  until([] { return false; }, time);
}

bool Run::connected() const { return conn_ && !stopped_ && conn_->connection_state() == ConnectionState::connected; }

void Run::subscribe(const std::string& method) {
  client([&](Client& client) {
    subscriptions_.push_back(client.on(method, [this, heard = hub_handler()](const ClientMsgView&) {
      heard();
      strike_handler();
    }));
  });
}

void Run::count_numbers() {
  client([&](Client& client) {
    subscriptions_.push_back(client.on("number", [this, account = account_, heard = hub_handler()](int n) {
      heard();
      account->numbers.on_number(n);
      strike_handler();
    }));
    account_->numbers.begin(told_);
  });
}

// What each handler of a subscription does first.
std::function<void()> Run::hub_handler() {
  return [this, account = account_, destroyed = handles_destroyed_] {
    account->on_handler(Account::Kind::message, "a hub handler");
    if (*destroyed) complain("a hub handler was called after its subscription was destroyed");
  };
}

void Run::stream(const std::string& method) {
  client([&](Client& client) {
    streams_.push_back(client.callback(method));
    read_stream(streams_.size() - 1);
  });
}

void Run::read_stream(std::size_t index) {
  if (index >= streams_.size()) return;
  attempt([&] {
    streams_[index].async_read(once<CallbackMessage>("a stream's read", [this, index](Result<CallbackMessage> call) {
      if (call.ok()) read_stream(index);
    }));
  });
}

void Run::keep(Invocation invocation) {
  invocation.then(once_over_transport<RawJson>("the call of " + invocation.method()));
  invocation.on_progress([this, account = account_](RawJsonView) {
    account->on_handler(Account::Kind::completion, "a progress handler");
    strike_handler();
  });
  calls_.push_back(std::move(invocation));
}

void Run::read_all() {
  account_->numbers.begin(dialed_at_);
  read_on();
}

void Run::read_on() {
  conn([&](Conn& conn) {
    conn.async_read_message(once<Message>("read_message", [this, account = account_](Result<Message> message) {
      if (!message.ok()) return;
      for (const auto& element : message.value().messages()) {
        if (element.method == "number") account->numbers.on_number(decode_json<int>(element.arg(0)));
      }
      read_on();
    }));
  });
}

void Run::write(const std::string& id, const std::string& method) {
  conn([&](Conn& conn) {
    ClientMsg message;
    message.invocation_id = id;
    message.hub = "chat";
    message.method = method;
    message.args.push_back(RawJson::parse("1"));
    conn.async_write_message(message, once_over_transport("write_message"));
  });
}

void Run::on_raw() {
  account_->on_handler(Account::Kind::message, "on_received");
  strike_handler();
}

void Run::close() {
  if (!conn_) return cancel.cancel();
  conn([&](Conn& conn) { conn.async_close(once("close")); });
  server.executor()->post([account = account_] { account->closing = true; });
}

void Run::let_go() {
  destroy_handles();
  destroy_conn();
  cancel = {};
}

void Run::destroy_conn() {
  for (const auto& account : accounts_) account->gone = true;
  dialing_ = {};
  conn_.reset();
}

void Run::destroy_handles() {
  *handles_destroyed_ = true;
  handles_destroyed_ = std::make_shared<bool>(false);
  account_->numbers.end();
  subscriptions_.clear();
  streams_.clear();
  calls_.clear();
  clients_.clear();
}

void Run::hold_back(Duration latency) {
  server.network().set_latency(latency);
  held_back_ = true;
}

void Run::refuse_for(Duration time) {
  server.network().fail_connections(TransportFailure::kConnect);
  server.network().cut_all();
  server.executor()->schedule(server.executor()->now() + time, [this] { server.network().heal(); });
}

bool Run::stop_if_asked() {
  if (!stop_asked_ || stopped_) return stopped_;
  for (const auto& account : accounts_) account->stopped = true;
  server.clock().stop();
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

void Run::check_end() {
  if (stopped_ || account_->gone) return;
  if (connected()) {
    go(1min);  // for what comes late
    reach_an_end();
  }
  if (connected()) {
    tell(1);
    until([&] { return account_->numbers.complete(told_); }, 2min);  // it may be struck itself
    reach_an_end();
    settle();
    if (connected()) account_->numbers.check(told_);
  }
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
    server.network().set_latency(Duration::zero());
    go(2min);
    for (auto* site : {&server, &other}) {
      for (const std::string& id : site->app().connections()) site->app().abort(id);  // whose end it was never told
    }
    settle();
  }
  for (const auto& account : accounts_) account->check_all_gone();
  if (const auto left = server.clock().pending_tasks()) complain(std::to_string(left) + " tasks are left");
  if (const auto left = server.clock().pending_timers()) complain(std::to_string(left) + " timers are left");
  if (const auto left = server.network().open_connections()) complain(std::to_string(left) + " connections are left");
  return complaints_;
}

}  // namespace sweep
