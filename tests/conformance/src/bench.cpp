#include "bench.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

#include "http_probe.hpp"
#include "websocket_probe.hpp"

namespace signalr::conformance {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Keeps a probe for good: adapters have a plain reference to it, and a broken one may call it at any time.
template <class Probe>
Probe* keep(std::unique_ptr<Probe> probe) {
  static auto& mutex = *new std::mutex;  // never destroyed, either
  static auto& kept = *new std::vector<std::unique_ptr<Probe>>;
  const std::lock_guard lock(mutex);
  return kept.emplace_back(std::move(probe)).get();
}

}  // namespace

Bench::Bench(Fixture& fixture) : fixture_(fixture) {}
Bench::~Bench() = default;

const std::shared_ptr<Executor>& Bench::executor() {
  if (executor_ == nullptr) executor_ = fixture_.make_executor();
  return executor_;
}

Peer& Bench::peer() {
  if (peer_ == nullptr) {
    peer_ = fixture_.make_peer(executor());
    peer_->on_change([verdict = verdict_] { verdict->ring(); });
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
  static_cast<void>(dialer());
  return *websockets_.emplace_back(keep(std::make_unique<WebsocketProbe>(verdict_, executor_, dialer_)));
}

HttpProbe& Bench::http() {
  static_cast<void>(client());
  return *requests_.emplace_back(keep(std::make_unique<HttpProbe>(verdict_, executor_, client_)));
}

bool Bench::run_one() {
  bool ran = executor_ != nullptr && executor_->run_one();
  for (const auto& other : others_) ran = other->run_one() || ran;
  return ran;
}

std::string Bench::in_vain(const std::string& what) const {
  return "waited " + std::to_string(fixture_.patience().count()) + " ms in vain for " + what;
}

void Bench::wait_for(const std::function<bool()>& predicate, const std::string& what) {
  const auto deadline = SteadyClock::now() + fixture_.patience();
  std::size_t rings = 0;
  while (!predicate()) {
    // To wait on would tell less than what is known already.
    if (const auto broken = verdict_->broken()) throw Failure{*broken};
    if (SteadyClock::now() > deadline) throw Failure{in_vain(what)};
    if (!run_one()) verdict_->wait(rings);
  }
}

void Bench::await(Loan& loan) {
  const auto deadline = SteadyClock::now() + fixture_.patience();
  std::size_t rings = 0;
  while (!loan.ended()) {
    if (SteadyClock::now() > deadline && loan.give_up() && !loan.ended()) {
      throw Failure{in_vain("a task that was posted to run")};
    }
    if (!run_one()) verdict_->wait(rings);
  }
}

std::shared_ptr<PeerExchange> Bench::arrival(std::size_t index) {
  wait_for([&] { return peer().exchanges().size() > index; },
           "request number " + std::to_string(index + 1) + " to arrive at the peer");
  return peer().exchanges()[index];
}

void Bench::settle() {
  constexpr milliseconds kQuiet{50};
  const auto give_up = SteadyClock::now() + std::chrono::seconds(1);
  auto quiet_since = SteadyClock::now();
  std::size_t rings = 0;
  verdict_->wait(rings);
  while (SteadyClock::now() - quiet_since < kQuiet && SteadyClock::now() < give_up) {
    const std::size_t before = rings;
    const bool ran = run_one();
    if (!ran) verdict_->wait(rings);
    if (ran || rings != before) quiet_since = SteadyClock::now();
  }
  if (!stopped_) strand([] {});
}

void Bench::retire_probes() {
  for (WebsocketProbe* probe : websockets_) probe->retire();
  for (HttpProbe* probe : requests_) probe->retire();
}

std::optional<std::string> Bench::finish() {
  try {
    if (stopped_) {
      retire_probes();
    } else if (executor_ != nullptr) {
      strand([this] { retire_probes(); });
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
  others_.clear();
  executor_ = nullptr;
  return verdict_->broken();
}

Check make_check(std::string name, unsigned needs, void (*body)(Bench&)) {
  return {std::move(name), needs, [body](Fixture& fixture) {
            Bench bench(fixture);
            try {
              body(bench);
            } catch (const Failure& failure) {
              bench.report(failure.text);
            } catch (const std::exception& error) {
              bench.report(std::string("an exception came out of the adapter: ") + error.what());
            }
            return bench.finish();
          }};
}

bool has_no_thread(Executor& executor) {
  executor.post([] {});
  return executor.run_one();
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
