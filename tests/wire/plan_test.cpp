// How exchanges are sorted into sessions and answers to be fed.
#include <doctest/doctest.h>

#include "episode.hpp"
#include "outcome.hpp"
#include "plan.hpp"
#include "sample.hpp"

using namespace wire;

namespace {

Plan plan_of(const Recording& recording) { return make_plan(recording); }

RecordedExchange answered(RecordedExchange exchange, int status, std::string body) {
  exchange.response = usual_answer(status, std::move(body), exchange.t_ms);
  exchange.frames.clear();
  return exchange;
}

}  // namespace

TEST_CASE("a plain session is one episode that ends with the user's close") {
  const Recording recording = plain_session();
  const Plan plan = plan_of(recording);
  REQUIRE(plan.episodes.size() == 1);
  CHECK(plan.needs.empty());
  CHECK_FALSE(plan.episodes[0].fed);
  CHECK(plan.episodes[0].ending == Ending::close);
  CHECK(plan.episodes[0].end_ms == 50);
  const Episode episode = realize(plan.episodes[0], recording);
  CHECK(expected_outcome(episode).kind == Outcome::Kind::connected);
  CHECK(expected_outcome(episode).steps.size() == 4);
}

TEST_CASE("what our client would never send is fed by itself") {
  const Identity identity = sample_identity();
  Recording recording = plain_session();
  auto& exchanges = recording.exchanges;
  SUBCASE("a second start") { exchanges.push_back(usual_start(identity, kUsualToken, 45)); }
  SUBCASE("another token") { exchanges.push_back(answered(usual_connect(identity, "garbage", 45), 400, "no")); }
  SUBCASE("another user") {
    exchanges.push_back(answered(usual_start(identity, kUsualToken, 45), 403, "no"));
    exchanges.back().request->headers.emplace_back("Authorization", "Bearer bob");
  }
  SUBCASE("an unknown transport") {
    exchanges.push_back(answered(usual_connect(identity, kUsualToken, 5), 400, "no"));
    exchanges.back().request->query[2].second = "carrierPigeon";
  }
  SUBCASE("anything after abort") { exchanges.push_back(usual_abort(identity, kUsualToken, 60)); }
  SUBCASE("a version that we don't know") {
    exchanges.push_back(usual_negotiate({"/signalr/", {{"clientProtocol", "abc"}}, {}}, 60));
  }
  SUBCASE("a login") {
    exchanges.push_back(answered(usual_negotiate({"/", {}, {}}, 60), 200, "ok"));
    exchanges.back().request->path = "/login";
  }
  recording = recording_of(exchanges);
  const Plan plan = plan_of(recording);
  REQUIRE(plan.episodes.size() == 2);
  CHECK_FALSE(plan.episodes[0].fed);
  CHECK(plan.episodes[0].exchanges.size() == 4);
  CHECK(plan.episodes[1].fed);
}

TEST_CASE("a token that was never used gets the usual connection") {
  const Recording recording = recording_of({usual_negotiate(sample_identity(), 0)});
  const Plan plan = plan_of(recording);
  REQUIRE(plan.episodes.size() == 1);
  const Outcome outcome = expected_outcome(realize(plan.episodes[0], recording));
  CHECK(outcome.kind == Outcome::Kind::connected);
}

