// JSON as text: checked once with a depth limit, then cut into members and elements without being converted, so that
// arguments and results stay exactly as they were written.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalr::server::json {

// The first JSON value of the text, without the whitespace around it and without what follows it, which the real
// server ignores (P§6.2). Nothing when there is none, or when it is nested deeper than max_depth.
std::optional<std::string_view> first_value(std::string_view text, std::size_t max_depth = 20);

// The one JSON value that the text is, as a test's author wrote it; std::invalid_argument if it isn't. `what` names it.
std::string_view require_value(std::string_view text, const char* what);

using Member = std::pair<std::string, std::string_view>;

// The members of an object in their order, nothing for other values. `value` comes from first_value.
std::vector<Member> members(std::string_view value);
// The elements of an array, nothing for other values.
std::vector<std::string_view> elements(std::string_view value);

// The last member whose name is this but for case; empty when there is none.
std::string_view find(const std::vector<Member>& members, std::string_view name);

bool is_object(std::string_view value);
bool is_array(std::string_view value);
bool is_string(std::string_view value);
bool is_null(std::string_view value);

// A string's text, decoded; other values as their JSON text.
std::string text_of(std::string_view value);
// A text as a JSON string.
std::string quoted(std::string_view text);

}  // namespace signalr::server::json
