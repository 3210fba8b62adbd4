// Streams of events: the same events come out wherever the bytes are cut, and they are those of a plain reading of the
// HTML standard's rules.
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "protocol/ascii.hpp"
#include "protocol/sse_parser.hpp"

namespace {

using namespace signalr;
using detail::protocol::SseParser;

constexpr std::size_t kPieces[] = {1, 2, 3, 7, 64};

struct Outcome {
  std::vector<std::string> events;
  bool too_big = false;
};

/// Cut into pieces of that size; after every second event what is left is moved, as by who has to wait in between.
Outcome parse(std::string_view text, std::size_t piece, std::size_t limit) {
  Outcome outcome;
  SseParser parser(limit);
  for (; !text.empty() && !outcome.too_big; text.remove_prefix(std::min(piece, text.size()))) {
    std::string bytes(text.substr(0, piece));
    parser.push(bytes);
    for (auto next = parser.next(); next != SseParser::Next::need_more; next = parser.next()) {
      outcome.too_big = next == SseParser::Next::too_big;
      if (outcome.too_big) break;
      outcome.events.emplace_back(parser.data());
      if (outcome.events.size() % 2 == 0) {
        std::string moved(parser.unread());
        bytes.swap(moved);
        parser.push(bytes);
        moved.assign(moved.size(), '#');
      }
    }
  }
  return outcome;
}

std::vector<std::string> plainly(std::string_view text) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    lines += text[i] == '\r' ? '\n' : text[i];
  }
  if (lines.compare(0, 3, "\xEF\xBB\xBF") == 0) lines.erase(0, 3);
  std::vector<std::string> events;
  std::string data;
  bool has_data = false;
  for (std::size_t end; (end = lines.find('\n')) != std::string::npos; lines.erase(0, end + 1)) {
    const std::string line = lines.substr(0, end);
    const auto colon = line.find(':');
    if (line.empty()) {
      if (!data.empty() && !detail::protocol::equal_ignoring_case(data, "initialized")) events.push_back(data);
      data.clear();
      has_data = false;
    } else if (line.substr(0, colon) == "data") {
      std::string value = colon == std::string::npos ? "" : line.substr(colon + 1);
      if (!value.empty() && value.front() == ' ') value.erase(0, 1);
      data += (has_data ? "\n" : "") + value;
      has_data = true;
    }
  }
  return events;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size).substr(0, 4096);
  const Outcome whole = parse(text, text.size() + 1, text.size() + 1);
  fuzz::require(!whole.too_big, "an event is larger than the stream");
  fuzz::require(whole.events == plainly(text), "other events than those of a plain reading");
  for (const std::size_t limit : {text.size() + 1, std::size_t{64}}) {
    const Outcome expected = parse(text, text.size() + 1, limit);
    for (const std::size_t piece : kPieces) {
      const Outcome cut = parse(text, piece, limit);
      fuzz::require(cut.events == expected.events && cut.too_big == expected.too_big, "a cut changes the events");
    }
  }
  return 0;
}
