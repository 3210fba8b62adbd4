// The script in front of the server: each request is first offered to the expectations.
#include <signalr/memory/fake_server.hpp>

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <utility>

#include "ascii.hpp"
#include "channels.hpp"
#include "expectation.hpp"

namespace signalr::memory {

using server::Channel;
using server::Exchange;
using server::Request;
using server::Upgrade;

// Shared with delayed answers, which find it gone when the server is.
struct FakeServer::State : std::enable_shared_from_this<FakeServer::State> {
  std::shared_ptr<VirtualExecutor> own_clock;  // null on a network that was given
  std::unique_ptr<Network> own_network;
  Network* network = nullptr;
  std::string origin;
  std::unique_ptr<server::HubServer> app;
  std::vector<std::shared_ptr<Expectation::State>> script;
  std::vector<std::shared_ptr<Channel>> peers;
  std::vector<std::string> received;
  std::vector<Request> requests;

  std::shared_ptr<Expectation::State> take(const Request& request) {
    requests.push_back(request);
    for (const auto& expectation : script) {
      if (expectation->matches(request)) {
        expectation->met();
        return expectation;
      }
    }
    return nullptr;
  }

  // Acts on a request now, or after the expectation's delay.
  template <class Conversation>
  void act(const std::shared_ptr<Expectation::State>& expectation, std::shared_ptr<Conversation> conversation) {
    if (!expectation || expectation->delay == Duration::zero()) {
      perform(expectation, std::move(conversation));
      return;
    }
    const auto& executor = network->executor();
    executor->schedule(executor->now() + expectation->delay,
                       [weak = weak_from_this(), expectation, conversation = std::move(conversation)] {
                         if (const auto state = weak.lock()) state->perform(expectation, conversation);
                       });
  }

  void perform(const std::shared_ptr<Expectation::State>& expectation, std::shared_ptr<Exchange> exchange) {
    using Action = Expectation::State::Action;
    switch (expectation ? expectation->action : Action::serve) {
      case Action::serve:
        app->on_request(std::move(exchange));
        break;
      case Action::answer:
        exchange->answer(expectation->status, expectation->headers, expectation->body);
        break;
      case Action::truncate:
        exchange->start(200, expectation->headers);
        exchange->write(expectation->body);
        exchange->cut();
        break;
      case Action::hang:
        break;
      case Action::fail:
        exchange->fail(expectation->failure, expectation->body);
        break;
      case Action::accept:
        accept(std::move(exchange));
        break;
      case Action::run:
        expectation->run(std::move(exchange));
        break;
    }
  }

  void perform(const std::shared_ptr<Expectation::State>& expectation, std::shared_ptr<Upgrade> upgrade) {
    using Action = Expectation::State::Action;
    switch (expectation ? expectation->action : Action::serve) {
      case Action::serve:
        app->on_upgrade(std::move(upgrade));
        break;
      case Action::answer:
        upgrade->refuse(expectation->status, expectation->headers, expectation->body);
        break;
      case Action::hang:
        break;
      case Action::truncate:
        upgrade->fail(TransportFailure::closed, "the server closed the connection");
        break;
      case Action::fail:
        upgrade->fail(expectation->failure, expectation->body);
        break;
      case Action::accept:
        accept(*upgrade, expectation->headers);
        break;
      case Action::run:
        upgrade->refuse(500, {}, "Expectation::run takes HTTP requests only.");
        break;
    }
  }

  void accept(std::shared_ptr<Exchange> exchange) {
    const bool stream = equal_ignoring_case(exchange->request().query("transport"), server::kServerSentEvents);
    peers.push_back(stream ? server::make_stream_channel(std::move(exchange), app->settings().line_end)
                           : server::make_poll_channel(std::move(exchange)));
  }

