#include "protocol/connection_data.hpp"

#include <algorithm>

#include <signalr/errors.hpp>

#include "protocol/ascii.hpp"
#include "protocol/json_text.hpp"
#include "protocol/safe_text.hpp"

namespace signalr::detail::protocol {
namespace {

bool has_controls(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

Result<std::string> make_connection_data(const std::vector<std::string>& hubs) {
  std::string out = "[";
  for (auto hub = hubs.begin(); hub != hubs.end(); ++hub) {
    if (hub->empty()) return UsageError("expected hub names, got an empty one");
    if (has_controls(*hub) || !is_valid_utf8(*hub)) {
      return UsageError("the hub name '" + printable(*hub) + "' can't be used: it isn't printable UTF-8");
    }
    const auto same = [&](const std::string& earlier) { return equal_ignoring_case(earlier, *hub); };
    if (std::any_of(hubs.begin(), hub, same)) continue;
    if (out.size() > 1) out += ',';
    out += "{\"name\":";
    append_json_string(out, *hub);
    out += '}';
  }
  out += ']';
  return out;
}

}  // namespace signalr::detail::protocol
