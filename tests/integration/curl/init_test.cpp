// A libcurl that can't be initialised, and one that has no memory of its own: this program gives it both.
#include <curl/curl.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "fixture.hpp"

namespace {

bool initialises = false;
std::atomic<std::size_t> largest{SIZE_MAX};  // what libcurl asks for beyond that, it doesn't get

bool scarce(std::size_t size) { return size > largest; }

}  // namespace

extern "C" [[gnu::visibility("default")]] CURLcode curl_global_init(long flags) {
  if (!initialises) return CURLE_FAILED_INIT;
  return curl_global_init_mem(
      flags, [](std::size_t size) { return scarce(size) ? nullptr : std::malloc(size); },
      [](void* memory) { std::free(memory); },
      [](void* memory, std::size_t size) { return scarce(size) ? nullptr : std::realloc(memory, size); },
      [](const char* text) { return strdup(text); },
      [](std::size_t count, std::size_t size) { return scarce(count * size) ? nullptr : std::calloc(count, size); });
}

namespace signalr::test {
namespace {

TEST_CASE("a libcurl that can't be initialised is told when the client is made, and no memory where it is needed") {
  try {
    make_curl_http_client();
    FAIL("a client was made without libcurl");
  } catch (const TransportError& error) {
    CHECK(static_cast<int>(error.failure()) == static_cast<int>(TransportFailure::tls));
    CHECK(std::string(error.what()).find("libcurl can't be initialised: Failed initialization") != std::string::npos);
  }

  initialises = true;
  Fixture world;
  Keeper keeper;
  CHECK(world.fetch(get(keeper.server.url())).body == "ok");

  largest = 8 * 1024;  // less than what it reads into
  check_failure(world.fetch(get(keeper.server.url("/early"))), TransportFailure::io, Sent::no, "ut of memory");
  largest = SIZE_MAX;

  const std::string line = "X: " + std::string(60'000, 'x') + "\r\n";
  ScriptServer server([&](Peer& peer, int) {
    peer.read_request();
    largest = 32 * 1024;
    peer.send("HTTP/1.1 200 OK\r\n" + line + "Content-Length: 2\r\n\r\nok");
    peer.wait_closed();
  });
  const Answer answer = world.fetch(get(server.url()));
  largest = SIZE_MAX;
  REQUIRE(answer.error);
  CAPTURE(answer.error->what());
  CHECK(std::string(answer.error->what()).find("ut of memory") != std::string::npos);

  CHECK(world.fetch(get(keeper.server.url())).body == "ok");
}

}  // namespace
}  // namespace signalr::test
