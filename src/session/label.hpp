// What errors call a call or a handler of the user's.
#pragma once

#include <string>
#include <string_view>

#include "protocol/safe_text.hpp"

namespace signalr::detail::session {

/// `read_message`, `on of "chat.say"`: views and no text, so that it costs nothing until something fails.
struct Label {
  constexpr Label(const char* name) noexcept : kind(name) {}  // NOLINT(google-explicit-constructor)
  constexpr Label(const char* name, std::string_view of_hub, std::string_view of_method) noexcept
      : kind(name), hub(of_hub), method(of_method) {}

  std::string text() const {
    return hub.empty() ? std::string(kind) : kind + (" of " + protocol::quoted_name(hub, method));
  }

  const char* kind;
  std::string_view hub{};
  std::string_view method{};
};

}  // namespace signalr::detail::session
