// A client and a fake server on an event loop with a thread of its own and real time: for tests about threads.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include <signalr/event_loop.hpp>

#include "scenario.hpp"

namespace scenario {

using namespace signalr;

/// An event loop that counts what is posted to it, so that a test can tell when a call has got that far.
class CountingLoop final : public Executor {
 public:
  void post(Task task) override {
    inner_->post(std::move(task));
    ++posts;
  }
  bool running_here() const noexcept override { return inner_->running_here(); }
  TimePoint now() const noexcept override { return inner_->now(); }
  TimerId schedule(TimePoint when, Task task) override {
    return inner_->schedule(holds_timers ? TimePoint::max() : when, std::move(task));
  }
  void cancel(TimerId id) noexcept override { inner_->cancel(id); }
  Runner runner() const noexcept override { return tells_runner ? inner_->runner() : Runner::unknown; }

  std::atomic<int> posts{0};
  std::atomic<bool> holds_timers{false};  ///< those to come: as on a loop that is run again, and has other work first
  std::atomic<bool> tells_runner{true};   ///< false: as an io_context, which doesn't know who runs it

 private:
  std::shared_ptr<Executor> inner_ = make_event_loop();
};

/// A server whose strand is the loop that the clients use.
struct LoopWorld {
  LoopWorld() {
    on_strand([this] {
      network.emplace(loop);
      server.emplace(*network, "http://server.test");
      server->hub("Chat").on("Echo", [](server::Call& call) { call.result(call.args().at(0)); });
      options.http_client = network->http_client();
      options.dialer = network->dialer();
    });
    options.executor = loop;
  }
  ~LoopWorld() {
    on_strand([this] {
      server.reset();
      network.reset();
    });
  }
  template <class Work>
  void on_strand(Work work) {
    std::promise<void> done;
    loop->post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }
  Conn dial() { return signalr::dial("http://server.test", Hubs{{"chat"}}, options, CallOptions{1min}); }

  std::shared_ptr<CountingLoop> loop = std::make_shared<CountingLoop>();
  std::optional<memory::Network> network;
  std::optional<memory::FakeServer> server;
  DialOptions options;
};

}  // namespace scenario
