// Memory for an answer that can't be had on libcurl's thread: the exchange fails, and nothing passes through libcurl.
#include "../../support/scarce_memory.hpp"
#include "fixture.hpp"

namespace signalr::test {
namespace {

TEST_CASE_FIXTURE(Fixture, "P#126 an answer that there is no memory for has failed, and the client goes on") {
  const std::string large(1024 * 1024, 'x');
  ScriptServer server([&](Peer& peer, int) {
    has_all_memory = true;
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n" + large);
    peer.wait_closed();
  });
  HttpRequest request;
  request.url = server.url();
  {
    const ScarceMemory scarce(32 * 1024);
    Exchange::Hooks hooks;
    // While the first piece is looked at, the others heap up.
    hooks.data = [](Exchange&, std::string_view) {
      CHECK(first_failure.wait(kPatience));
      return Flow::more;
    };
    Exchange exchange(loop, client, request, hooks);
    exchange.wait_until([](const Answer& answer) { return answer.ends > 0; });
    const Answer answer = exchange.so_far();
    REQUIRE(answer.error);
    CHECK(answer.error->failure() == TransportFailure::io);
    CHECK(std::string(answer.error->what()).find("no memory") != std::string::npos);
  }
  CHECK(fetch(request).body == large);
}

}  // namespace
}  // namespace signalr::test
