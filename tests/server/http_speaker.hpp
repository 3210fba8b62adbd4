// HTTP/1.1 on a wire: one request after the other goes to a Site, which may answer at once, later, in chunks or never.
#pragma once

#include <signalr/server/site.hpp>

#include "raw_bytes.hpp"
#include "wire.hpp"

namespace signalr::test {

/// Starts to serve the wire; it keeps itself alive. `site` outlives it.
void serve_http(const std::shared_ptr<Wire>& wire, server::Site& site);

}  // namespace signalr::test
