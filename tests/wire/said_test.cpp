// Messages over HTTP, and the connections that are made around answers to them.
#include <doctest/doctest.h>

#include <algorithm>

#include "episode.hpp"
#include "judge.hpp"
#include "plan.hpp"
#include "replay.hpp"
#include "run.hpp"
#include "sample.hpp"

using namespace wire;

namespace {

Identity over(const char* transport) {
  Identity identity = sample_identity();
  identity.transport = transport;
  return identity;
}

RecordedExchange answered(RecordedExchange exchange, int status, std::string body) {
  exchange.response = usual_answer(status, std::move(body), exchange.t_ms);
  return exchange;
}

/// negotiate, connect, start, one call with its result, abort.
Recording session_over(const char* transport) {
  const Identity identity = over(transport);
  const Position position{"d-1,0", {}};
  std::vector<RecordedExchange> exchanges = {
      usual_negotiate(identity, 0), usual_connect(identity, kUsualToken, 10, position),
      usual_start(identity, kUsualToken, 20),
      answered(usual_send(identity, kUsualToken, 30, R"({"I":"0","H":"chat","M":"Add","A":[1,2]})"), 200,
               R"({"I":"0","R":3})"),
      usual_abort(identity, kUsualToken, 50)};
  if (identity.transport == "longPolling") {
    exchanges.insert(exchanges.begin() + 3, usual_next(identity, "poll", kUsualToken, 21, position));
  }
  return recording_of(std::move(exchanges));
}

void check_ok(const Recording& recording) {
  const Report report = replay(recording);
  CAPTURE(report.reason);
  CHECK(report.kind == Report::Kind::ok);
}

std::string failures_of(const Episode& episode, const Transcript& seen) {
  Verdict verdict;
  judge(episode, seen, verdict);
  std::string all;
  for (const std::string& failure : verdict.failures) all += failure + '\n';
  return all;
}

Episode only_fed_of(const Recording& recording) {
  for (const Outline& outline : make_plan(recording).episodes) {
    if (outline.fed) return realize(outline, recording);
  }
  return {};
}

}  // namespace

TEST_CASE("a session over HTTP is played and judged, and each way of breaking it is seen") {
  for (const char* transport : {"serverSentEvents", "longPolling"}) {
    CAPTURE(transport);
    const Recording recording = session_over(transport);
    check_ok(recording);
    mutate(recording, [](const std::string& what, bool seen) {
      CAPTURE(what);
      CHECK(seen);
    });
  }
}

TEST_CASE("messages are found in events, polls, forms and their answers") {
  const Recording recording = session_over("serverSentEvents");
  const auto stream = said_in(recording.exchanges[1]);
  REQUIRE(stream.size() == 1);
  CHECK(is_init(stream[0].text));
  const auto send = said_in(recording.exchanges[3]);
  REQUIRE(send.size() == 2);
  CHECK_FALSE(send[0].from_server);
  CHECK(send[1].text == R"({"I":"0","R":3})");
  const auto poll = said_in(session_over("longPolling").exchanges[1]);
  REQUIRE(poll.size() == 1);
  CHECK(is_init(poll[0].text));
}

TEST_CASE("events are read whatever their line ends, comments and fields") {
  RecordedExchange stream = session_over("serverSentEvents").exchanges[1];
  stream.response->pieces = {{1, "data: initialized\n\n"},
                             {2, ": note\r\nid: 7\r\ndata:{\"C\":\"1\",\r\ndata: \"M\":[]}\r\n\r\n"},
                             {3, "data: {}\n\n"}};
  const auto said = said_in(stream);
  REQUIRE(said.size() == 1);
  CHECK(said[0].text == "{\"C\":\"1\",\n\"M\":[]}");
  CHECK(said[0].t_ms == 2);
}

