// What the tests of the typed JSON layer share.
#pragma once

#include <signalr/json.hpp>
#include <string>
#include <string_view>

namespace signalr::test {

template <class T>
T decode(std::string_view json) {
  return decode_json<T>(RawJsonView(json));
}

template <class T>
std::string encode(const T& value) {
  std::string out;
  append_json(out, value);
  return out;
}

/// The sentence of the DecodeError.
template <class T>
std::string complaint(std::string_view json) {
  try {
    (void)decode<T>(json);
  } catch (const DecodeError& error) {
    return error.what();
  }
  return "(none)";
}

/// Its where().
template <class T>
std::string place(std::string_view json) {
  try {
    (void)decode<T>(json);
  } catch (const DecodeError& error) {
    return error.where();
  }
  return "(none)";
}

}  // namespace signalr::test
