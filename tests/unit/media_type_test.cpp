#include <doctest/doctest.h>

#include "protocol/media_type.hpp"

using namespace signalr::detail::protocol;

TEST_CASE("P#68 only text/event-stream is an event stream") {
  for (const char* type : {"text/event-stream", "Text/Event-Stream; charset=utf-8", " text/event-stream ;x"}) {
    CHECK(is_media_type(type, "text/event-stream"));
  }
  for (const char* type : {"", "text/html", "text/event-stream2", "application/json", "x; text/event-stream"}) {
    CHECK_FALSE(is_media_type(type, "text/event-stream"));
  }
}

TEST_CASE("HTML is known by its first character, behind white space and a byte order mark") {
  for (const char* body : {"<html>", "<!DOCTYPE html>", "\xEF\xBB\xBF\r\n \t<?xml", "<"}) CHECK(looks_like_html(body));
  for (const char* body : {"", "  ", "{\"a\":\"<\"}", "a<b>", "[<"}) CHECK_FALSE(looks_like_html(body));
}
