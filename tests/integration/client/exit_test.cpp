// Ends its process as a careless program does: with statics and a thread's own in the middle of something.
#include <cstdlib>
#include <future>
#include <optional>
#include <string>
#include <thread>

#include <signalr/client.hpp>
#include <signalr/default_transport.hpp>

#include "demo_site.hpp"
#include "test_server.hpp"

using namespace signalr;
using namespace signalr::test;

namespace {

// The connection goes first: nothing of it runs while what its handlers use goes.
std::optional<Client> client;
std::optional<Invocation> call;
Subscription subscription;
std::optional<Conn> conn;
std::optional<PendingDial> pending;
thread_local std::optional<Conn> own;

}  // namespace

int main(int, char** arguments) {
  const std::string where = arguments[1];
  // Serves on while the statics go.
  static auto* const server = new TestServer([](std::shared_ptr<Executor> executor) {
    return std::make_unique<DemoSite>(std::move(executor), std::chrono::milliseconds(1), server::ServerSettings());
  });
  const Hubs hubs{{"TestHub"}};
  const DialOptions options = make_default_transport();
  if (where == "dialing") {
    pending = async_dial(server->url(), hubs, options, [](Result<Conn> dialed) { conn = std::move(dialed).value(); });
    return 0;
  }
  if (where == "thread") {
    std::thread([&] { own = dial(server->url(), hubs, options); }).join();
    own = dial(server->url(), hubs, options);
    std::exit(0);
  }
  conn = dial(server->url(), hubs, options);
  client.emplace("TestHub", *conn);
  if (where == "handler") {
    client->on("tick", [] { std::exit(0); }).detach();
    std::promise<void>().get_future().wait();
  }
  if (where == "blocked") {
    std::promise<void> begun;
    std::thread([&begun, own_client = std::move(*client)]() mutable {
      begun.set_value();
      try {
        own_client.run();
      } catch (const Error&) {  // ConnectionGone, or nothing before the process has ended
      }
    }).detach();
    begun.get_future().wait();
    std::exit(0);
  }
  call = client->invoke("Echo", 1);
  subscription = client->on("tick", [] { client->invoke("Echo", 2); });
  return 0;
}
