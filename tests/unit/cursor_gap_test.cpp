// What cursors tell of lost messages, rule by rule.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/cursor_gap.hpp"

using namespace signalr::detail::protocol;
using signalr::TransportKind;
using Kind = GapReport::Kind;
using Reason = signalr::Gap::Reason;

namespace {

CursorFrame frame(std::string_view cursor, std::size_t messages = 0) {
  CursorFrame out;
  out.cursor = cursor;
  out.messages = messages;
  return out;
}

CursorFrame init(std::string_view cursor) {
  CursorFrame out = frame(cursor);
  out.init = true;
  return out;
}

/// A detector that has seen this init frame.
CursorGapDetector connected(std::string_view cursor, TransportKind transport = TransportKind::websockets) {
  CursorGapDetector detector;
  detector.on_request(Command::connect, transport, "");
  CHECK(detector.on_frame(init(cursor)).kind == Kind::nothing);
  return detector;
}

bool possible(const GapReport& report, Reason reason) {
  return report.kind == Kind::possible && report.reason == reason;
}

bool certain(const GapReport& report, std::string_view topic, std::uint64_t count) {
  return report.kind == Kind::certain && report.reason == Reason::topic_jumped && report.topic == topic &&
         report.count == count;
}

}  // namespace

TEST_CASE("P§5.6 rule 1: nothing without an old cursor, with T:1, with unreadable or scale-out cursors") {
  CursorGapDetector detector;
  CHECK(detector.on_frame(frame("d-1-A,5", 100)).kind == Kind::nothing);
  CursorFrame stopping = frame("d-1-A,0");
  stopping.should_reconnect = true;
  CHECK(detector.on_frame(stopping).kind == Kind::nothing);
  for (const char* odd :
       {"x", "d", "d-", "d-1", "d--A,1", "d-1-A", "d-1-A,", "d-1-,1", "d-1-A,g", "d-123456789-A,1", "e-1-A,1",
        "d-1-A,1|A,2", "d-1-A,12345678901234567", "d-1-A,1||B,1", "d-x-A,1", "d-1-A\\,1"}) {
    CAPTURE(odd);
    CursorGapDetector fresh = connected("d-1-A,1");
    CHECK(fresh.on_frame(frame(odd, 50)).kind == Kind::nothing);
    CHECK(fresh.on_frame(frame("d-1-A,FF")).kind == Kind::nothing);
  }
  CursorGapDetector scaled = connected("s-0,5|1,7");
  CHECK(scaled.on_frame(frame("s-0,FFF|1,7")).kind == Kind::nothing);
}

TEST_CASE("P§5.6 rule 2: another prefix or kind is a possible loss, on any request") {
  CHECK(possible(connected("d-1-A,5").on_frame(frame("d-2-A,5")), Reason::other_server));
  CHECK(possible(connected("d-1-A,5").on_frame(frame("s-0,5")), Reason::other_server));
  CHECK(possible(connected("s-0,5").on_frame(frame("d-1-A,5")), Reason::other_server));
  CursorGapDetector polling = connected("d-1-A,5", TransportKind::long_polling);
  polling.on_request(Command::poll, TransportKind::long_polling, "d-1-A,5");
  CHECK(possible(polling.on_frame(frame("d-2-A,5")), Reason::other_server));
  CHECK(polling.on_frame(frame("d-2-A,5")).kind == Kind::complete);  // said once
}

TEST_CASE("P§5.6 rule 3: a new topic in the first frame of a reconnect, without G, is a possible loss") {
  const auto reconnected = [] {
    CursorGapDetector detector = connected("d-1-A,5");
    detector.on_request(Command::reconnect, TransportKind::websockets, "d-1-A,5");
    return detector;
  };
  CHECK(possible(reconnected().on_frame(frame("d-1-A,5|B,0")), Reason::cursor_discarded));
  CursorFrame with_groups = frame("d-1-A,5|B,0");
  with_groups.has_groups_token = true;
  CHECK(reconnected().on_frame(with_groups).kind == Kind::nothing);
  CursorGapDetector second = reconnected();
  CHECK(second.on_frame(frame("d-1-A,6", 1)).kind == Kind::complete);
  CHECK(second.on_frame(frame("d-1-A,6|B,0")).kind == Kind::nothing);
}

TEST_CASE("P§5.6 rule 4: an id that goes back is a possible loss") {
  CHECK(possible(connected("d-1-A,5|B,1").on_frame(frame("d-1-A,4|B,2")), Reason::topic_recreated));
}

TEST_CASE("P§5.6 rule 5: a topic since the init frame that jumps by more than ten is a certain loss") {
  CHECK(connected("d-1-A,5|B,1").on_frame(frame("d-1-A,F|B,2", 10)).kind == Kind::nothing);
  CHECK(certain(connected("d-1-A,5|B,1").on_frame(frame("d-1-A,10|B,2", 10)), "A", 1));
  CHECK(certain(connected("d-1-A,0|B,1").on_frame(frame("d-1-B,2|A,3E8", 10)), "A", 990));
  CHECK(certain(connected("d-1-A,0|B,0").on_frame(frame("d-1-A,B|B,C", 10)), "", 3));
}

TEST_CASE("P§5.6 rule 5: any topic that jumps alone is a certain loss, rule 6: else a possible one") {
  const auto with_group = [] {
    CursorGapDetector detector = connected("d-1-A,5");
    detector.on_frame(frame("d-1-A,6|K,0"));
    return detector;
  };
  CHECK(certain(with_group().on_frame(frame("d-1-A,6|K,14", 10)), "K", 10));
  CHECK(possible(with_group().on_frame(frame("d-1-A,7|K,14", 10)), Reason::topic_jumped));
  CHECK(possible(with_group().on_frame(frame("d-1-A,6|K,14|L,0", 10)), Reason::topic_jumped));
}

