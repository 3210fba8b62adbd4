// The whole judge: what is fine is ok, what is not fails and says why.
#include <doctest/doctest.h>

#include "judge.hpp"
#include "plan.hpp"
#include "replay.hpp"
#include "run.hpp"
#include "sample.hpp"

using namespace wire;

namespace {

void check_failure(const Recording& recording, const std::string& reason) {
  const Report report = replay(recording);
  CHECK(report.kind == Report::Kind::fail);
  CAPTURE(report.reason);
  CHECK(report.reason.find(reason) != std::string::npos);
}

Recording seen_session() {
  Recording recording = plain_session();
  recording.client_saw = plain_sights();
  return recording;
}

}  // namespace

TEST_CASE("a session that our client lives as the recorded one did is ok") {
  const Report report = replay(seen_session());
  CAPTURE(report.reason);
  CHECK(report.kind == Report::Kind::ok);
  CHECK(report.judgements > 30);
}

TEST_CASE("a recording in which nothing can be judged is never ok") {
  check_failure(recording_of({}), "nothing in it could be judged");
}

TEST_CASE("a recording that needs more than we have is skipped, in both modes") {
  Recording recording = plain_session();
  RecordedExchange& connect = recording.exchanges[1];
  connect.request->query[2].second = "foreverFrame";
  connect.response = usual_answer(200, "<html>", 10);
  CHECK(replay(recording).kind == Report::Kind::skip);
  CHECK(replay(recording).reason == "needs foreverFrame");
  CHECK(mutate(recording, [](const std::string&, bool) { FAIL("nothing to break"); }).kind == Report::Kind::skip);
}

TEST_CASE("requests that our client would not send so fail") {
  Recording recording = plain_session();
  SUBCASE("another method") {
    recording.exchanges[3].request->method = "PUT";
    check_failure(recording, "our abort request: method POST instead of PUT");
  }
  SUBCASE("a parameter that we don't know of") {
    recording.exchanges[2].request->query.emplace_back("extra", "1");
    check_failure(recording, "our start request: parameter extra is missing");
  }
}

TEST_CASE("what the recorded user saw must be seen") {
  Recording recording = seen_session();
  auto& saw = recording.client_saw;
  SUBCASE("another result") {
    saw[4] = "  = 4";
    check_failure(recording, "instead of the result 4");
  }
  SUBCASE("a message more") {
    saw.insert(saw.begin() + 6, "  recv said \"again\"");
    check_failure(recording, "our user saw 1 messages, the recorded one 2");
  }
  SUBCASE("another state") {
    saw[7] = "  state Connected -> Reconnecting";
    check_failure(recording, "our user saw the states");
  }
  SUBCASE("another call") {
    saw[3] = "> invoke [\"Add\",1,3]";
    check_failure(recording, "for [\"Add\",1,3]");
  }
}

TEST_CASE("an answer that is fed alone must become the right error") {
  RecordedExchange refused = usual_connect(sample_identity(), "somebody's", 0);
  refused.frames.clear();
  refused.response = usual_answer(403, "who are you?", 1);
  CHECK(replay(recording_of({refused})).kind == Report::Kind::ok);
  refused.response = usual_answer(200, "no socket", 1);
  CHECK(replay(recording_of({refused})).kind == Report::Kind::ok);
}

TEST_CASE("a server that never answers start is a StartError, not a hang") {
  Recording recording = plain_session();
  recording.exchanges[2].response.reset();
  recording.exchanges[1].frames.resize(1);
  recording.exchanges[1].ended_by = EndedBy::nobody;
  const Report report = replay(recording);
  CAPTURE(report.reason);
  CHECK(report.kind == Report::Kind::ok);
}

TEST_CASE("each way of breaking a session is seen") {
  std::size_t caught = 0;
  const Report report = mutate(seen_session(), [&](const std::string& what, bool seen) {
    CAPTURE(what);
    CHECK(seen);
    if (seen) ++caught;
  });
  CHECK(report.kind == Report::Kind::ok);
  CHECK(caught > 60);
}

TEST_CASE("a session whose negotiate was redirected by HTTP is lived where that led, and nowhere else") {
  Recording recording = plain_session();
  RecordedExchange first = recording.exchanges[0];
  for (RecordedExchange& exchange : recording.exchanges) {
    if (exchange.request->command() != "negotiate") exchange.request->path.replace(0, 9, "/other/");
  }
  first.t_ms = -1;
  first.request->path = "/other/negotiate";
  first.response = usual_answer(302, {}, -1);
  first.response->headers = {
      {"Location", "/signalr/negotiate?clientProtocol=1.5&connectionData=%5B%7B%22name%22%3A%22chat%22%7D%5D"}};
  recording.exchanges.insert(recording.exchanges.begin(), first);
  recording = recording_of(recording.exchanges);
  recording.client_saw = plain_sights();
  const Report report = mutate(recording, [](const std::string& what, bool seen) {
    CAPTURE(what);
    CHECK(seen);
  });
  CAPTURE(report.reason);
  CHECK(report.kind == Report::Kind::ok);

  const Episode episode = realize(make_plan(recording).episodes[0], recording);
  Transcript seen = run(episode, Api::messages);
  for (const char* command : {"connect", "start", "abort"}) {
    Transcript strayed = seen;
    for (auto& request : strayed.requests) {
      if (request.command() == command) request.url.path = std::string("/other/") + command;
    }
    Verdict verdict;
    judge(episode, strayed, verdict);
    CHECK(verdict.failures ==
          std::vector<std::string>{"session at -1 ms: our " + std::string(command) + " request: path /other/" +
                                   command + " instead of /signalr/" + command});
  }
}

TEST_CASE("a recording that isn't even fine unbroken proves nothing") {
  Recording recording = seen_session();
  recording.client_saw[4] = "  = 4";
  CHECK(mutate(recording, [](const std::string&, bool) {}).kind == Report::Kind::fail);
}
