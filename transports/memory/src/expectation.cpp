#include "expectation.hpp"

#include "ascii.hpp"

namespace signalr::memory {

using Action = Expectation::State::Action;

bool Expectation::State::matches(const server::Request& request) const {
  if ((left == 0 && !endless) || request.command() != command) return false;
  for (const auto& [name, value] : query) {
    // Polls may have theirs in the body (P§5.5).
    const std::string there = request.has_query(name) ? request.query(name) : request.form(name);
    if (there.empty() != value.empty() || !equal_ignoring_case(there, value)) return false;
  }
  return true;
}

void Expectation::State::met() noexcept {
  if (left != 0) --left;
}

std::string Expectation::State::complaint() const {
  if (left == 0 || endless) return {};
  std::string text = command;
  for (const auto& [name, value] : query) text.append(" ").append(name).append("=").append(value);
  if (left != 1) text += ", " + std::to_string(left) + " times";
  return text + '\n';
}

Expectation::Expectation(std::shared_ptr<State> state) : state_(std::move(state)) {}

Expectation& Expectation::with(std::string_view query_name, std::string_view value) {
  state_->query.emplace_back(query_name, value);
  return *this;
}

Expectation& Expectation::times(std::size_t count) {
  state_->left = count;
  return *this;
}

Expectation& Expectation::always() {
  state_->endless = true;
  return *this;
}

Expectation& Expectation::after(Duration delay) {
  state_->delay = delay;
  return *this;
}

Expectation& Expectation::serve() {
  state_->action = Action::serve;
  return *this;
}

Expectation& Expectation::answer(std::string json) {
  return answer(200, std::move(json), {{"Content-Type", "application/json; charset=UTF-8"}});
}

Expectation& Expectation::answer(int status, std::string body, Headers headers) {
  state_->action = Action::answer;
  state_->status = status;
  state_->body = std::move(body);
  state_->headers = std::move(headers);
  return *this;
}

Expectation& Expectation::truncate(std::string body) {
  state_->action = Action::truncate;
  state_->headers = {{"Content-Type", "application/json; charset=UTF-8"}};
  state_->body = std::move(body);
  return *this;
}

Expectation& Expectation::hang() {
  state_->action = Action::hang;
  return *this;
}

Expectation& Expectation::fail(TransportFailure failure, std::string message) {
  state_->action = Action::fail;
  state_->failure = failure;
  state_->body = std::move(message);
  return *this;
}

Expectation& Expectation::accept(Headers headers) {
  state_->action = Action::accept;
  state_->headers = std::move(headers);
  return *this;
}

Expectation& Expectation::run(std::function<void(std::shared_ptr<server::Exchange>)> action) {
  state_->action = Action::run;
  state_->run = std::move(action);
  return *this;
}

server::Channel& Peer::channel() const { return *channel_; }
bool Peer::open() const { return channel_ && channel_->open(); }
const std::string& Peer::transport() const { return channel().transport(); }

Peer& Peer::send(std::string_view frame) {
  channel().send(frame);
  return *this;
}

Peer& Peer::send_binary(std::string_view bytes) {
  channel().send_binary(std::string(bytes));
  return *this;
}

Peer& Peer::keep_alive() {
  channel().keep_alive();
  return *this;
}

void Peer::close(std::uint16_t code, std::string_view reason) { channel().close(code, reason); }
void Peer::cut() { channel().cut(); }

}  // namespace signalr::memory
