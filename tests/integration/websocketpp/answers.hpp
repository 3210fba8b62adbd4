// Answers to the upgrade, given word by word.
#pragma once

#include <string>
#include <string_view>

#include "client.hpp"
#include "peer.hpp"

namespace answers {

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Answers the upgrade with this; `{accept}` stands for the right Sec-WebSocket-Accept.
inline peer::Script answer(std::string text) {
  return [text](peer::Link& link) {
    const std::string request = link.read_until("\r\n\r\n");
    std::string filled = text;
    if (const auto at = filled.find("{accept}"); at != std::string::npos) {
      filled.replace(at, 8, peer::accept_for(request));
    }
    link.send(filled);
    link.end_writing();
    link.read_to_end();
  };
}

inline signalr::DialResult dial_for(const std::string& text, std::size_t max_header_bytes = 64 * 1024) {
  peer::Server server(answer(text));
  signalr::DialRequest request = client::request_for(server.at());
  request.max_header_bytes = max_header_bytes;
  signalr::DialResult result = client::dial(signalr::make_asio_event_loop(), std::move(request));
  return result;
}

inline const std::string kGranted =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: {accept}\r\n";

}  // namespace answers
