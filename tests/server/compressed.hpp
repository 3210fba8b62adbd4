// Payloads as exchanges and telemetry feeds send them.
#pragma once

#include <string>
#include <string_view>

namespace signalr::test {

/// Base64 of raw deflate (RFC 1951: no header, no checksum).
std::string deflate_base64(std::string_view text);

}  // namespace signalr::test
