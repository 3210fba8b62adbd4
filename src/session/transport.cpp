#include "session/transport.hpp"

#include "session/long_polling_transport.hpp"
#include "session/sse_transport.hpp"
#include "session/websocket_transport.hpp"

namespace signalr::detail::session {

TransportTraits traits_of(TransportKind kind) noexcept {
  switch (kind) {
    case TransportKind::websockets:
      return {true, true, false, false};
    case TransportKind::server_sent_events:
      return {true, false, true, false};
    case TransportKind::long_polling:
      return {false, false, true, true};
  }
  return {};
}

std::unique_ptr<Transport> open_transport(TransportKind kind, const TransportSetup& setup) {
  switch (kind) {
    case TransportKind::websockets:
      return std::make_unique<WebsocketTransport>(setup);
    case TransportKind::server_sent_events:
      return std::make_unique<SseTransport>(setup);
    case TransportKind::long_polling:
      return std::make_unique<LongPollingTransport>(setup);
  }
  return nullptr;
}

}  // namespace signalr::detail::session
