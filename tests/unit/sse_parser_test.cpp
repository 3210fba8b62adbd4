#include <doctest/doctest.h>

#include <vector>

#include "protocol/sse_parser.hpp"
#include "recordings.hpp"

using namespace signalr::detail::protocol;
using Next = SseParser::Next;

namespace {

using Events = std::vector<std::string>;

/// Feeds one piece; its bytes are gone afterwards, as a socket's buffer is.
bool feed(SseParser& parser, std::string_view bytes, Events& events) {
  const std::vector<char> piece(bytes.begin(), bytes.end());
  parser.push({piece.data(), piece.size()});
  for (;;) {
    switch (parser.next()) {
      case Next::event:
        events.emplace_back(parser.data());
        break;
      case Next::need_more:
        return true;
      case Next::too_big:
        return false;
    }
  }
}

Events events_of(std::string_view stream) {
  SseParser parser(1000);
  Events events;
  REQUIRE(feed(parser, stream, events));
  return events;
}

}  // namespace

TEST_CASE("P#66 initialized is ignored, in any case") {
  CHECK(events_of("data: initialized\n\ndata: {\"C\":1}\n\n") == Events{"{\"C\":1}"});
  CHECK(events_of("data:Initialized\n\n").empty());
  CHECK(events_of("data: initialized2\n\n") == Events{"initialized2"});
}

TEST_CASE("P#66 lines end with LF, CRLF or CR, mixed as they like") {
  for (const char* stream : {"data: a\n\ndata: b\n\n", "data: a\r\n\r\ndata: b\r\n\r\n", "data: a\r\rdata: b\r\r",
                             "data: a\n\r\ndata: b\r\n\r", "data: a\r\n\ndata: b\n\r"}) {
    CAPTURE(stream);
    CHECK(events_of(stream) == Events{"a", "b"});
  }
}

TEST_CASE("P#66 any cut at any byte gives the same events, inside UTF-8 characters and line ends too") {
  const std::string streams[] = {
      "\xEF\xBB\xBF"
      "data: initialized\n\n: comment\ndata: {\"\xC3\xA4\":\"\xF0\x9F\x98\x80\"}\r\n\r\nid: 5\rdata:x\rdata: y\r\r"
      "data\n\ndata:\n\ndata: z\n\n\n\ndata: cut off\n",
      "\r\n\r\ndata: a\r\n\r\n\r\r\n\ndata:  b\n\n", "data: two\r\ndata: lines\r\n\r\ndata: b\r\n\r\n"};
  for (const std::string& stream : streams) {
    const Events whole = events_of(stream);
    REQUIRE(whole.size() >= 2);
    for (std::size_t first = 0; first <= stream.size(); ++first) {
      for (std::size_t second = first; second <= stream.size(); ++second) {
        SseParser parser(1000);
        Events events;
        feed(parser, std::string_view(stream).substr(0, first), events);
        feed(parser, std::string_view(stream).substr(first, second - first), events);
        feed(parser, std::string_view(stream).substr(second), events);
        REQUIRE(events == whole);
      }
    }
    SseParser parser(1000);
    Events events;
    for (const char& byte : stream) feed(parser, {&byte, 1}, events);
    CHECK(events == whole);
  }
}

TEST_CASE("P#67 comments, other fields and empty data are ignored, multi-line data is joined") {
  CHECK(events_of(": hello\n:\nevent: e\nid: 1\nretry: 5\nunknown\n: data: x\n\n").empty());
  CHECK(events_of("data\n\ndata:\n\ndata: \n\n").empty());
  CHECK(events_of("data: a\nevent: e\ndata:b\ndata:  c\n: x\ndata\n\n") == Events{"a\nb\n c\n"});
  CHECK(events_of("datax: no\ndata:yes\n\n data: no\n\n") == Events{"yes"});
  CHECK(events_of("data: {}\n\n") == Events{"{}"});
  CHECK(events_of("data: a: b\n\n") == Events{"a: b"});
}

TEST_CASE("a byte order mark counts at the beginning of the stream only") {
  CHECK(events_of("\xEF\xBB\xBF"
                  "data: a\n\n") == Events{"a"});
  CHECK(events_of("data: a\n\n\xEF\xBB\xBF"
                  "data: b\n\n") == Events{"a"});
}

TEST_CASE("P#69 an event without its empty line is never given out") {
  CHECK(events_of("data: a").empty());
  CHECK(events_of("data: a\n").empty());
  CHECK(events_of("data: a\r\n").empty());
}

TEST_CASE("P#125 lines and events over the limit end the stream, however they are cut") {
  const std::string fits = "data: " + std::string(1000, 'x') + "\n\n";
  for (const std::string& stream :
       {"data: " + std::string(1001, 'x') + "\n\n", ": " + std::string(2000, 'x'), std::string(2000, 'x') + '\n',
        "data: " + std::string(600, 'x') + "\ndata: " + std::string(600, 'x') + "\n\n"}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{300}, stream.size()}) {
      SseParser parser(1000);
      Events events;
      REQUIRE(feed(parser, fits, events));
      bool fine = true;
      for (std::size_t at = 0; at < stream.size() && fine; at += step)
        fine = feed(parser, stream.substr(at, step), events);
      CHECK_FALSE(fine);
      CHECK_FALSE(feed(parser, "data: a\n\n", events));
      CHECK(events.size() == 1);
    }
  }
}

TEST_CASE("P#126 a stream of line ends alone takes no memory and little time") {
  SseParser parser(2 << 20);
  Events events;
  for (const char end : {'\r', '\n'}) CHECK(feed(parser, std::string(1 << 20, end), events));
  CHECK(events.empty());
}

TEST_CASE("P#125 what is skipped counts until the next event, and is over at the limit, too") {
  const std::string event = "data: {}\n\n";
  for (const std::string& nothing :
       {std::string("\n"), std::string("\r\n"), std::string(": a comment\n"), std::string("retry: 1\n"),
        std::string("database: 1\n"), std::string("data:\n\n"), std::string("data: initialized\n\n")}) {
    CAPTURE(nothing);
    std::string nearly;
    while (nearly.size() + nothing.size() <= 1000) nearly += nothing;
    SseParser parser(1000);
    Events events;
    for (int i = 0; i < 10; ++i) CHECK(feed(parser, nearly + event, events));
    CHECK(events.size() == 10);
    CHECK_FALSE(feed(parser, nearly + nearly + nearly, events));
  }
}

TEST_CASE("every recorded event stream is read, cut in odd pieces") {
  std::size_t streams = 0;
  for (const auto& [name, file] : recordings::all()) {
    recordings::for_each_answer(file, [&](const std::string&, const auto&, const auto& response) {
      const auto& sse = recordings::get(response, "sse");
      if (!sse.IsArray() || sse.Size() == 0) return;
      std::string stream;
      for (const auto& event : sse.GetArray()) stream += recordings::text(event, "raw");
      SseParser parser(1 << 20);
      Events events;
      for (std::size_t at = 0; at < stream.size(); at += 13) {
        REQUIRE(feed(parser, std::string_view(stream).substr(at, 13), events));
      }
      std::string expected, got;
      for (const auto& event : sse.GetArray()) {
        const std::string raw = recordings::text(event, "raw");
        if (raw.find("data: {") == 0) expected += raw.substr(6, raw.find('\n') - 6) + '|';
      }
      for (const std::string& event : events) got += event + '|';
      CHECK(got == expected);
      ++streams;
    });
  }
  CHECK(streams > 10);
}