TEST_CASE("P§5.6 rule 5: a topic that was away isn't trusted when it comes back") {
  CursorGapDetector detector = connected("d-1-A,5|B,1");
  detector.on_frame(frame("d-1-A,5"));
  detector.on_frame(frame("d-1-A,5|B,1"));
  CHECK(possible(detector.on_frame(frame("d-1-A,6|B,20", 10)), Reason::topic_jumped));
}

TEST_CASE("P§5.6 rule 7: a poll may bring 5000 messages, more than 250 are suspicious") {
  const auto poll = [](std::string_view cursor) {
    CursorGapDetector detector = connected("d-1-A,0|B,0", TransportKind::long_polling);
    detector.on_request(Command::poll, TransportKind::long_polling, "d-1-A,0|B,0");
    return detector.on_frame(frame(cursor, 0));
  };
  CHECK(poll("d-1-A,FA|B,0").kind == Kind::nothing);
  CHECK(possible(poll("d-1-A,FB|B,0"), Reason::poll_jumped));
  CHECK(possible(poll("d-1-A,1388|B,0"), Reason::poll_jumped));
  CHECK(certain(poll("d-1-A,1389|B,0"), "A", 1));
}

TEST_CASE("P§5.6 rule 8 goes before 5 to 7: a large frame from which nothing is missing is complete") {
  CHECK(connected("d-1-A,0|B,1").on_frame(frame("d-1-A,14|B,1", 20)).kind == Kind::complete);
  CHECK(certain(connected("d-1-A,0|B,1").on_frame(frame("d-1-A,14|B,1", 19)), "A", 10));
  const auto poll = [](std::size_t messages) {
    CursorGapDetector detector = connected("d-1-A,0", TransportKind::long_polling);
    detector.on_request(Command::poll, TransportKind::long_polling, "d-1-A,0");
    return detector.on_frame(frame("d-1-A,12C", messages));
  };
  CHECK(poll(300).kind == Kind::complete);
  CHECK(possible(poll(299), Reason::poll_jumped));
}

TEST_CASE("P§5.6 rules 8 and 9: all that was published has come, or some of it was filtered") {
  CHECK(connected("d-1-A,5|B,1").on_frame(frame("d-1-A,7|B,2", 3)).kind == Kind::complete);
  CHECK(connected("d-1-A,5|B,1").on_frame(frame("d-1-A,5|B,1", 0)).kind == Kind::complete);
  CHECK(connected("d-1-A,5|B,1").on_frame(frame("d-1-A,8|B,2", 3)).kind == Kind::nothing);
  CHECK(connected("d-1-A,5|B,1").on_frame(frame("d-1-A,6|B,2|C,0", 2)).kind == Kind::nothing);
  CHECK(connected("d-1-A,5|B,1").on_frame(frame("d-1-A,6", 1)).kind == Kind::nothing);
}

TEST_CASE("P#57 P#117 P§5.6 rule 10: a frame that we dropped is a certain loss, said once") {
  CursorGapDetector detector = connected("d-1-A,5");
  const GapReport report = detector.on_dropped_frame();
  CHECK(report.kind == Kind::certain);
  CHECK(report.reason == Reason::frame_dropped);
  CHECK(detector.on_frame(frame("d-1-A,FF", 1)).kind == Kind::nothing);
  CHECK(detector.on_frame(frame("d-1-A,100", 1)).kind == Kind::complete);
  CHECK(certain(detector.on_frame(frame("d-1-A,200", 1)), "A", 246));
}

TEST_CASE("frames without a cursor say nothing and change nothing") {
  CursorGapDetector detector = connected("d-1-A,5");
  CHECK(detector.on_frame(frame("", 3)).kind == Kind::nothing);
  CHECK(detector.on_frame(frame("d-1-A,6", 1)).kind == Kind::complete);
}

TEST_CASE("a new connection begins without a cursor") {
  CursorGapDetector detector = connected("d-1-A,5");
  detector.on_request(Command::connect, TransportKind::websockets, "");
  CHECK(detector.on_frame(init("d-2-A,0")).kind == Kind::nothing);
}

TEST_CASE("topics' names may hold escaped marks") {
  CHECK(connected("d-1-a\\|b\\,c\\\\,5|B,1").on_frame(frame("d-1-a\\|b\\,c\\\\,6|B,1", 1)).kind == Kind::complete);
  CHECK(certain(connected("d-1-a\\|b,0|B,1").on_frame(frame("d-1-a\\|b,B|B,1", 1)), "a\\|b", 1));
}

TEST_CASE("P#126 ids at the edge of 64 bits and cursors without measure do no harm") {
  CHECK(certain(connected("d-1-A,0").on_frame(frame("d-1-A,FFFFFFFFFFFFFFFF")), "A", 0xFFFFFFFFFFFFFFF5U));
  CHECK(certain(connected("d-1-A,0|B,0").on_frame(frame("d-1-A,FFFFFFFFFFFFFFFF|B,FFFFFFFFFFFFFFFF")), "",
                0xFFFFFFFFFFFFFFFFU));
  std::string huge = "d-1-A,0";
  for (int i = 0; i < 20'000; ++i) huge += "|t" + std::to_string(i) + ",0";
  CHECK(connected("d-1-A,0").on_frame(frame(huge)).kind == Kind::nothing);
  CHECK(connected("d-1-" + std::string(60'000, '|')).on_frame(frame("d-1-A,0")).kind == Kind::nothing);
  CHECK(connected("d-1-" + std::string(60'000, '\\')).on_frame(frame("d-1-A,0")).kind == Kind::nothing);
}
