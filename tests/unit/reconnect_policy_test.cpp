#include <doctest/doctest.h>

#include "protocol/reconnect_policy.hpp"
#include "recordings.hpp"

using namespace signalr;
using namespace signalr::detail::protocol;
using namespace std::chrono_literals;
using Kind = ReconnectStep::Kind;

namespace {

const TimePoint kStart = TimePoint(1000s);
constexpr std::uint32_t kNoJitter = 0;
constexpr std::uint32_t kHalf = 0x80000000U;
constexpr const char* kUserChanged =
    "Unrecognized user identity. The user identity cannot change during an active SignalR connection.";
constexpr const char* kBadToken = "The ConnectionId is in the incorrect format.";

Loss lost(LocalRejection rejection, std::string_view cursor) {
  Loss loss;
  loss.rejection = rejection;
  loss.cursor = cursor;
  return loss;
}

ReconnectStep lose(ReconnectPolicy& policy, TimePoint now, std::uint32_t random = kNoJitter) {
  return policy.on_lost(now, random, lost(LocalRejection::none, "d-1"));
}

bool attempts_at(const ReconnectStep& step, TimePoint at) { return step.kind == Kind::attempt && step.at == at; }

bool gives_up(const ReconnectStep& step, GiveUp reason) { return step.kind == Kind::give_up && step.reason == reason; }

/// A policy that has lost its connection at kStart and is making its first attempt.
ReconnectPolicy attempting(ReconnectPolicy::Options options = {}) {
  ReconnectPolicy policy(options);
  lose(policy, kStart);
  policy.on_attempt(kStart);
  return policy;
}

}  // namespace

TEST_CASE("P#101 the first attempt is made at once, the next ones an interval apart, with jitter") {
  ReconnectPolicy policy({});
  CHECK(attempts_at(lose(policy, kStart, kHalf), kStart));
  policy.on_attempt(kStart);
  CHECK(attempts_at(policy.on_failed(kStart + 1s, kNoJitter, 0, ""), kStart + 3s));
  policy.on_attempt(kStart + 3s);
  CHECK(attempts_at(policy.on_failed(kStart + 3s, kHalf, 503, ""), kStart + 5250ms));
}

TEST_CASE("where the first attempt needs a pause it comes after the interval, with jitter") {
  Loss loss;
  loss.at_once = false;
  CHECK(attempts_at(ReconnectPolicy({}).on_lost(kStart, kNoJitter, loss), kStart + 2s));
  CHECK(attempts_at(ReconnectPolicy({}).on_lost(kStart, kHalf, loss), kStart + 2250ms));
  ReconnectPolicy::Options hurried;
  hurried.window = 3s;
  CHECK(attempts_at(ReconnectPolicy(hurried).on_lost(kStart, kHalf, loss), kStart + 1500ms));  // half of the window
  ReconnectPolicy::Options eager;
  eager.interval = 500ms;
  ReconnectPolicy policy(eager);
  policy.on_attempt(kStart);
  CHECK(attempts_at(policy.on_lost(kStart + 1s, kNoJitter, loss), kStart + 2s));  // the floor
}

TEST_CASE("P#107 P#140 a poll that is refused for good isn't followed by a reconnect") {
  Loss loss;
  loss.status = 403;
  loss.body = kUserChanged;
  CHECK(gives_up(ReconnectPolicy({}).on_lost(kStart, kNoJitter, loss), GiveUp::user_changed));
  loss.status = 400;
  loss.body = kBadToken;
  CHECK(gives_up(ReconnectPolicy({}).on_lost(kStart, kNoJitter, loss), GiveUp::rejected));
  loss.body = "<html>";
  CHECK(ReconnectPolicy({}).on_lost(kStart, kNoJitter, loss).kind == Kind::attempt);
}

TEST_CASE("P#105 the window is measured from the loss") {
  ReconnectPolicy policy({});
  lose(policy, kStart);
  policy.on_attempt(kStart);
  policy.on_failed(kStart + 20s, kNoJitter, 0, "");
  CHECK(policy.deadline() == kStart + 30s);
  policy.on_attempt(kStart + 22s);
  policy.on_open(kStart + 22s);
  policy.on_frame();
  lose(policy, kStart + 100s);
  CHECK(policy.deadline() == kStart + 130s);

  ReconnectPolicy::Options endless;
  endless.window = Duration::max();
  CHECK(attempting(endless).deadline() == TimePoint::max());
}

TEST_CASE("P#107 a changed user and a token that can't be read are final") {
  CHECK(gives_up(attempting().on_failed(kStart, kNoJitter, 403, kUserChanged), GiveUp::user_changed));
  CHECK(gives_up(attempting().on_failed(kStart, kNoJitter, 400, kBadToken), GiveUp::rejected));
}

