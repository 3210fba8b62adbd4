#include "chaos_user.hpp"

#include <utility>

namespace signalr::test {

using sweep::Account;

ChaosUser::ChaosUser(std::string url, TransportKind transport, DialOptions options, Told& told, Totals& totals,
                     sweep::Complaints& complaints)
    : url_(std::move(url)),
      transport_(transport),
      options_(std::move(options)),
      told_(told),
      totals_(totals),
      complaints_(complaints) {}

void ChaosUser::dial() {
  ++totals_.dials;
  drop();
  accounts_.push_back(account_ = std::make_shared<Account>(complaints_));
  DialOptions options = options_;
  options.transports = {transport_};
  options.retry_interval = std::chrono::milliseconds(100);
  options.request_timeout = options.close_timeout = std::chrono::seconds(2);
  options.params = "key=SECRET";
  options.log = [account = account_](LogLevel, std::string_view line) { account->on_text(line); };
  ConnEvents& events = options.events;
  events.on_state_changed = [account = account_](auto from, auto to) { account->on_state(from, to); };
  events.on_error = [account = account_](const Error& error) { account->on_error(error); };
  events.on_reconnected = [this, account = account_](Duration) {
    account->on_handler(Account::Kind::event, "on_reconnected");
    ++totals_.reconnects;
  };
  events.on_gap = [this, account = account_](const Gap&) {
    account->on_handler(Account::Kind::event, "on_gap");
    account->numbers.on_gap();
    ++totals_.gaps;
  };
  events.on_closed = [this, account = account_](const Error*) {
    account->on_closed();
    ++totals_.ends;
    if (closing_) return;
    const auto& executor = options_.executor;
    executor->schedule(executor->now() + std::chrono::milliseconds(300),
                       [this, weak = std::weak_ptr<Account>(account)] {
                         if (weak.lock() != nullptr && !closing_) dial();  // else the user has gone
                       });
  };
  dialing_ = async_dial(url_, Hubs{{"chat"}}, std::move(options), [this](Result<Conn> dialed) {
    if (dialed.ok()) use(std::move(dialed).value());
  });
}

void ChaosUser::use(Conn conn) {
  conn_.emplace(std::move(conn));
  client_.emplace("chat", *conn_);
  subscription_ = client_->on("number", [this, account = account_](int n) {
    account->on_handler(Account::Kind::message, "on number");
    on_number(n);
  });
}

void ChaosUser::on_number(int n) {
  sweep::Numbers& numbers = account_->numbers;
  ++totals_.messages;
  if (numbers.last() == 0) {
    numbers.begin(n);  // the first one of this connection
  } else {
    const int lost = n - numbers.last() - 1;
    if (lost > 0) {
      totals_.lost += lost;
      const int held = told_.first_held(conn_->state().connection_id);
      if (numbers.last() + 1 >= held) {
        complaints_.push_back("message " + std::to_string(numbers.last() + 1) +
                              " did not come, though the server had " + std::to_string(held) + " and all later ones");
      }
    }
    numbers.on_number(n);
  }
  if (n % 20 == 0) call();
  if (done_ && n >= awaited_) std::exchange(done_, nullptr)();
}

void ChaosUser::call() {
  ++totals_.calls;
  const auto once = account_->expect_over_transport("a call");
  client_->invoke("Echo", totals_.calls).then([this, once, account = account_](Result<RawJson> result) {
    ++once->calls;
    account->on_handler(Account::Kind::completion, "a call");
    if (result.ok()) ++totals_.answers;
  });
}

void ChaosUser::await(int number, std::function<void()> done) {
  awaited_ = number;
  done_ = std::move(done);
}

void ChaosUser::close(std::function<void()> done) {
  closing_ = true;
  if (!conn_) return done();
  conn_->async_close([this, done = std::move(done)](Result<void>) {
    account_->check_all_called();
    done();
  });
}

void ChaosUser::check() {
  drop();
  for (const auto& account : accounts_) account->check_all_gone();
}

void ChaosUser::drop() {
  subscription_.reset();
  client_.reset();
  conn_.reset();
  dialing_ = {};
  if (account_) account_->gone = true;
}

}  // namespace signalr::test
