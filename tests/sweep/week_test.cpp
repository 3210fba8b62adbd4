// A week of virtual time: a program counts messages and makes calls, while everything around it fails now and then.
// SIGNALR_SEED=7 repeats the run that printed that seed.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>

#include <signalr/client.hpp>
#include <signalr/memory/fake_server.hpp>

#include "account.hpp"
#include "scenarios.hpp"

namespace sweep {
namespace {

using namespace std::chrono_literals;
using namespace signalr;

unsigned seed() {
  const char* given = std::getenv("SIGNALR_SEED");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
}

class Week {
 public:
  Week(TransportKind transport, unsigned seed) : transport_(transport), random_(seed) {
    server_.hub("Chat")
        .on("Echo", [](server::Call& call) { call.result(call.args().at(0)); })
        .on("Slow", [this](server::Call& call) { after(20s, [call]() mutable { call.result("1"); }); })
        .on("Join", [this](server::Call& call) {
          server_.app().join(call.connection_id(), "Chat", "room");
          call.result(std::to_string(told_room_));
        });
    server_.network().on_step([this](const memory::Step&) {
      return strike_in_ == 0 || --strike_in_ != 0 ? memory::Fault::none : strike_with_;
    });
  }

  void live(Duration time) {
    dial();
    every(1, 14, [this] { tell(between(1, 4)); });
    every(3, 40, [this] { tell_room(); });
    every(5, 25, [this] { call(); });
    every(600, 600, [this] { server_reconnects(); });  // forgets the rest
    every(120, 1200, [this] { strike(between(0, 12)); });
    server_.clock().advance(time);
    ends_ = true;
    strike_in_ = 0;
    heal();
  }

  /// Ends it in peace, and says what is wrong.
  const Complaints& finish() {
    const auto& clock = server_.clock();
    server_.clock().run_until([&] { return connected(); }, 10min);
    if (!connected()) complaints_.push_back("at the end of the week it is not connected");
    tell(1);
    tell_room();
    const auto complete = [&] { return account_->numbers.complete(told_) && room_->complete(told_room_); };
    server_.clock().run_until(complete, 1min);
    account_->numbers.check(told_);
    room_->check(told_room_);
    server_.clock().advance(1min);  // for the calls that are under way
    closing_ = true;
    if (conn_) conn_->close();
    account_->check_all_called();
    drop();
    server_.clock().advance(25min);                                                     // the faults' own timers, too
    for (const std::string& id : server_.app().connections()) server_.app().abort(id);  // whose end it was never told
    server_.clock().run_ready();
    for (const auto& account : accounts_) account->check_all_gone();
    if (clock.pending_tasks() + clock.pending_timers() != 0) complaints_.push_back("tasks or timers are left");
    if (server_.network().open_connections() != 0) complaints_.push_back("connections are left");
    return complaints_;
  }

  int faults = 0, dials = 0, closed = 0, reconnects = 0, gaps = 0, messages = 0, calls = 0, answers = 0, failures = 0,
      dropped = 0;
  int server_reconnects() {
    for (const auto& event : server_.app().events()) {
      server_reconnects_ += event.kind == server::LifecycleEvent::Kind::reconnected ? 1 : 0;
    }
    server_.clear_history();
    return server_reconnects_;
  }
  int told() const { return told_; }

 private:
  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  template <class Action>
  void after(Duration time, Action action) {
    server_.executor()->schedule(server_.executor()->now() + time, std::move(action));
  }
  /// Again and again until the end, with random pauses between.
  void every(int low, int high, std::function<void()> action) {
    after(std::chrono::seconds(between(low, high)), [=] {
      if (ends_) return;
      action();
      every(low, high, action);
    });
  }
  bool connected() const { return conn_ && conn_->connection_state() == ConnectionState::connected; }

  void tell(int count) {
    for (int i = 0; i < count; ++i) server_.broadcast("Chat", "number", "[" + std::to_string(++told_) + "]");
  }
  void tell_room() { server_.app().send_to_group("room", "Chat", "room", "[" + std::to_string(++told_room_) + "]"); }

  void dial() {
    ++dials;
    drop();
    accounts_.push_back(account_ = std::make_shared<Account>(complaints_));
    room_ = std::make_shared<Numbers>(complaints_, "group message");
    DialOptions options;
    options.http_client = server_.http_client();
    options.dialer = server_.dialer();
    options.executor = server_.executor();
    options.transports = {transport_};
    options.random = [this] { return static_cast<std::uint32_t>(random_()); };
    options.params = "key=SECRET";
    options.log = [account = account_](LogLevel, std::string_view line) { account->on_text(line); };
    options.events.on_state_changed = [account = account_](auto from, auto to) { account->on_state(from, to); };
    options.events.on_error = [account = account_](const Error& error) { account->on_error(error); };
    options.events.on_reconnected = [this, account = account_](Duration) {
      account->on_handler(Account::Kind::event, "on_reconnected");
      ++reconnects;
    };
    options.events.on_gap = [this, account = account_](const Gap&) {
      account->on_handler(Account::Kind::event, "on_gap");
      account->numbers.on_gap();
      room_->on_gap();
      ++gaps;
    };
    options.events.on_closed = [this, account = account_](const Error*) {
      account->on_closed();
      ++closed;
      if (!closing_) after(1s, [this] { dial(); });
    };
    dialing_ = async_dial(server_.origin(), Hubs{{"chat"}}, options, [this](Result<Conn> dialed) {
      if (dialed.ok()) use(std::move(dialed).value());
    });
  }

