// Recordings that something was taken out of, and those in which several clients speak.
#include <doctest/doctest.h>

#include "episode.hpp"
#include "plan.hpp"
#include "replay.hpp"
#include "sample.hpp"

using namespace wire;

namespace {

Recording seen_session() {
  Recording recording = plain_session();
  recording.client_saw = plain_sights();
  return recording;
}

void check_failure(const Recording& recording, const std::string& reason) {
  const Report report = replay(recording);
  CHECK(report.kind == Report::Kind::fail);
  CAPTURE(report.reason);
  CHECK(report.reason.find(reason) != std::string::npos);
}

/// The same later, with a token of its own.
Recording later(Recording recording, double t_ms) {
  for (RecordedExchange& exchange : recording.exchanges) {
    exchange.t_ms += t_ms;
    exchange.ended_ms += t_ms;
    exchange.response->t_ms += t_ms;
    exchange.response->complete_ms += t_ms;
    for (RecordedFrame& frame : exchange.frames) frame.t_ms += t_ms;
    std::string& body = exchange.response->body;
    if (const std::size_t at = body.find("usual+token"); at != body.npos) body.replace(at, 5, "other");
    for (auto& pair : exchange.request->query) {
      if (pair.first == "connectionToken") pair.second.replace(0, 5, "other");
    }
  }
  return recording;
}

Recording both(const Recording& a, const Recording& b) {
  auto exchanges = a.exchanges;
  exchanges.insert(exchanges.end(), b.exchanges.begin(), b.exchanges.end());
  Recording recording = recording_of(std::move(exchanges));
  recording.client_saw = a.client_saw;
  recording.client_saw.insert(recording.client_saw.end(), b.client_saw.begin(), b.client_saw.end());
  return recording;
}

}  // namespace

TEST_CASE("a request that the user's sights need can't be missing") {
  Recording recording = seen_session();
  SUBCASE("negotiate") {
    recording.exchanges[0].request.reset();
    check_failure(recording, "the user saw 1 starts, recorded are 0 sessions");
  }
  SUBCASE("connect") {
    recording.exchanges[1].request.reset();
    check_failure(recording, "connect of the session at 0 ms isn't recorded");
  }
  SUBCASE("start") {
    recording.exchanges[2].request.reset();
    check_failure(recording, "start of the session at 0 ms isn't recorded");
  }
  SUBCASE("abort") {
    recording.exchanges[3].request.reset();
    check_failure(recording, "");
  }
}

TEST_CASE("a start that the server saw is recorded") {
  Recording recording = plain_session();
  recording.connected_ids = {"usual-id"};
  CHECK(replay(recording).kind == Report::Kind::ok);
  recording.exchanges[2].request.reset();
  check_failure(recording, "the server saw the connection of negotiate at 0 ms start, but no start is recorded");
}

TEST_CASE("a token that no server gave isn't taken") {
  Recording recording = plain_session();
  recording.exchanges[2].request->query[3].second = "somebody's";
  check_failure(recording, "a token that the server never gave was taken in start");
  recording.exchanges[2].response = usual_answer(400, "no", 20);
  CHECK(replay(recording).kind == Report::Kind::ok);
}

TEST_CASE("sights go to the session that they are of") {
  Recording silent = plain_session();
  silent.exchanges[1].frames[1].text = R"({"I":"0","H":"chat","M":"Add","A":[3,4]})";
  const Recording recording = both(silent, later(seen_session(), 1000));
  const Plan plan = make_plan(recording);
  REQUIRE(plan.episodes.size() == 2);
  CHECK(realize(plan.episodes[0], recording).saw.empty());
  CHECK(realize(plan.episodes[1], recording).saw == plain_sights());
  CHECK(replay(recording).kind == Report::Kind::ok);
}

TEST_CASE("sights of sessions at the same time are nobody's") {
  const Recording recording = both(seen_session(), later(seen_session(), 5));
  const Plan plan = make_plan(recording);
  REQUIRE(plan.episodes.size() == 2);
  CHECK(realize(plan.episodes[0], recording).saw.empty());
  CHECK(replay(recording).kind == Report::Kind::ok);
}
