// A second opinion on JSON texts: RapidJSON's iterative parser builds a plain tree, numbers stay text. Where the
// installed RapidJSON is known to be wrong or to have limits of its own, that is made up for here, each with its
// reason.
#pragma once

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lone_surrogates.hpp"

namespace signalr::test {

struct JsonTree {
  enum class Type { null, boolean, number, string, array, object };
  Type type = Type::null;
  std::string text;  // a number's as it came, a string's decoded, true or false
  std::vector<std::string> keys;
  std::vector<JsonTree> values;

  /// The member of that name that counts: the last one. Null when there is none.
  const JsonTree* find(std::string_view key) const {
    for (std::size_t i = keys.size(); i-- > 0;) {
      if (keys[i] == key) return &values[i];
    }
    return nullptr;
  }
  bool is(Type wanted) const { return type == wanted; }

  friend bool operator==(const JsonTree& a, const JsonTree& b) {
    return a.type == b.type && a.text == b.text && a.keys == b.keys && a.values == b.values;
  }
};

enum class Opinion { accepts, rejects, unsure };

class JsonOracle {
 public:
  explicit JsonOracle(std::size_t max_depth) : handler_{max_depth} {}

  Opinion ask(std::string_view text) {
    handler_.reset();
    // RapidJSON 1.1.0 computes exponents in an int, which overflows.
    if (has_long_exponent(text)) return Opinion::unsure;
    constexpr unsigned kFlags =
        rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
    const std::string readable = with_lone_surrogates_replaced(text);
    rapidjson::MemoryStream stream(readable.data(), readable.size());
    rapidjson::Reader reader;
    const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler_);
    // It limits numbers to what a double can hold, even when they stay strings; RFC 8259 doesn't.
    if (result.Code() == rapidjson::kParseErrorNumberTooBig) return Opinion::unsure;
    if (result.IsError()) return Opinion::rejects;
    // A memory stream reads as NUL at its end, so that a NUL behind the value looks like the end.
    if (stream.Tell() != text.size()) return Opinion::rejects;
    return Opinion::accepts;
  }

  /// Only after Opinion::accepts.
  const JsonTree& tree() const { return handler_.root; }

  static bool is_utf8(std::string_view text) {
    struct Nowhere {
      void Put(char) {}
    } nowhere;
    rapidjson::MemoryStream stream(text.data(), text.size());
    while (stream.Tell() < text.size()) {
      if (!rapidjson::UTF8<>::Validate(stream, nowhere) || stream.Tell() > text.size()) return false;
    }
    return true;
  }

 private:
  struct Handler {
    using Ch = char;
    using Type = JsonTree::Type;

    std::size_t max_depth;
    JsonTree root{};
    std::vector<JsonTree> open{};
    std::vector<std::string> keys{};

    void reset() {
      root = JsonTree();
      open.clear();
      keys.clear();
    }
    bool put(JsonTree tree) {
      if (open.empty()) {
        root = std::move(tree);
        return true;
      }
      if (open.back().is(Type::object)) {
        open.back().keys.push_back(std::move(keys.back()));
        keys.pop_back();
      }
      open.back().values.push_back(std::move(tree));
      return true;
    }
    bool start(Type type) {
      open.push_back(JsonTree{type, {}, {}, {}});
      return open.size() <= max_depth;
    }
    bool end() {
      JsonTree tree = std::move(open.back());
      open.pop_back();
      return put(std::move(tree));
    }

    bool Null() { return put(JsonTree{Type::null, {}, {}, {}}); }
    bool Bool(bool value) { return put(JsonTree{Type::boolean, value ? "true" : "false", {}, {}}); }
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(int64_t) { return false; }
    bool Uint64(uint64_t) { return false; }
    bool Double(double) { return false; }
    bool RawNumber(const char* data, rapidjson::SizeType size, bool) {
      return put(JsonTree{Type::number, std::string(data, size), {}, {}});
    }
    bool String(const char* data, rapidjson::SizeType size, bool) {
      return put(JsonTree{Type::string, std::string(data, size), {}, {}});
    }
    bool Key(const char* data, rapidjson::SizeType size, bool) {
      keys.emplace_back(data, size);
      return true;
    }
    bool StartObject() { return start(Type::object); }
    bool EndObject(rapidjson::SizeType) { return end(); }
    bool StartArray() { return start(Type::array); }
    bool EndArray(rapidjson::SizeType) { return end(); }
  };

  // Of a number; strings may hold what they like.
  static bool has_long_exponent(std::string_view text) {
    bool in_string = false;
    std::size_t digits = 0;  // since an e
    bool after_e = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '"') in_string = !in_string;
      if (in_string) {
        if (c == '\\') ++i;
        continue;
      }
      if (c == 'e' || c == 'E') {
        after_e = true;
        digits = 0;
      } else if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
        if (after_e && ++digits > 6) return true;
      } else if (c != '+' && c != '-') {
        after_e = false;
      }
    }
    return false;
  }

  Handler handler_;
};

}  // namespace signalr::test