  void use(Conn conn) {
    conn_.emplace(std::move(conn));
    client_.emplace("chat", *conn_);
    account_->numbers.begin(told_);
    subscriptions_.push_back(client_->on("number", [this, account = account_](int n) {
      account->on_handler(Account::Kind::message, "on number");
      account->numbers.on_number(n);
      ++messages;
    }));
    subscriptions_.push_back(client_->on("room", [this](int n) {
      room_->on_number(n);
      ++messages;
    }));
    join();
  }

  // Counts from what the room had been told when the server let us in.
  void join() {
    client_->invoke("Join").then<int>([this, room = room_](Result<int> told) {
      if (told.ok()) {
        room->begin(told.value());
      } else if (connected() && room == room_) {
        join();
      } else if (room == room_) {
        after(3s, [this, room] {
          if (room == room_ && client_) join();
        });
      }
    });
  }

  void call() {
    if (!client_) return;
    ++calls;
    const auto once = account_->expect_over_transport("a call");
    const int n = calls;
    const auto heard = handler_that_may_be_dropped();
    client_->invoke(between(0, 9) == 0 ? "Slow" : "Echo", n)
        .then([this, once, heard, account = account_](const Result<RawJson>& r) {
          *heard = true;
          ++once->calls;
          account->on_handler(Account::Kind::completion, "a call");
          ++(r.ok() ? answers : failures);
        });
  }
  /// A call made at the very moment at which its closed connection is destroyed may go with it; no other one.
  std::shared_ptr<bool> handler_that_may_be_dropped() {
    const TimePoint made = server_.executor()->now();
    return {new bool(false), [this, made](const bool* heard) {
              if (!*heard) ++dropped;
              CHECK((*heard || server_.executor()->now() == made));
              delete heard;
            }};
  }

  void drop() {
    subscriptions_.clear();
    client_.reset();
    conn_.reset();
    dialing_ = {};
    if (account_) account_->gone = true;
  }

  void heal() {
    server_.network().heal();
    server_.network().set_latency(Duration::zero());
  }
  void refuse(Duration time) {
    server_.network().fail_connections(TransportFailure::connect);
    server_.network().cut_all();
    after(time, [this] { heal(); });
  }

  void strike(int kind) {
    ++faults;
    memory::Network& network = server_.network();
    switch (kind) {
      case 0:
        return network.cut_all();
      case 1:
        return network.stall_all();
      case 2:
        if (server_.peers() != 0) server_.peer().close(static_cast<std::uint16_t>(between(1000, 1001)));
        return;
      case 3:
        return refuse(std::chrono::seconds(between(1, 25)));
      case 4:  // for longer than the server remembers
        return refuse(std::chrono::seconds(between(35, 60)));
      case 5:
        return server_.app().restart();
      case 6:
        for (const std::string& id : server_.app().connections()) server_.app().abort(id);
        return;
      case 7:
        network.set_latency(std::chrono::milliseconds(between(1, 3000)));
        return after(1min, [this] { heal(); });
      case 8:
      case 9:
        strike_in_ = between(1, 20);
        strike_with_ = kind == 8 ? memory::Fault::fail : memory::Fault::stall;
        return;
      case 10:
        network.stall_connections();
        network.cut_all();
        return after(6s, [this] { heal(); });
      case 11:
        network.cut_all();
        return tell(300);
      default:  // more than the server keeps
        refuse(8s);
        return tell(1500);
    }
  }

  const TransportKind transport_;
  std::mt19937 random_;
  memory::FakeServer server_;
  Complaints complaints_;
  std::shared_ptr<Account> account_;
  std::vector<std::shared_ptr<Account>> accounts_;
  std::shared_ptr<Numbers> room_;
  int told_ = 0;
  int told_room_ = 0;
  int server_reconnects_ = 0;
  int strike_in_ = 0;
  memory::Fault strike_with_ = memory::Fault::none;
  bool ends_ = false;
  bool closing_ = false;

  PendingDial dialing_;
  std::optional<Conn> conn_;
  std::optional<Client> client_;
  std::vector<Subscription> subscriptions_;
};

}  // namespace

TEST_CASE("P#104 P#109 a week with random faults ends with all accounts balanced") {
  for (const TransportKind transport : kTransports) {
    CAPTURE(to_string(transport));
    const unsigned seed = sweep::seed();
    const auto begun = std::chrono::steady_clock::now();
    std::printf("week: SIGNALR_SEED=%u over %s\n", seed, std::string(to_string(transport)).c_str());
    std::fflush(stdout);
    Week week(transport, seed);
    week.live(7 * 24h);
    const Complaints& complaints = week.finish();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    std::printf("week: %.1f s; %d faults, %d dials, %d ends, %d reconnects (%d at the server), %d gaps told\n",
                took.count(), week.faults, week.dials, week.closed, week.reconnects, week.server_reconnects(),
                week.gaps);
    std::printf("week: %d messages sent to all, %d came in all; %d calls made, %d answered, %d failed\n", week.told(),
                week.messages, week.calls, week.answers, week.failures);
    for (const std::string& complaint : complaints) FAIL_CHECK(complaint);
    CHECK(week.calls == week.answers + week.failures + week.dropped);
    CHECK(week.closed == week.dials);
    // The server counts those, too, whose answer was lost; a poll is taken as open when its answer is late.
    const int at_server = week.server_reconnects();
    if (transport != TransportKind::long_polling) CHECK(week.reconnects <= at_server);
    CHECK(at_server <= week.reconnects + week.faults);
    CHECK(week.reconnects > 100);
    CHECK(week.gaps > 10);
  }
}

}  // namespace sweep
