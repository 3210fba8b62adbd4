#include <doctest/doctest.h>

#include "protocol/protocol_version.hpp"

using namespace signalr::detail::protocol;

TEST_CASE("versions are compared as numbers, not as text") {
  CHECK(*ProtocolVersion::parse("1.10") == ProtocolVersion{1, 10});
  CHECK(ProtocolVersion{1, 5} < ProtocolVersion{1, 10});
  CHECK(ProtocolVersion{1, 10} < ProtocolVersion{2, 0});
  CHECK_FALSE(ProtocolVersion{2, 0} < ProtocolVersion{1, 10});
  CHECK_FALSE(ProtocolVersion{2, 0} < ProtocolVersion{2, 0});
}

TEST_CASE("three and four parts are accepted as servers echo them, the rest ignored") {
  CHECK(*ProtocolVersion::parse("1.5.0") == ProtocolVersion{1, 5});
  CHECK(*ProtocolVersion::parse("2.0.3.4") == ProtocolVersion{2, 0});
}

TEST_CASE("P#20 what is no version is refused") {
  for (const char* text : {"", "abc", "1", "1.", ".5", "1..5", "1.5.", "1.5.x", "1.2.3.4.5", " 1.5", "1.5 ", "+1.5",
                           "-1.5", "1,5", "1.5a", "1.9999999", "99999999999999999999.0"}) {
    CAPTURE(text);
    CHECK_FALSE(ProtocolVersion::parse(text));
  }
}

TEST_CASE("a version is written as M.m") { CHECK(ProtocolVersion{2, 1}.to_string() == "2.1"); }
