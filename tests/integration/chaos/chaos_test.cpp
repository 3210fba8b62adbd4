// The whole client and the test server with a network between them that breaks all the time: nothing is lost without a
// word, nothing comes twice.
//
// SIGNALR_CHAOS_CUTS=5000 goes on for so many cuts instead of 200; SIGNALR_SEED draws the same faults again, though not
// at the same times.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <random>

#include "chaos_user.hpp"
#include "fault_proxy.hpp"
#include "test_server.hpp"

using namespace signalr;
using namespace signalr::test;

namespace {

constexpr std::chrono::seconds kPatience(120);
constexpr int kUsers = 48;
const std::vector<TransportKind> kTransports = {TransportKind::websockets, TransportKind::server_sent_events,
                                                TransportKind::long_polling};

int from_environment(const char* name, int otherwise) {
  const char* given = std::getenv(name);
  return given == nullptr ? otherwise : std::atoi(given);
}

// Runs a task on the executor and waits for its end.
void run_on(Executor& executor, const std::function<void()>& task) {
  std::promise<void> done;
  executor.post([&] {
    task();
    done.set_value();
  });
  done.get_future().get();
}

// All of them, each once.
class Countdown {
 public:
  explicit Countdown(int count) : left_(count) {}
  void one() {
    if (--left_ == 0) done_.set_value();
  }
  bool wait() { return done_.get_future().wait_for(kPatience) == std::future_status::ready; }

 private:
  std::atomic<int> left_;
  std::promise<void> done_;
};

}  // namespace

TEST_CASE(
    "P#104 P#109 through cuts, resets, silence, delays and refusals no message is lost without a word or doubled") {
  const int wanted = from_environment("SIGNALR_CHAOS_CUTS", 200);
  const auto seed = static_cast<unsigned>(from_environment("SIGNALR_SEED", static_cast<int>(std::random_device{}())));
  std::printf("chaos: SIGNALR_SEED=%d, %d cuts\n", static_cast<int>(seed), wanted);
  const auto begun = std::chrono::steady_clock::now();
  const auto told = std::make_shared<Told>(ChaosSite::kBuffer);
  TestServer server(
      [&](std::shared_ptr<Executor> executor) { return std::make_unique<ChaosSite>(std::move(executor), told); });
  std::promise<void> enough;
  FaultProxy proxy({server.port(), seed, [&](int cuts) {
                      if (cuts == wanted) enough.set_value();
                    }});

  const DefaultTransport transport = make_default_transport();
  Executor& executor = *transport.executor;
  sweep::Complaints complaints;
  ChaosUser::Totals totals;
  std::vector<std::unique_ptr<ChaosUser>> users;
  for (int i = 0; i < kUsers; ++i) {
    users.push_back(std::make_unique<ChaosUser>(proxy.url(),
                                                kTransports[static_cast<std::size_t>(i) % kTransports.size()],
                                                transport, *told, totals, complaints));
  }
  run_on(executor, [&] {
    for (const auto& user : users) user->dial();
  });
  CHECK(enough.get_future().wait_for(kPatience + std::chrono::seconds(wanted)) == std::future_status::ready);

  proxy.make_peace();
  Countdown up(kUsers);
  run_on(executor, [&] {
    for (const auto& user : users) user->await(told->last() + 100, [&up] { up.one(); });
  });
  CHECK(up.wait());
  Countdown over(kUsers);
  run_on(executor, [&] {
    for (const auto& user : users) user->close([&over] { over.one(); });
  });
  CHECK(over.wait());
  run_on(executor, [&] {
    for (const auto& user : users) user->check();
  });

  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const FaultProxy::Counts counts = proxy.counts();
  std::printf(
      "chaos: %.1f s; %d cuts (%d closed, %d reset, %d silent; %d were slow before), %d requests broken, refused %d "
      "times\n",
      took.count(), counts.cuts(), counts.closed, counts.reset, counts.silenced, counts.slow, counts.requests,
      counts.refusals);
  std::printf(
      "chaos: %d numbers sent, %d messages came to %d users; %d reconnects, %d dials, %d ends; %d gaps told, %d lost "
      "in them; %d of %d calls answered\n",
      told->last(), totals.messages, kUsers, totals.reconnects, totals.dials, totals.ends, totals.gaps, totals.lost,
      totals.answers, totals.calls);
  for (const std::string& complaint : complaints) FAIL_CHECK(complaint);
  CHECK(counts.cuts() >= wanted);
  CHECK(totals.messages > 2000);
  CHECK(totals.ends == totals.dials);
  int at_server = 0;
  server.run([&](server::Site& site) {
    for (const auto& event : dynamic_cast<ChaosSite&>(site).hubs().events()) {
      at_server += event.kind == server::LifecycleEvent::Kind::reconnected ? 1 : 0;
    }
  });
  CHECK(totals.reconnects <= at_server);
}
