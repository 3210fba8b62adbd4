// The members of a small JSON object: how the answers of negotiate and start are read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/result.hpp>

namespace signalr::detail::protocol {

enum class JsonType { null, boolean, number, string, object, array };

/// "null", "a boolean", "a number", … for errors.
const char* describe(JsonType type) noexcept;

struct JsonMember {
  std::string name;
  JsonType type = JsonType::null;
  bool boolean = false;
  std::string text;       ///< a string, decoded; a number as it was written
  std::string_view json;  ///< the value as it came: a slice of the body
};

class JsonMembers {
 public:
  /// Reads the top level of `body`, which must outlive this: one JSON object and nothing after it, in valid UTF-8, a
  /// byte order mark before it tolerated (P#122), at most 32 containers deep. ProtocolError says what is wrong.
  static Result<JsonMembers> read(std::string_view body);

  /// The last member of that name (P#63), null members included; null pointer when there is none.
  const JsonMember* find(std::string_view name) const noexcept;
  /// As find, with null the same as missing.
  const JsonMember* find_value(std::string_view name) const noexcept;

 private:
  std::vector<JsonMember> members_;
};

}  // namespace signalr::detail::protocol
