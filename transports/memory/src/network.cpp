// The network's own switches: sites, weather, steps.
#include <signalr/memory/network.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "http_link.hpp"
#include "socket_link.hpp"

namespace signalr::memory {
namespace {

class MemoryHttpClient final : public HttpClient {
 public:
  explicit MemoryHttpClient(std::shared_ptr<Network::State> network) : network_(std::move(network)) {}
  std::unique_ptr<HttpOperation> send(const std::shared_ptr<Executor>& executor, HttpRequest request,
                                      HttpSink& sink) override {
    return send_in_memory(network_, executor, std::move(request), sink);
  }

 private:
  std::shared_ptr<Network::State> network_;
};

class MemoryDialer final : public WebsocketDialer {
 public:
  explicit MemoryDialer(std::shared_ptr<Network::State> network) : network_(std::move(network)) {}
  std::unique_ptr<Operation> dial(const std::shared_ptr<Executor>& executor, DialRequest request,
                                  DialHandler handler) override {
    return dial_in_memory(network_, executor, std::move(request), std::move(handler));
  }

 private:
  std::shared_ptr<Network::State> network_;
};

std::string parsed_origin(std::string_view text) {
  const auto url = Url::parse(text);
  if (!url || (url->scheme != "http" && url->scheme != "https")) {
    throw std::invalid_argument("\"" + std::string(text) +
                                "\" is no origin: expected http:// or https:// with a host and perhaps a port");
  }
  return origin_of(*url);
}

}  // namespace

std::string_view to_string(StepKind kind) noexcept {
  switch (kind) {
    case StepKind::request:
      return "request";
    case StepKind::headers:
      return "headers";
    case StepKind::data:
      return "data";
    case StepKind::done:
      return "done";
    case StepKind::upgrade:
      return "upgrade";
    case StepKind::upgraded:
      return "upgraded";
    case StepKind::to_server:
      return "to server";
    case StepKind::to_client:
      return "to client";
    case StepKind::close_to_server:
      return "close to server";
    case StepKind::close_to_client:
      return "close to client";
  }
  return "unknown";
}

Network::Network(std::shared_ptr<Executor> executor) : state_(std::make_shared<State>()) {
  state_->executor = std::move(executor);
}

Network::~Network() {
  state_->closed = true;
  state_->hook = nullptr;
  for (const auto& link : state_->alive()) link->detach();
}

const std::shared_ptr<Executor>& Network::executor() const noexcept { return state_->executor; }
std::shared_ptr<HttpClient> Network::http_client() const { return std::make_shared<MemoryHttpClient>(state_); }
std::shared_ptr<WebsocketDialer> Network::dialer() const { return std::make_shared<MemoryDialer>(state_); }

void Network::bind(std::string_view origin, server::Site& site) {
  unbind(origin);
  state_->sites.emplace_back(parsed_origin(origin), &site);
}

void Network::unbind(std::string_view origin) {
  const std::string name = parsed_origin(origin);
  auto& sites = state_->sites;
  sites.erase(std::remove_if(sites.begin(), sites.end(), [&](const auto& entry) { return entry.first == name; }),
              sites.end());
}

void Network::fail_connections(TransportFailure failure, std::string message) {
  state_->weather = Weather::failing;
  state_->failure = failure;
  state_->failure_text = std::move(message);
}

void Network::stall_connections() { state_->weather = Weather::stalled; }
void Network::heal() { state_->weather = Weather::fine; }

void Network::kill_idle_connections(std::size_t requests) { state_->dead_idle = requests; }

void Network::cut_all() {
  for (const auto& link : state_->alive()) link->cut();
}

void Network::stall_all() {
  for (const auto& link : state_->alive()) link->stall();
}

void Network::set_latency(Duration latency) { state_->latency = latency; }

void Network::on_step(std::function<Fault(const Step&)> hook) { state_->hook = std::move(hook); }
std::size_t Network::steps() const noexcept { return state_->steps; }

const std::vector<server::Request>& Network::requests() const noexcept { return state_->requests; }
void Network::clear_requests() { state_->requests.clear(); }

std::size_t Network::open_connections() const noexcept {
  std::size_t count = 0;
  for (const auto& link : state_->alive()) count += link->live() ? 1 : 0;
  return count;
}

}  // namespace signalr::memory