TEST_CASE("a reconnect out of nothing is met by a reconnect with its cursor") {
  for (const char* transport : {"webSockets", "serverSentEvents", "longPolling"}) {
    CAPTURE(transport);
    const Identity identity = over(transport);
    Recording recording = recording_of(
        {usual_negotiate(identity, 0), answered(usual_next(identity, "reconnect", kUsualToken, 90, {"d-7,1", "groups"}),
                                                400, "Protocol error: Unknown transport.")});
    check_ok(recording);
    const Episode episode = only_fed_of(recording);
    REQUIRE_FALSE(episode.all("reconnect").empty());
    CHECK(episode.all("reconnect")[0]->request->parameter("messageId") == "d-7,1");
    CHECK(episode.all("reconnect")[0]->request->parameter("groupsToken") == "groups");
  }
}

TEST_CASE("a message that the server refuses fails, and the connection goes on") {
  Recording recording = session_over("serverSentEvents");
  SUBCASE("a status") { recording.exchanges[3] = answered(recording.exchanges[3], 500, ""); }
  SUBCASE("no result") { recording.exchanges[3] = answered(recording.exchanges[3], 200, ""); }
  SUBCASE("no answer") {
    recording.exchanges[3].response.reset();
    recording.exchanges[3].ended_by = EndedBy::server;
  }
  check_ok(recording);
}

TEST_CASE("a refused message is told to its caller alone") {
  Recording recording = session_over("serverSentEvents");
  SUBCASE("a status") { recording.exchanges[3] = answered(recording.exchanges[3], 500, ""); }
  SUBCASE("no answer") {
    recording.exchanges[3].response.reset();
    recording.exchanges[3].ended_by = EndedBy::server;
  }
  const Episode episode = realize(make_plan(recording).episodes[0], recording);
  for (const Api api : {Api::messages, Api::hubs}) {
    const Transcript seen = run(episode, api);
    CHECK(failures_of(episode, seen).empty());
    REQUIRE(seen.not_sent.size() == 1);
    Transcript told_twice = seen;
    told_twice.errors.push_back(seen.not_sent[0]);
    CHECK(failures_of(episode, told_twice).find("on_error told 1 errors") != std::string::npos);
    Transcript told_elsewhere = told_twice;
    told_elsewhere.not_sent.clear();
    CHECK(failures_of(episode, told_elsewhere).find("sending or closing failed 0 times") != std::string::npos);
  }
}

TEST_CASE("a transport that was given up is told with the reason") {
  Recording recording = session_over("longPolling");
  RecordedExchange refused = answered(usual_connect(over("serverSentEvents"), kUsualToken, 5), 503, "not now");
  recording.exchanges.insert(recording.exchanges.begin() + 1, refused);
  check_ok(recording_of(recording.exchanges));
}

TEST_CASE("a client that gave up a silent server reconnects in the same session") {
  for (const char* transport : {"webSockets", "serverSentEvents"}) {
    CAPTURE(transport);
    const Identity identity = over(transport);
    const Position position{"d-1,0", {}};
    RecordedExchange negotiate = usual_negotiate(identity, 0);
    std::string& body = negotiate.response->body;
    body.replace(body.find("\"KeepAliveTimeout\":null"), 23, "\"KeepAliveTimeout\":4.0");
    RecordedExchange silent = usual_connect(identity, kUsualToken, 10, position);
    silent.ended_by = EndedBy::client;
    silent.ended_ms = 4300;
    RecordedExchange again = usual_next(identity, "reconnect", kUsualToken, 6800, position);
    const RecordedExchange model = usual_connect(identity, kUsualToken, 6810);
    again.response = model.response;
    again.response->pieces.resize(std::min<std::size_t>(again.response->pieces.size(), 1));
    const Recording recording = recording_of(
        {negotiate, silent, usual_start(identity, kUsualToken, 20), again, usual_abort(identity, kUsualToken, 7000)});
    REQUIRE(make_plan(recording).episodes.size() == 1);
    check_ok(recording);
  }
}
