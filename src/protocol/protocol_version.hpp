// The protocol's version number, compared as numbers (P§3.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace signalr::detail::protocol {

struct ProtocolVersion {
  int major = 0;
  int minor = 0;

  /// "M.m"; "M.m.p" and "M.m.p.q", which servers echo to clients that ask so, with the rest ignored; nothing for all
  /// else, signs and white space included.
  static std::optional<ProtocolVersion> parse(std::string_view text);
  std::string to_string() const;
};

constexpr bool operator<(ProtocolVersion a, ProtocolVersion b) noexcept {
  return a.major != b.major ? a.major < b.major : a.minor < b.minor;
}
constexpr bool operator==(ProtocolVersion a, ProtocolVersion b) noexcept {
  return a.major == b.major && a.minor == b.minor;
}

inline constexpr ProtocolVersion kMinVersion{1, 2};  ///< of the servers that we understand
inline constexpr ProtocolVersion kMaxVersion{2, 1};
inline constexpr ProtocolVersion kInitVersion{1, 3};          ///< from here on the server sends an init frame
inline constexpr ProtocolVersion kDelayedStartVersion{1, 4};  ///< from here on the client sends /start
inline constexpr ProtocolVersion kPollBodyVersion{1, 5};      ///< from here on polls say in their body where they are
inline constexpr ProtocolVersion kRedirectVersion{2, 0};      ///< from here on negotiate may redirect or fail

}  // namespace signalr::detail::protocol