TEST_CASE("P#107 other 403s and 4xx, 5xx and network errors are tried again") {
  for (const int status : {0, 200, 302, 400, 403, 404, 407, 410, 429, 500, 503}) {
    CAPTURE(status);
    CHECK(attempts_at(attempting().on_failed(kStart, kNoJitter, status, "<html>"), kStart + 2s));
  }
}

TEST_CASE("P#107 a 401 asks the token provider once, then it is final") {
  CHECK(gives_up(attempting().on_failed(kStart, kNoJitter, 401, ""), GiveUp::unauthorized));
  ReconnectPolicy::Options options;
  options.has_token_provider = true;
  ReconnectPolicy policy = attempting(options);
  CHECK(policy.on_failed(kStart, kNoJitter, 401, "").kind == Kind::attempt);
  CHECK(gives_up(policy.on_failed(kStart + 2s, kNoJitter, 401, ""), GiveUp::unauthorized));
  lose(policy, kStart + 10s);  // another loss, another token
  CHECK(policy.on_failed(kStart + 10s, kNoJitter, 401, "").kind == Kind::attempt);
}

TEST_CASE("retries are counted for each loss alone") {
  ReconnectPolicy::Options options;
  options.max_retries = 1;
  ReconnectPolicy policy = attempting(options);
  CHECK(policy.on_failed(kStart, kNoJitter, 0, "").kind == Kind::attempt);
  CHECK(gives_up(policy.on_failed(kStart, kNoJitter, 0, ""), GiveUp::retries_used_up));
  lose(policy, kStart + 10s);
  CHECK(policy.on_failed(kStart + 10s, kNoJitter, 0, "").kind == Kind::attempt);
}

TEST_CASE("P#108 a server that closes each reconnect can't make us come back before two seconds, even with frames") {
  ReconnectPolicy::Options options;
  options.interval = 1ms;  // the user's choice is for attempts that fail
  ReconnectPolicy policy(options);
  TimePoint now = kStart;
  CHECK(attempts_at(lose(policy, now), now));
  for (int i = 0; i < 100; ++i) {
    policy.on_attempt(now);
    policy.on_open(now);
    policy.on_frame();
    CHECK(attempts_at(lose(policy, now + 10ms), now + 2s));
    now += 2s;
  }
  policy.on_attempt(now);
  CHECK(attempts_at(lose(policy, now + 1s, kHalf), now + 2250ms));
  CHECK(attempts_at(lose(policy, now + 2s, kHalf), now + 2s));
}

TEST_CASE("P#108 a longer interval of the user's is the floor") {
  ReconnectPolicy::Options options;
  options.interval = 10s;
  ReconnectPolicy policy = attempting(options);
  policy.on_open(kStart);
  policy.on_frame();
  CHECK(attempts_at(lose(policy, kStart + 1s), kStart + 10s));
}

TEST_CASE("P#108 five reconnects in a row that end within ten seconds, without any frame, are the end") {
  ReconnectPolicy policy({});
  TimePoint now = kStart;
  for (int i = 0; i < 5; ++i) {
    CHECK(lose(policy, now).kind == Kind::attempt);
    policy.on_attempt(now + 1s);
    policy.on_open(now + 1s);
    now += 10s + 999ms;
  }
  CHECK(gives_up(lose(policy, now), GiveUp::flapping));
}

TEST_CASE("P#108 a reconnect that lasts for ten seconds begins the count anew, whatever it brought") {
  ReconnectPolicy policy({});
  TimePoint now = kStart;
  const auto reconnect_for = [&](Duration time) {
    policy.on_attempt(now);
    policy.on_open(now);
    now += time;
    return lose(policy, now).kind;
  };
  CHECK(lose(policy, now).kind == Kind::attempt);
  for (int i = 0; i < 50; ++i) CHECK(reconnect_for(10s) == Kind::attempt);  // a box that cuts what is idle
  for (int i = 0; i < 20; ++i) {
    for (int j = 0; j < 4; ++j) CHECK(reconnect_for(5s) == Kind::attempt);
    CHECK(reconnect_for(24h) == Kind::attempt);
  }
}

TEST_CASE("P#108 one frame between begins the count anew, failed attempts don't count") {
  ReconnectPolicy policy({});
  for (int i = 0; i < 50; ++i) {
    CHECK(lose(policy, kStart).kind == Kind::attempt);
    policy.on_attempt(kStart);
    policy.on_failed(kStart, kNoJitter, 0, "");
    policy.on_open(kStart);
    if (i % 5 == 4) policy.on_frame();
  }
}

