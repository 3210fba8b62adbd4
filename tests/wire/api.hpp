// The part of our public API through which the user lives a connection. What is recorded is played through each part
// that can play it, and judged each time.
#pragma once

#include <array>

namespace wire {

enum class Api {
  messages,  ///< Conn: read_message, write_message
  hubs,      ///< Client: invoke, on, progress, state
  raw,       ///< Conn: send, on_received
};

inline constexpr std::array kApis = {Api::messages, Api::hubs, Api::raw};

constexpr const char* to_string(Api api) {
  return api == Api::messages ? "messages" : api == Api::hubs ? "hubs" : "raw";
}

}  // namespace wire
