// Memory that can't be had, over real sockets: for a message, and for what OpenSSL needs to begin.
#include <dlfcn.h>

#include <atomic>

#include <openssl/crypto.h>
#include <signalr/client.hpp>
#include <signalr/websocketpp/dialer.hpp>

#include "../../support/scarce_memory.hpp"
#include "world.hpp"

using namespace signalr;
using namespace signalr::test;

namespace {
std::atomic<bool> no_openssl{false};
}

// In front of OpenSSL's.
extern "C" int OPENSSL_init_crypto(std::uint64_t options, const OPENSSL_INIT_SETTINGS* settings) {
  using Function = int (*)(std::uint64_t, const OPENSSL_INIT_SETTINGS*);
  static const auto original = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "OPENSSL_init_crypto"));
  return no_openssl ? 0 : original(options, settings);
}

TEST_CASE("P#126 a message that there is no memory for is a lost transport, and comes again when there is some") {
  for (const TransportKind kind :
       {TransportKind::websockets, TransportKind::server_sent_events, TransportKind::long_polling}) {
    CAPTURE(to_string(kind));
    Local local;
    std::promise<std::size_t> came;
    std::promise<std::string> lost;
    std::atomic<bool> told{false};
    DialOptions options;
    options.transports = {kind};
    options.retry_interval = std::chrono::milliseconds(10);
    options.events.on_reconnecting = [&](const Error& reason, int) {
      if (told.exchange(true)) return;
      largest_allocation = SIZE_MAX;
      lost.set_value(reason.what());
    };
    Conn conn = local.dial("TestHub", std::move(options));
    Client client("TestHub", conn);
    const Subscription on = client.on("Large", [&](std::string_view text) { came.set_value(text.size()); });
    client.async_run([](const Result<void>&) {});
    CHECK(client.invoke(patiently(), "Echo", 1).get<int>() == 1);  // the handler is there

    local.hubs([](server::HubServer&) { has_all_memory = true; });
    const ScarceMemory scarce(512 * 1024);
    local.hubs([](server::HubServer& hubs) {
      hubs.broadcast("testhub", "Large", "[\"" + std::string(2'000'000, 'x') + "\"]");
    });
    auto loss = lost.get_future();
    REQUIRE(loss.wait_for(kPatience) == std::future_status::ready);
    CHECK(loss.get().find("no memory") != std::string::npos);
    auto size = came.get_future();
    REQUIRE(size.wait_for(kPatience) == std::future_status::ready);
    CHECK(size.get() == 2'000'000);
  }
}

TEST_CASE("an OpenSSL that can't be initialised is told when the dialer is made") {
  no_openssl = true;
  CHECK_THROWS_AS(make_websocketpp_dialer(), TransportError);
  no_openssl = false;
  CHECK_NOTHROW(make_websocketpp_dialer());
}
