#include "account.hpp"

#include <signalr/errors.hpp>

namespace sweep {

using signalr::ConnectionState;

namespace {

// P§1: the changes that there are.
bool is_allowed(ConnectionState from, ConnectionState to) {
  switch (from) {
    case ConnectionState::disconnected:
      return to == ConnectionState::connecting;
    case ConnectionState::connecting:
    case ConnectionState::reconnecting:
      return to == ConnectionState::connected || to == ConnectionState::disconnected;
    case ConnectionState::connected:
      return to == ConnectionState::reconnecting || to == ConnectionState::disconnected;
  }
  return false;
}

}  // namespace

void Numbers::begin(int last) {
  last_ = last;
  counting_ = true;
  gap_told_ = false;
}

void Numbers::on_number(int n) {
  const auto complain = [&](const char* how) {
    complaints_.push_back(name_ + ' ' + std::to_string(n) + " came after " + std::to_string(last_) + how);
  };
  if (n <= last_) {
    if (!twice_ || n + 10 < last_) complain("");
    return;
  }
  if (n == last_ + 1) {
    last_ = n;
    return;
  }
  if (counting_ && !gap_told_) complain(" and no gap was told");
  gap_told_ = false;
  last_ = n;
}

void Numbers::check(int last) const {
  if (complete(last) || gap_told_) return;
  complaints_.push_back("the last " + name_ + " is " + std::to_string(last) + ", only " + std::to_string(last_) +
                        " came and no gap was told");
}

void Account::on_handler(Kind kind, std::string_view name) {
  const std::string handler(name);
  if (gone) complain(handler + " was called after the Conn was destroyed");
  if (stopped) complain(handler + " was called after the executor had stopped");
  if (kind == Kind::message && closing) complain(handler + " was called after close");
  if (kind != Kind::completion && closed_calls != 0) complain(handler + " was called after on_closed");
}

void Account::on_state(ConnectionState from, ConnectionState to) {
  on_handler(Kind::event, "on_state_changed");
  const std::string change = std::string(to_string(from)) + " -> " + std::string(to_string(to));
  if (from != state) complain("the change " + change + " followed the state " + std::string(to_string(state)));
  if (!is_allowed(from, to)) complain("there is no change " + change);
  if (to != ConnectionState::connected) check_transport_lost();
  state = to;
}

void Account::check_transport_lost() {
  for (const auto& one : completions_) {
    if (one->calls == 0 && one->of_transport) complain("the loss was told before the handler of " + one->name);
    one->of_transport = false;
  }
}

void Account::on_closed() {
  on_handler(Kind::event, "on_closed");
  if (state != ConnectionState::disconnected) complain("on_closed was called before Disconnected was told");
  ++closed_calls;
}

void Account::on_error(const signalr::Error& error) {
  // A mistake in on_closed itself, and in what is called after it, is told all the same.
  const bool of_handler = signalr::find_cause<signalr::HandlerError>(error) != nullptr;
  on_handler(of_handler ? Kind::completion : Kind::event, "on_error");
  on_text(error);
}

void Account::on_text(const signalr::Error& error) {
  for (const signalr::Error* link = &error; link != nullptr; link = link->cause().get()) on_text(link->what());
}

void Account::on_text(std::string_view text) {
  if (text.find(kSecret) == std::string_view::npos && text.find("connectionToken") == std::string_view::npos) return;
  complain("a secret was told: " + std::string(text));
}

std::shared_ptr<Once> Account::expect(std::string name) {
  completions_.push_back(std::make_shared<Once>(Once{std::move(name), 0}));
  return completions_.back();
}

std::shared_ptr<Once> Account::expect_over_transport(std::string name) {
  const auto one = expect(std::move(name));
  one->of_transport = state == ConnectionState::connected;
  return one;
}

void Account::check_all_called() {
  for (const auto& one : completions_) {
    if (one->calls == 0 && !gone && !stopped) complain("the handler of " + one->name + " was never called");
  }
}

void Account::check_all_gone() {
  for (const auto& one : completions_) {
    if (one->calls > 1)
      complain("the handler of " + one->name + " was called " + std::to_string(one->calls) + " times");
    if (one.use_count() > 1) complain("the handler of " + one->name + " was not destroyed");
  }
  if (closed_calls > 1) complain("on_closed was called " + std::to_string(closed_calls) + " times");
}

}  // namespace sweep
