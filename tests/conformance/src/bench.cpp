#include "bench.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "http_probe.hpp"
#include "websocket_probe.hpp"

namespace signalr::conformance {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

}  // namespace

void Bell::ring() {
  {
    const std::lock_guard lock(mutex_);
    ++rings_;
  }
  changed_.notify_all();
}

void Bell::wait(std::size_t& seen) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, milliseconds(2), [&] { return rings_ != seen; });
  seen = rings_;
}

Bench::Bench(Fixture& fixture) : fixture_(fixture) {}
Bench::~Bench() = default;

const std::shared_ptr<Executor>& Bench::executor() {
  if (executor_ == nullptr) executor_ = fixture_.make_executor();
  return executor_;
}

Peer& Bench::peer() {
  if (peer_ == nullptr) {
    peer_ = fixture_.make_peer(executor());
    peer_->on_change([bell = bell_] { bell->ring(); });
  }
  return *peer_;
}

WebsocketDialer& Bench::dialer() {
  if (dialer_ == nullptr) dialer_ = fixture_.make_dialer(executor(), peer());
  require(dialer_ != nullptr, "Fixture::make_dialer gave nothing");
  return *dialer_;
}

HttpClient& Bench::client() {
  if (client_ == nullptr) client_ = fixture_.make_http_client(executor(), peer());
  require(client_ != nullptr, "Fixture::make_http_client gave nothing");
  return *client_;
}

void Bench::stop_executor() {
  fixture_.stop(*executor());
  stopped_ = true;
}

WebsocketProbe& Bench::websocket() {
  return *websockets_.emplace_back(std::make_unique<WebsocketProbe>(*this, *executor(), dialer()));
}

HttpProbe& Bench::http() { return *requests_.emplace_back(std::make_unique<HttpProbe>(*this, *executor(), client())); }

void Bench::report(std::string text) {
  {
    const std::lock_guard lock(mutex_);
    if (!broken_) broken_ = std::move(text);
  }
  bell_->ring();
}

bool Bench::help() {
  bool helped = executor_ != nullptr && executor_->help();
  for (const auto& other : others_) helped = other->help() || helped;
  return helped;
}

void Bench::wait(const std::function<bool()>& predicate, const std::string& what, bool only_while_unbroken) {
  const auto deadline = SteadyClock::now() + fixture_.patience();
  std::size_t rings = 0;
  while (!predicate()) {
    if (only_while_unbroken) {  // to wait on would tell less than what is known already
      const std::lock_guard lock(mutex_);
      if (broken_) throw Failure{*broken_};
    }
    if (SteadyClock::now() > deadline) {
      throw Failure{"waited " + std::to_string(fixture_.patience().count()) + " ms in vain for " + what};
    }
    if (!help()) bell_->wait(rings);
  }
}

std::shared_ptr<PeerExchange> Bench::arrival(std::size_t index) {
  wait_for([&] { return peer().exchanges().size() > index; },
           "request number " + std::to_string(index + 1) + " to arrive at the peer");
  return peer().exchanges()[index];
}

void Bench::settle() {
  constexpr milliseconds kQuiet{20};
  const auto give_up = SteadyClock::now() + std::chrono::seconds(1);
  auto quiet_since = SteadyClock::now();
  std::size_t rings = 0;
  bell_->wait(rings);
  while (SteadyClock::now() - quiet_since < kQuiet && SteadyClock::now() < give_up) {
    const std::size_t before = rings;
    const bool helped = help();
    if (!helped) bell_->wait(rings);
    if (helped || rings != before) quiet_since = SteadyClock::now();
  }
  if (!stopped_) strand([] {});
}

void Bench::destroy_probes() {
  for (const auto& probe : websockets_) probe->destroy_all();
  for (const auto& probe : requests_) probe->destroy();
}

std::optional<std::string> Bench::finish() {
  try {
    if (stopped_) {
      destroy_probes();
    } else if (executor_ != nullptr) {
      strand([this] { destroy_probes(); });
      if (!websockets_.empty() || !requests_.empty()) settle();
      strand([this] {
        dialer_ = nullptr;
        client_ = nullptr;
      });
    }
  } catch (const Failure& failure) {
    report(failure.text);
  }
  dialer_ = nullptr;
  client_ = nullptr;
  if (peer_ != nullptr) peer_->on_change(nullptr);
  peer_ = nullptr;
  executor_ = nullptr;
  const std::lock_guard lock(mutex_);
  return broken_;
}

Check make_check(std::string name, unsigned needs, void (*body)(Bench&)) {
  return {std::move(name), needs, [body](Fixture& fixture) {
            Bench bench(fixture);
            try {
              body(bench);
            } catch (const Failure& failure) {
              bench.report(failure.text);
            }
            return bench.finish();
          }};
}

bool runs_by_help(Executor& executor) {
  executor.post([] {});
  return executor.help();
}

void let_callbacks_queue_up() {
  const auto end = SteadyClock::now() + milliseconds(5);
  while (SteadyClock::now() < end) std::this_thread::yield();
}

void await_gone(Bench& bench, const PeerExchange& peer, const std::string& what) {
  bench.wait_for([&] { return peer.gone(); }, "the peer to see the connection dropped of " + what);
}

Duration fastest_of(int tries, const std::function<Duration()>& measure) {
  Duration fastest = Duration::max();
  for (int i = 0; i < tries; ++i) fastest = std::min(fastest, measure());
  return fastest;
}

}  // namespace signalr::conformance
