// The envelope scanner and RapidJSON agree on every frame of every recording, and on many made and spoilt ones.
#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "../support/frame_oracle.hpp"

using namespace signalr;

namespace {

constexpr std::size_t kDepth = 24;

void check(test::FrameOracle& oracle, const std::string& text) {
  const std::string complaint = oracle.complaint(text);
  if (!complaint.empty()) {
    CAPTURE(text);
    FAIL_CHECK(complaint);
  }
}

// Every string of a recording: WebSocket texts, events, bodies, and the requests' parts, which do no harm.
void collect(const rapidjson::Value& value, std::vector<std::string>& out) {
  if (value.IsString()) out.emplace_back(value.GetString(), value.GetStringLength());
  if (value.IsArray()) {
    for (const auto& item : value.GetArray()) collect(item, out);
  }
  if (value.IsObject()) {
    for (const auto& member : value.GetObject()) collect(member.value, out);
  }
}

std::vector<std::string> recorded_texts() {
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator(SIGNALR_RECORDINGS)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string json((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    rapidjson::Document document;
    document.Parse(json.data(), json.size());
    REQUIRE_FALSE(document.HasParseError());
    collect(document["exchanges"], texts);
  }
  for (std::string& text : texts) {
    if (text.compare(0, 6, "data: ") == 0) text.erase(0, 6);
  }
  std::sort(texts.begin(), texts.end());  // the folder's order is the file system's
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

// The same numbers on every machine: the standard's distributions aren't.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return engine_() % bound; }
  template <class Range>
  auto pick(const Range& range) {
    return *(std::begin(range) + static_cast<std::ptrdiff_t>(below(std::size(range))));
  }

 private:
  std::mt19937 engine_;
};

constexpr std::array kScalars = {"1",
                                 "1.0",
                                 "0",
                                 "-7",
                                 "2.5e3",
                                 "-0.1E+30",
                                 "12345678901234567890",
                                 "null",
                                 "true",
                                 "false",
                                 "\"\"",
                                 "\"5\"",
                                 "\"P|5\"",
                                 "\"d-1,0|B,1\"",
                                 "\"é€\"",
                                 "\"\\ud83d\\ude00\"",
                                 "\"\\u0000\\\"\\\\\"",
                                 "\"\\ud83d\"",
                                 "\"\\ude00\\ud83d\\ud83d\\ude00\"",
                                 "\"\\ud83d\\\\ude00\"",
                                 "\"a longer string, over sixteen\""};
constexpr std::array kKeys = {"C", "D", "E", "G", "H",       "I",       "L", "M", "P",
                              "R", "S", "T", "A", "\\u0043", "\\u004d", "x", ""};
constexpr std::array kSpaces = {"", "", "", "", " ", "\n", "\r\n\t"};
constexpr std::array kBits = {"\"",
                              "\\",
                              "{",
                              "}",
                              "[",
                              "]",
                              ",",
                              ":",
                              "0",
                              "1",
                              "-",
                              ".",
                              "e",
                              "\\u",
                              "\\ud800",
                              "\\udc00",
                              "\xC3",
                              "\xA9",
                              "\xED\xA0\x80",
                              "\xF0\x9F\x98\x80",
                              "\xFF",
                              "\"M\":",
                              "\"I\":1",
                              "null"};

void append_value(std::string& out, Dice& dice, int levels) {
  const std::size_t shape = levels > 0 ? dice.below(4) : 3;
  out += dice.pick(kSpaces);
  if (shape == 0 || shape == 1) {
    out += '{';
    for (std::size_t i = 0, count = dice.below(5); i < count; ++i) {
      if (i > 0) out += ',';
      out += std::string(dice.pick(kSpaces)) + '"' + dice.pick(kKeys) + '"' + dice.pick(kSpaces) + ':';
      append_value(out, dice, levels - 1);
    }
    out += '}';
  } else if (shape == 2) {
    out += '[';
    for (std::size_t i = 0, count = dice.below(5); i < count; ++i) {
      if (i > 0) out += ',';
      append_value(out, dice, levels - 1);
    }
    out += ']';
  } else {
    out += dice.pick(kScalars);
  }
  out += dice.pick(kSpaces);
}

void spoil(std::string& text, Dice& dice) {
  const std::size_t at = dice.below(text.size() + 1);
  switch (dice.below(4)) {
    case 0:
      text.insert(at, dice.pick(kBits));
      break;
    case 1:
      text.erase(at, 1 + dice.below(3));
      break;
    case 2:
      text.insert(at, text, dice.below(text.size() + 1), dice.below(20));
      break;
    default:
      if (at < text.size()) text[at] = static_cast<char>(dice.below(256));
  }
}

}  // namespace

TEST_CASE("every text of the recordings is read as RapidJSON reads it") {
  test::FrameOracle oracle(kDepth);
  detail::protocol::EnvelopeScanner scanner(kDepth);
  std::size_t persistent = 0, results = 0, keep_alives = 0;
  for (const std::string& text : recorded_texts()) {
    check(oracle, text);
    if (scanner.scan(text) != detail::protocol::ScanError::none) continue;
    persistent += scanner.frame().kind == detail::protocol::FrameKind::persistent ? 1u : 0u;
    results += scanner.frame().kind == detail::protocol::FrameKind::result ? 1u : 0u;
    keep_alives += scanner.frame().kind == detail::protocol::FrameKind::keep_alive ? 1u : 0u;
  }
  CHECK(persistent > 300);
  CHECK(results > 50);
  CHECK(keep_alives > 1);
}

TEST_CASE("made frames are read as RapidJSON reads them") {
  test::FrameOracle oracle(kDepth);
  Dice dice(1);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    append_value(text, dice, 5);
    check(oracle, text);
  }
}

TEST_CASE("spoilt frames are refused where RapidJSON refuses them") {
  test::FrameOracle oracle(kDepth);
  Dice dice(2);
  std::vector<std::string> sound;
  for (std::string& text : recorded_texts()) {
    if (text.size() < 1000 && text.compare(0, 1, "{") == 0) sound.push_back(std::move(text));
  }
  for (int i = 0; i < 30000; ++i) {
    std::string text;
    if (i % 2 == 0) {
      append_value(text, dice, 4);
    } else {
      text = sound[dice.below(sound.size())];
    }
    for (std::size_t changes = 1 + dice.below(3); changes > 0; --changes) spoil(text, dice);
    check(oracle, text);
  }
}
