// What happens at the same time on different ways: played in the recorded order, and judged in the order of the run.
#include <doctest/doctest.h>

#include "replay.hpp"
#include "sample.hpp"

using namespace wire;

namespace {

constexpr const char* kCall = R"({"I":"0","H":"chat","M":"Add","A":[1,2]})";
constexpr const char* kResult = R"({"I":"0","R":3})";
constexpr const char* kSaid = R"({"C":"d-1","M":[{"H":"Chat","M":"said","A":["hi"],"S":{"n":1}}]})";

/// A call over HTTP that is made at 30 ms and answered at `answer_ms`, and a call by the server at `event_ms`.
Recording http_session(double answer_ms, double event_ms) {
  Identity identity = sample_identity();
  identity.transport = "serverSentEvents";
  RecordedExchange connect = usual_connect(identity, kUsualToken, 10);
  connect.response->pieces.push_back({event_ms, "data: " + std::string(kSaid) + "\n\n"});
  RecordedExchange send = usual_send(identity, kUsualToken, 30, kCall);
  send.response = usual_answer(200, kResult, answer_ms);
  return recording_of({usual_negotiate(identity, 0), connect, usual_start(identity, kUsualToken, 20), send,
                       usual_abort(identity, kUsualToken, 90)});
}

/// The server closes the WebSocket at `closed_ms`; the user's client aborts.
Recording closed_session(double closed_ms, double aborted_ms = 50) {
  Recording recording = plain_session();
  auto& connect = recording.exchanges[1];
  connect.frames.back() = close_frame(closed_ms, true);
  connect.ended_ms = closed_ms;
  recording.exchanges[3] = usual_abort(sample_identity(), kUsualToken, aborted_ms);
  recording.exchanges[3].number = 3;
  recording.client_saw = plain_sights();
  return recording;
}

void check_ok(const Recording& recording) {
  const Report report = replay(recording);
  CAPTURE(report.reason);
  CHECK(report.kind == Report::Kind::ok);
}

}  // namespace

TEST_CASE("an answer to /send and an event may come in either order, or in the same millisecond") {
  for (const double event_ms : {29.0, 31.0, 40.0, 41.0}) {
    CAPTURE(event_ms);
    check_ok(http_session(40, event_ms));
    check_ok(http_session(event_ms + 1, event_ms));
  }
}

TEST_CASE("the order of the run is judged, whichever was recorded") {
  std::size_t accepted = 0;
  const Report report =
      permute(http_session(41, 40), Permute::neighbours, [&](const std::string& what, const Permuted& outcome) {
        CAPTURE(what);
        CHECK(outcome.failures == std::vector<std::string>{});
        CHECK(outcome.in_that_order);
        ++accepted;
      });
  CHECK(report.kind == Report::Kind::ok);
  CHECK(accepted == kApis.size() - 1);  // as messages, and as hubs
}

TEST_CASE("what the server says before our client asks as the recorded one did waits for it") {
  // The call is made in the same millisecond as the answer to /start, the event follows at once.
  Recording recording = http_session(41, 22);
  recording.exchanges[3].t_ms = 21;
  recording.exchanges[2].response->t_ms = recording.exchanges[2].response->complete_ms = 21;
  check_ok(recording);
}

TEST_CASE("a server that closes just before or after the user does") {
  for (const double closed_ms : {51.0, 50.25, 50.0, 49.0}) {
    CAPTURE(closed_ms);
    check_ok(closed_session(closed_ms));
  }
}

TEST_CASE("a server that closes long before the user does is a loss, which the recorded user must have seen") {
  CHECK(replay(closed_session(41, 90)).kind == Report::Kind::fail);
}