TEST_CASE("P#108 the recorded server that aborts each reconnect is given up after five") {
  const auto files = recordings::all();
  ReconnectPolicy policy({});
  TimePoint now = kStart;
  int reconnects = 0;
  bool given_up = false;
  for (const auto& exchange : files.at("ws-server-abort")["exchanges"].GetArray()) {
    const std::string path = recordings::text(recordings::get(exchange, "request"), "path");
    const auto& frames = recordings::get(exchange, "websocket");
    if (!frames.IsArray() || given_up) continue;
    if (path.find("/reconnect") != std::string::npos) {
      ++reconnects;
      policy.on_attempt(now);
      policy.on_open(now);
    }
    for (const auto& frame : frames.GetArray()) {
      const bool message = recordings::text(frame, "from") == "server" && recordings::text(frame, "opcode") == "text";
      if (message) policy.on_frame();
    }
    const ReconnectStep step = lose(policy, now + 5ms);
    given_up = step.kind == Kind::give_up;
    CHECK(given_up == (reconnects == 5));
    if (!given_up) {
      CHECK((reconnects == 0 || step.at - now >= 2s));
      now = step.at;
    }
  }
  CHECK(given_up);
}

TEST_CASE("P#121 P#125 P#131 what we refuse again and again from the same cursor ends the connection") {
  ReconnectPolicy policy({});
  const auto refuse = [&](LocalRejection rejection, const char* cursor) {
    const ReconnectStep step = policy.on_lost(kStart, kNoJitter, lost(rejection, cursor));
    policy.on_attempt(kStart);
    policy.on_open(kStart);
    policy.on_frame();
    return step;
  };
  CHECK(refuse(LocalRejection::too_big, "d-1").kind == Kind::attempt);
  CHECK(refuse(LocalRejection::too_big, "d-1").kind == Kind::attempt);
  CHECK(refuse(LocalRejection::none, "d-1").kind == Kind::attempt);  // a loss of another kind proves nothing
  CHECK(gives_up(refuse(LocalRejection::too_big, "d-1"), GiveUp::rejecting_the_same));
}

TEST_CASE("P#121 progress of the cursor, or another kind of refusal, begins the count anew") {
  ReconnectPolicy policy({});
  for (int i = 0; i < 20; ++i) {
    CHECK(policy.on_lost(kStart, kNoJitter, lost(LocalRejection::invalid_text, "d-" + std::to_string(i / 2))).kind ==
          Kind::attempt);
  }
  for (int i = 0; i < 20; ++i) {
    const auto rejection = i % 2 == 0 ? LocalRejection::protocol : LocalRejection::too_big;
    CHECK(policy.on_lost(kStart, kNoJitter, lost(rejection, "d-1")).kind == Kind::attempt);
  }
}

TEST_CASE("P#121 P#125 what is refused counts as sent again only soon after a reconnect") {
  ReconnectPolicy policy({});
  TimePoint now = kStart;
  const auto refuse_after = [&](Duration time, LocalRejection rejection, bool with_frame) {
    policy.on_attempt(now);
    policy.on_open(now);
    if (with_frame) policy.on_frame();
    now += time;
    return policy.on_lost(now, kNoJitter, lost(rejection, "d-1"));
  };
  for (int i = 0; i < 20; ++i) {  // now and then, while the cursor of a quiet hub stays
    CHECK(refuse_after(1h, LocalRejection::protocol, false).kind == Kind::attempt);
    CHECK(refuse_after(10s, LocalRejection::invalid_text, false).kind == Kind::attempt);
    CHECK(refuse_after(10s, LocalRejection::too_big, true).kind == Kind::attempt);
    CHECK(refuse_after(9s, LocalRejection::too_big, true).kind == Kind::attempt);
  }
  CHECK(gives_up(refuse_after(9s, LocalRejection::too_big, true), GiveUp::rejecting_the_same));
}

TEST_CASE("P#125 what is too big may take longer than that to come, and is the same all the same") {
  ReconnectPolicy policy({});
  TimePoint now = kStart;
  const auto refuse = [&] {
    const ReconnectStep step = policy.on_lost(now, kNoJitter, lost(LocalRejection::too_big, "d-1"));
    policy.on_attempt(now);
    policy.on_open(now);
    now += 40s;
    return step;
  };
  CHECK(refuse().kind == Kind::attempt);
  CHECK(refuse().kind == Kind::attempt);
  CHECK(gives_up(refuse(), GiveUp::rejecting_the_same));
}