TEST_CASE("a redirect is followed to the same session, with its token") {
  const Identity identity = sample_identity();
  RecordedExchange first =
      answered(usual_negotiate({"/other/", identity.query, {}}, 0), 200,
               R"({"ProtocolVersion":"2.0","RedirectUrl":"http://x/signalr?a=b","AccessToken":"t"})");
  Identity second = identity;
  second.headers = {{"Authorization", "Bearer t"}};
  SUBCASE("the client follows") {
    const Recording recording =
        recording_of({first, usual_negotiate(second, 1), usual_connect(second, kUsualToken, 2)});
    const Plan plan = plan_of(recording);
    REQUIRE(plan.episodes.size() == 1);
    CHECK(plan.episodes[0].exchanges.size() == 3);
    CHECK(plan.episodes[0].usual_start);
  }
  SUBCASE("without the token it is somebody else's") {
    const Recording recording = recording_of({first, usual_negotiate(identity, 1)});
    CHECK(plan_of(recording).episodes.size() == 2);
  }
  SUBCASE("nobody follows: the server redirects for ever") {
    const Plan plan = plan_of(recording_of({first}));
    CHECK(plan.episodes[0].repeats);
    const Recording recording = recording_of({first});
    CHECK(expected_outcome(realize(plan.episodes[0], recording)).limit);
  }
}

TEST_CASE("an HTTP redirect of negotiate leads all that follows there, wherever the recorded client went") {
  const Identity there = sample_identity();
  Identity asked = there;
  asked.base = "/other/";
  RecordedExchange first = answered(usual_negotiate(asked, 0), 302, "");
  first.response->headers = {{"Location", "/signalr/negotiate?clientProtocol=1.5"}};
  const RecordedExchange second = usual_negotiate(there, 1);
  Recording recording;
  SUBCASE("it kept the address") {
    recording = recording_of({first, second, usual_connect(asked, kUsualToken, 2), usual_start(asked, kUsualToken, 3)});
  }
  SUBCASE("it went there") {
    recording = recording_of({first, second, usual_connect(there, kUsualToken, 2), usual_start(there, kUsualToken, 3)});
  }
  SUBCASE("it did no more") { recording = recording_of({first, second}); }
  const Plan plan = plan_of(recording);
  REQUIRE(plan.episodes.size() == 1);
  const Episode episode = realize(plan.episodes[0], recording);
  REQUIRE(episode.steps.size() >= 4);
  CHECK(episode.steps[0].request->path == "/other/negotiate");
  for (std::size_t i = 1; i < episode.steps.size(); ++i) CHECK(episode.steps[i].request->base() == "/signalr/");
}

TEST_CASE("of a redirected session is nothing that went to a third address") {
  Identity asked = sample_identity();
  asked.base = "/other/";
  RecordedExchange first = answered(usual_negotiate(asked, 0), 302, "");
  first.response->headers = {{"Location", "/signalr/negotiate?clientProtocol=1.5"}};
  Identity third = sample_identity();
  third.base = "/elsewhere/";
  const Recording recording =
      recording_of({first, usual_negotiate(sample_identity(), 1), usual_connect(third, kUsualToken, 2)});
  CHECK(plan_of(recording).episodes.size() == 2);
}

TEST_CASE("what a session needs is told") {
  const Identity identity = sample_identity();
  RecordedExchange connect = answered(usual_connect(identity, kUsualToken, 10), 200, "{}");
  SUBCASE("forever frame") {
    connect.request->query[2].second = "foreverFrame";
    CHECK(plan_of(recording_of({usual_negotiate(identity, 0), connect})).needs == "foreverFrame");
  }
  SUBCASE("JSONP") {
    connect.request->query[2].second = "longPolling";
    connect.request->query.emplace_back("callback", "cb");
    CHECK(plan_of(recording_of({usual_negotiate(identity, 0), connect})).needs == "JSONP");
  }
}

TEST_CASE("a client that just goes away drops the connection; the server's end is a loss") {
  Recording recording = plain_session();
  recording.exchanges.pop_back();
  RecordedExchange& connect = recording.exchanges[1];
  SUBCASE("the client") {
    connect.frames.pop_back();
    connect.ended_by = EndedBy::client;
    const Plan plan = plan_of(recording);
    CHECK(plan.episodes[0].ending == Ending::drop);
    CHECK(realize(plan.episodes[0], recording).all("reconnect").empty());
  }
  SUBCASE("the server") {
    const Plan plan = plan_of(recording);
    CHECK(plan.episodes[0].ending == Ending::drop);
    const Episode episode = realize(plan.episodes[0], recording);
    REQUIRE(episode.all("reconnect").size() == 1);
    CHECK(episode.all("reconnect")[0]->request->parameter("messageId") == "d-1");
  }
  SUBCASE("the client, with a close frame: then ours aborts as well") {
    connect.frames.back() = close_frame(45, false);
    const Plan plan = plan_of(recording);
    CHECK(plan.episodes[0].ending == Ending::close);
    CHECK(plan.episodes[0].usual_abort);
    CHECK(plan.episodes[0].end_ms == 45);
  }
}

TEST_CASE("each start that the client's user saw is a session") {
  Recording recording = plain_session();
  const Recording again = plain_session();
  for (RecordedExchange exchange : again.exchanges) {
    exchange.t_ms += 100;
    if (exchange.request->command() == "negotiate") {
      std::string& body = exchange.response->body;
      body.replace(body.find("usual+token"), 5, "other");
    } else {
      for (auto& pair : exchange.request->query) {
        if (pair.first == "connectionToken") pair.second.replace(0, 5, "other");
      }
    }
    recording.exchanges.push_back(exchange);
  }
  recording = recording_of(recording.exchanges);
  for (int i = 0; i < 2; ++i) {
    for (const std::string& line : plain_sights()) recording.client_saw.push_back(line);
  }
  const Plan plan = plan_of(recording);
  REQUIRE(plan.episodes.size() == 2);
  CHECK(realize(plan.episodes[0], recording).saw == plain_sights());
  CHECK(realize(plan.episodes[1], recording).saw == plain_sights());
}
