// One run of a scenario: a user's program, its server and its network on one virtual clock, with one fault at one step,
// and the accounts that must balance afterwards.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <signalr/client.hpp>
#include <signalr/memory/fake_server.hpp>

#include "../scenario/sleepy_executor.hpp"
#include "account.hpp"
#include "faults.hpp"
#include "trace.hpp"

namespace sweep {

using namespace std::chrono_literals;

class Run {
 public:
  Run(signalr::TransportKind transport, const FaultKind* fault, std::size_t at);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  const std::shared_ptr<signalr::memory::VirtualExecutor> clock = std::make_shared<signalr::memory::VirtualExecutor>();
  const std::shared_ptr<scenario::SleepyExecutor> executor = std::make_shared<scenario::SleepyExecutor>(*clock);
  signalr::memory::Network network{executor};
  signalr::memory::FakeServer server{network, "http://server.test"};
  tracing::Trace trace{executor};
  signalr::memory::FakeServer other{network, "https://other.test"};  // to be redirected to
  signalr::DialOptions options;                                      // for the next dial
  signalr::CancelSource cancel;                                      // of the next dial
  std::function<void()> restarted;                                   // called by on_restarted

  // What a scenario is made of. All of it is allowed at any time: what is gone is passed over, errors that are thrown
  // are looked at and forgotten.
  void dial();
  void dial_raw();
  /// Sends the next numbers to everybody, or to a group once the client has joined it.
  void tell(int count, const std::string& group = {});
  /// Lets everything happen that needs no time; lets time pass; lets it pass until something is true.
  void settle();
  void go(signalr::Duration time);
  template <class Predicate>
  bool until(Predicate predicate, signalr::Duration time) {
    return clock->run_until([&] { return stop_if_asked() || predicate(); }, time) && !stopped_;
  }
  bool connected() const;
  /// Without a fault of ours the scenario has done its connection no harm.
  void require_connected() {
    if (fault_ == nullptr && !connected()) complain("a healthy connection was ended");
  }
  template <class Use>
  void conn(Use use) {
    if (conn_) attempt([&] { use(*conn_); });
  }
  /// With the Client of that hub, made when it isn't there.
  template <class Use>
  void client(Use use) {
    attempt([&] {
      if (clients_.empty() && conn_) clients_.emplace_back("chat", *conn_);
      if (!clients_.empty()) use(clients_.front());
    });
  }
  void subscribe(const std::string& method);
  /// From now on each handler of a number takes that long.
  void be_busy(signalr::Duration time) { busy_ = time; }
  /// Counts the numbers that `tell` sends.
  void count_numbers();
  void stream(const std::string& method);
  template <class... Args>
  void call(const std::string& method, const Args&... args) {
    client([&](signalr::Client& client) { keep(client.invoke(method, args...)); });
  }
  void read_all();
  /// A raw connection's message came.
  void on_raw(signalr::RawJsonView message);
  void write(const std::string& id, const std::string& method);
  void close();
  /// Destroys everything of the user's, so that it can dial anew.
  void let_go();

  /// A handler that must be called once.
  template <class Value = void, class Handler>
  auto once(std::string name, Handler handler) {
    return counted<Value>(account_->expect(std::move(name)), std::move(handler));
  }
  template <class Value = void>
  auto once(std::string name) {
    return once<Value>(std::move(name), [](auto&&) {});
  }
  /// The same for what ends when the transport is lost.
  template <class Value = void>
  auto once_over_transport(std::string name) {
    return counted<Value>(account_->expect_over_transport(std::move(name)), [](auto&&) {});
  }
  template <class Value, class Handler>
  auto counted(std::shared_ptr<Once> one, Handler handler) {
    return [this, account = account_, one = std::move(one),
            handler = std::move(handler)](signalr::Result<Value> result) mutable {
      ++one->calls;
      account->on_handler(Account::Kind::completion, one->name);
      trace.add(one->name, ": ", result);
      if (!result.ok()) account->on_text(result.error());
      handler(std::move(result));
      strike_handler();
    };
  }

  // For faults.
  void destroy_conn();
  void destroy_handles();
  void stop_soon() { stop_asked_ = true; }
  void hold_back(signalr::Duration latency);
  void refuse_for(signalr::Duration time);
  void double_it() { account_->numbers.allow_twice(); }

  /// Ends it as a good program does, and checks everything. What is wrong, if anything.
  const Complaints& finish();
  std::size_t steps() const { return server_steps_; }
  std::size_t handlers() const noexcept { return handlers_; }
  void complain(std::string text) { complaints_.push_back(std::move(text)); }

 private:
  template <class Target>
  void dial_to(const std::string& url, Target target);
  void watch();
  template <class Action>
  void attempt(Action action) {
    try {
      action();
    } catch (const signalr::Error& error) {
      trace.add("thrown: ", error);
      account_->on_text(error);
    }
  }
  std::function<void()> hub_handler();
  void keep(signalr::Invocation invocation);
  void read_on();
  void read_stream(std::size_t index);
  bool stop_if_asked();
  void strike_handler();
  void reach_an_end();
  void join_again();
  void check_end();

  const FaultKind* const fault_;
  const std::size_t at_;
  Complaints complaints_;
  std::shared_ptr<Account> account_;
  std::vector<std::shared_ptr<Account>> accounts_;
  std::size_t server_steps_ = 0;
  std::size_t handlers_ = 0;
  bool finished_ = false;
  bool stop_asked_ = false;
  bool stopped_ = false;
  bool held_back_ = false;
  signalr::Duration busy_{0};
  int told_ = 0;
  int dialed_at_ = 0;  // what had been told by then
  bool joined_ = false;
  std::string group_;
  std::shared_ptr<bool> handles_destroyed_ = std::make_shared<bool>(false);

  signalr::PendingDial dialing_;
  std::optional<signalr::Conn> conn_;
  std::deque<signalr::Client> clients_;
  std::vector<signalr::Subscription> subscriptions_;
  std::vector<signalr::Invocation> calls_;
  std::deque<signalr::CallbackStream> streams_;
};

}  // namespace sweep
