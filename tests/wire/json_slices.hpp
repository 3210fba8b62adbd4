// Parts of a JSON text as they are written there: what our client hands on must be that to the letter, and a value
// that is replaced must leave the rest alone. All texts are valid JSON; the results are views of them.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace wire {

/// The value of the last member of that name (P#63); nothing when there is none or `object` is no object.
std::optional<std::string_view> member_slice(std::string_view object, std::string_view name);

/// Names (without quotes, escapes as they are) and values; empty when it is no object.
std::vector<std::pair<std::string_view, std::string_view>> member_slices(std::string_view object);

/// The elements; empty when it is no array.
std::vector<std::string_view> element_slices(std::string_view array);

}  // namespace wire
