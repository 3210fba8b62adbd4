// From a type to JSON text.
#pragma once

#include <string>

#include <signalr/json/writer.hpp>

namespace signalr {

/// Appends the value as JSON text. Throws UsageError for what can't be said (a time beyond the year 9999); nothing is
/// appended then.
template <class T>
void append_json(std::string& out, const T& value) {
  const std::size_t size = out.size();
  try {
    JsonWriter writer(out);
    writer.value(value);
  } catch (...) {
    out.resize(size);
    throw;
  }
}

}  // namespace signalr
