// JSON that a client read and printed again: .NET writes times in its own time zone.
#pragma once

#include <string_view>

namespace wire {

/// Both are JSON and mean the same; strings may name the same moment in different time zones.
bool same_printed_json(std::string_view printed, std::string_view json);

/// Two times of ISO 8601 with a zone ("2020-01-02T03:04:05.5-07:00", "…Z") that are the same moment.
bool same_moment(std::string_view a, std::string_view b);

}  // namespace wire
