// HttpSink: pause and resume.
#include <string>

#include "bench.hpp"
#include "check_lists.hpp"
#include "http_probe.hpp"

namespace signalr::conformance {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

/// Starts an answer; the sink pauses at its first piece.
SentRequest paused_request(Bench& b) {
  const SentRequest sent = send_get(b);
  HttpProbe& http = sent.http;
  b.strand([&] { http.on_data_hook = [](HttpProbe&) { return Flow::pause; }; });
  sent.peer->start_answer(200, {});
  sent.peer->write_chunk("first");
  b.until([&] { return http.chunks == 1; }, "the first piece of a body");
  return sent;
}

void a_pause_holds(Bench& b) {
  const SentRequest sent = paused_request(b);
  sent.peer->write_chunk("second");
  b.settle();  // the probe reports data and success while it pauses
  b.strand([&] {
    b.require(sent.http.body == "first", "data came after a pause");
    sent.http.on_data_hook = nullptr;
    sent.http.resume();
  });
  b.until([&] { return sent.http.body == "firstsecond"; }, "the piece behind a pause, after resume");
}

void the_end_waits_for_resume(Bench& b) {
  for (const bool more : {true, false}) {
    const SentRequest sent = paused_request(b);
    if (more) sent.peer->write_chunk("second");
    sent.peer->finish_answer();
    b.settle();
    b.strand([&] {
      b.require(!sent.http.done, "the end was told after a pause, without resume");
      sent.http.on_data_hook = nullptr;
      sent.http.resume();
    });
    require_success(b, sent.http);
    b.strand(
        [&] { b.require(sent.http.body == (more ? "firstsecond" : "first"), "a body with a pause arrived changed"); });
  }
}

void pausing_each_piece_loses_nothing(Bench& b) {
  const SentRequest sent = send_get(b);
  HttpProbe& http = sent.http;
  b.strand([&] {
    http.on_data_hook = [](HttpProbe& probe) {
      probe.resume_later();
      return Flow::pause;
    };
  });
  std::string expected;
  sent.peer->start_answer(200, {});
  for (int i = 0; i < 500; ++i) {
    const std::string piece = std::to_string(i) + std::string(static_cast<std::size_t>(i) * 7, 'x');
    expected += piece;
    sent.peer->write_chunk(piece);
  }
  sent.peer->finish_answer();
  require_success(b, http);
  b.strand([&] {
    b.require(http.body == expected, "a body whose every piece was paused arrived changed: bytes twice or never");
  });
  b.settle();
}

void a_pause_stops_the_peer(Bench& b) {
  const SentRequest sent = paused_request(b);
  const std::size_t pieces = b.fixture().max_held_bytes() * 2 / kPiece;
  for (std::size_t i = 0; i < pieces; ++i) sent.peer->write_chunk(std::string(kPiece, 'x'));
  sent.peer->finish_answer();
  std::size_t taken = 0;
  for (std::size_t last = 1; last != taken;) {
    last = taken;
    for (int i = 0; i < 3; ++i) b.settle();
    taken = sent.peer->taken_bytes();
  }
  b.require(taken <= b.fixture().max_held_bytes(),
            "the peer could send " + std::to_string(taken) + " bytes after a pause, more than Fixture::max_held_bytes");
  b.strand([&] {
    sent.http.on_data_hook = nullptr;
    sent.http.resume();
  });
  require_success(b, sent.http);
  b.strand([&] {
    b.require(sent.http.body.size() == 5 + pieces * kPiece, "a body behind a pause arrived with another size");
  });
}

void others_go_on_beside_a_pause(Bench& b) {
  const SentRequest paused = paused_request(b);
  const SentRequest other = send_get(b, "/other");
  other.peer->answer(200, {}, "quick");
  require_success(b, other.http);
}

void resume_without_a_pause_does_nothing(Bench& b) {
  const SentRequest sent = send_get(b);
  HttpProbe& http = sent.http;
  b.strand([&] {
    http.resume();
    http.on_headers_hook = [](HttpProbe& probe) { probe.resume(); };
    http.on_done_hook = [](HttpProbe& probe) { probe.resume(); };
  });
  sent.peer->answer(200, {}, "body");
  require_success(b, http);
  b.strand([&] {
    http.resume();
    http.resume();
  });
  b.settle();
  b.strand([&] { b.require(http.body == "body" && http.chunks >= 1, "resume without a pause changed the answer"); });
}

void resuming_twice_does_nothing(Bench& b) {
  const SentRequest sent = paused_request(b);
  b.strand([&] {
    sent.http.resume();
    sent.http.resume();
  });
  sent.peer->write_chunk("second");  // which pauses again
  b.until([&] { return sent.http.chunks == 2; }, "the piece after resume");
  sent.peer->write_chunk("third");
  b.settle();
  b.strand([&] { b.require(sent.http.body == "firstsecond", "resuming twice outdid the next pause"); });
}

void a_cut_may_end_a_pause(Bench& b) {
  const SentRequest sent = paused_request(b);
  sent.peer->cut();
  b.settle();
  b.strand([&] {
    b.require(!sent.http.done || sent.http.error, "a body that was cut behind a pause was told as success");
    if (!sent.http.done) sent.http.resume();
  });
  require_failure(b, sent.http);
}

}  // namespace

void add_http_pressure_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&), unsigned needs = 0) {
    checks.push_back(make_check(name, needs, body));
  };
  add("after a pause nothing comes until resume", a_pause_holds);
  add("the end of the answer waits for resume", the_end_waits_for_resume);
  add("a paused chunk counts as taken, each byte comes once", pausing_each_piece_loses_nothing);
  add("a pause stops the peer after a bounded amount", a_pause_stops_the_peer, offer::network);
  add("a paused request delays nobody", others_go_on_beside_a_pause);
  add("resume without a pause does nothing", resume_without_a_pause_does_nothing);
  add("resume twice is resume once", resuming_twice_does_nothing);
  add("a connection cut behind a pause is a failure", a_cut_may_end_a_pause);
}

}  // namespace signalr::conformance
