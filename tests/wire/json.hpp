// RapidJSON in the few forms that the judge needs.
#pragma once

#include <rapidjson/document.h>

#include <string>
#include <string_view>

namespace wire {

using Json = rapidjson::Document;
using JsonValue = rapidjson::Value;

/// Ask `HasParseError()` of the result. Text that is nested too deeply for recursion is an error as well.
Json parse_json(std::string_view text);
bool is_json(std::string_view text);
bool is_utf8(std::string_view text);
/// Both are JSON and mean the same: numbers by value, members in any order.
bool same_json(std::string_view a, std::string_view b);
std::string json_text(const JsonValue& value);

/// The last member of that name (P#63); null when `object` is no object or has none.
const JsonValue* member(const JsonValue& object, const char* name);
/// The member's text; empty when it is missing or no string.
std::string string_member(const JsonValue& object, const char* name);
std::string_view string_of(const JsonValue& value);

/// The `I` of a call, a result or a progress report (P§6), text or whole number; empty when there is none.
std::string id_of(const JsonValue& object);

/// `text` with one character of its last value (never of a name, a literal or an escape) replaced by another, so that
/// it is JSON still but means something else. Text that isn't JSON gets its last letter or digit replaced. Unchanged
/// when there is nothing to change.
std::string with_last_value_changed(std::string_view text);

}  // namespace wire
