#include "link.hpp"

#include <algorithm>
#include <utility>

namespace signalr::memory {

std::string origin_of(const Url& url) { return (url.secure() ? "https://" : "http://") + url.authority(); }

server::Site* Network::State::site(const Url& url) const {
  const std::string origin = origin_of(url);
  const auto found = std::find_if(sites.begin(), sites.end(), [&](const auto& entry) { return entry.first == origin; });
  return found == sites.end() ? nullptr : found->second;
}

void Network::State::add(const std::shared_ptr<Link>& link) {
  links.erase(std::remove_if(links.begin(), links.end(), [](const auto& weak) { return weak.expired(); }), links.end());
  links.push_back(link);
}

std::vector<std::shared_ptr<Link>> Network::State::alive() const {
  std::vector<std::shared_ptr<Link>> found;
  for (const auto& weak : links) {
    if (auto link = weak.lock()) found.push_back(std::move(link));
  }
  return found;
}

Link::Link(Network::State& network, const std::shared_ptr<Executor>& executor)
    : network_(network.weak_from_this()), executor_(executor) {}

void Link::send(Lane& lane, Task arrival) {
  const auto executor = executor_.lock();
  if (!executor) return;
  const auto network = network_.lock();
  const Duration latency = network ? network->latency : Duration::zero();
  const TimePoint now = executor->now();
  if (latency == Duration::zero() && lane.last_due < now) {
    executor->post(std::move(arrival));
    return;
  }
  // Something sent earlier may still be under way: not before it.
  lane.last_due = std::max(lane.last_due, now + latency);
  executor->schedule(lane.last_due, std::move(arrival));
}

void Link::post(Task task) {
  if (const auto executor = executor_.lock()) executor->post(std::move(task));
}

int Link::copies(StepKind kind, std::string_view data) {
  const auto network = network_.lock();
  if (stalled_ || !network || network->closed) return 0;
  const Step step{++network->steps, kind, path_, data};
  // The hook may replace itself, or do anything to this link.
  const auto hook = network->hook;
  const Fault fault = hook ? hook(step) : Fault::none;
  if (fault == Fault::stall) stalled_ = true;
  if (fault == Fault::fail) break_now();
  if (fault == Fault::fail || stalled_) return 0;
  return fault == Fault::duplicate ? 2 : 1;
}

Link::Route Link::route(const server::Request& request) {
  Route result;
  const auto network = network_.lock();
  const auto failed = [&](TransportFailure failure, const std::string& why) {
    result.error.emplace(failure, "connecting to " + request.url.authority() + " failed: " + why, Sent::no);
  };
  if (!network || network->closed) {
    failed(TransportFailure::connect, "the in-memory network is gone");
    return result;
  }
  if (stalled_ || network->weather == Weather::stalled) {
    stalled_ = true;
    return result;
  }
  if (network->weather == Weather::failing) {
    failed(network->failure, network->failure_text);
    return result;
  }
  network->requests.push_back(request);
  result.site = network->site(request.url);
  if (result.site == nullptr) {
    failed(TransportFailure::connect, "no site is bound to " + origin_of(request.url));
  }
  return result;
}

bool Link::found_dead_connection() {
  const auto network = network_.lock();
  if (!network || network->dead_idle == 0) return false;
  --network->dead_idle;
  return true;
}

TransportError unsupported(const std::string& what) {
  return {TransportFailure::unsupported, "the in-memory network " + what, Sent::no};
}

TransportError reset_error() {
  return {TransportFailure::io, "the connection was reset before the answer", Sent::maybe};
}

std::size_t size_of(const Headers& headers) {
  std::size_t size = sizeof "HTTP/1.1 200 OK\r\n";
  for (const Header& header : headers) size += header.name.size() + header.value.size() + 4;
  return size;
}

}  // namespace signalr::memory
