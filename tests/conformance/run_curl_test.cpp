// The HttpClient over libcurl, on the core's event loop.
#include <signalr/curl/http_client.hpp>

#include "run_checks.hpp"

using namespace signalr;
using namespace signalr::conformance;

namespace {

class CurlFixture final : public Fixture {
 public:
  std::shared_ptr<HttpClient> make_http_client(const std::shared_ptr<Executor>&, Peer&) override {
    return make_curl_http_client();
  }
};

}  // namespace

TEST_CASE("P#132 the client over libcurl keeps the HttpClient's contract") {
  CurlFixture fixture;
  run_checks(http_client_checks(), fixture);
}