  void accept(Upgrade& upgrade, const Headers& headers) {
    server::SocketHandlers handlers;
    handlers.on_message = [weak = weak_from_this()](MessageType, std::string_view text) {
      if (const auto state = weak.lock()) state->received.emplace_back(text);
    };
    if (auto socket = upgrade.accept(headers, std::move(handlers))) {
      peers.push_back(server::make_socket_channel(std::move(socket)));
    }
  }
};

FakeServer::FakeServer(server::ServerSettings settings) : state_(std::make_shared<State>()) {
  state_->own_clock = std::make_shared<VirtualExecutor>();
  state_->own_network = std::make_unique<Network>(state_->own_clock);
  attach(*state_->own_network, "http://server.test", std::move(settings));
}

FakeServer::FakeServer(Network& network, std::string_view origin, server::ServerSettings settings)
    : state_(std::make_shared<State>()) {
  attach(network, origin, std::move(settings));
}

void FakeServer::attach(Network& network, std::string_view origin, server::ServerSettings settings) {
  network.bind(origin, *this);
  state_->network = &network;
  state_->origin = origin;
  state_->app = std::make_unique<server::HubServer>(network.executor(), std::move(settings));
  const std::weak_ptr<State> weak = state_;
  state_->app->on_channel([weak](const std::string&, std::shared_ptr<Channel> channel) {
    if (const auto state = weak.lock()) state->peers.push_back(std::move(channel));
  });
  state_->app->on_received([weak](const std::string&, std::string_view text) {
    if (const auto state = weak.lock()) state->received.emplace_back(text);
  });
}

FakeServer::~FakeServer() {
  state_->network->unbind(state_->origin);
  if (state_->own_clock) state_->own_clock->stop();
  state_->app.reset();  // before the network that its channels use
}

const std::string& FakeServer::origin() const noexcept { return state_->origin; }
std::string FakeServer::url() const { return state_->origin + state_->app->settings().path; }
Network& FakeServer::network() noexcept { return *state_->network; }
const std::shared_ptr<Executor>& FakeServer::executor() const noexcept { return state_->network->executor(); }
std::shared_ptr<HttpClient> FakeServer::http_client() const { return state_->network->http_client(); }
std::shared_ptr<WebsocketDialer> FakeServer::dialer() const { return state_->network->dialer(); }
server::HubServer& FakeServer::app() noexcept { return *state_->app; }

VirtualExecutor& FakeServer::clock() {
  auto* clock = dynamic_cast<VirtualExecutor*>(executor().get());
  if (clock == nullptr) {
    throw std::logic_error("FakeServer::clock needs a network that runs on a VirtualExecutor, and this one does not");
  }
  return *clock;
}

Expectation FakeServer::expect(std::string_view command) {
  static constexpr std::string_view kCommands[] = {"negotiate", "connect",   "start", "send",
                                                   "poll",      "reconnect", "abort", "ping"};
  if (std::find(std::begin(kCommands), std::end(kCommands), command) == std::end(kCommands)) {
    throw std::invalid_argument("FakeServer::expect: \"" + std::string(command) + "\" is no command of SignalR");
  }
  auto expectation = std::make_shared<Expectation::State>();
  expectation->command = command;
  state_->script.push_back(expectation);
  return Expectation(std::move(expectation));
}

std::string FakeServer::unmet() const {
  std::string text;
  for (const auto& expectation : state_->script) text += expectation->complaint();
  return text;
}

Peer FakeServer::peer() const {
  if (state_->peers.empty()) throw std::out_of_range("FakeServer::peer: no client has opened a transport yet");
  return Peer(state_->peers.back());
}

Peer FakeServer::peer(std::size_t index) const {
  if (index >= state_->peers.size()) {
    throw std::out_of_range("FakeServer::peer: there is no transport " + std::to_string(index) + ", only " +
                            std::to_string(state_->peers.size()) + " were opened");
  }
  return Peer(state_->peers[index]);
}

std::size_t FakeServer::peers() const noexcept { return state_->peers.size(); }
const std::vector<std::string>& FakeServer::received() const noexcept { return state_->received; }

std::vector<Request> FakeServer::requests(std::string_view command) const {
  std::vector<Request> found;
  for (const Request& request : state_->requests) {
    if (command.empty() || request.command() == command) found.push_back(request);
  }
  return found;
}

std::vector<std::string> FakeServer::transcript() const {
  std::vector<std::string> lines;
  for (const Request& request : state_->requests) {
    const std::string transport = request.query("transport");
    lines.push_back(transport.empty() ? request.command() : request.command() + ' ' + transport);
  }
  return lines;
}

void FakeServer::clear_history() {
  state_->received.clear();
  state_->requests.clear();
  state_->peers.clear();
  state_->app->clear_history();
  state_->network->clear_requests();
}

void FakeServer::on_request(std::shared_ptr<Exchange> exchange) {
  const auto expectation = state_->take(exchange->request());
  state_->act(expectation, std::move(exchange));
}

void FakeServer::on_upgrade(std::shared_ptr<Upgrade> upgrade) {
  const auto expectation = state_->take(upgrade->request());
  state_->act(expectation, std::move(upgrade));
}

}  // namespace signalr::memory
