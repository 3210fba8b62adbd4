// Brings a WebSocket stack of one's own, one whose calls block: blocking_websocket URL HUB [FRAMES]
//
// The stack is in plain_websocket/: POSIX sockets, nothing else. With an odd TLS library, replace its socket.
#include <cstdlib>
#include <iostream>
#include <memory>

#include <signalr/blocking_websocket.hpp>
#include <signalr/conn.hpp>
#include <signalr/curl/http_client.hpp>

#include "plain_websocket/websocket.hpp"

int main(int argc, char** argv) try {
  if (argc < 3) {
    std::cerr << "usage: blocking_websocket URL HUB [FRAMES]\n";
    return 2;
  }
  const long frames = argc > 3 ? std::atol(argv[3]) : -1;  // how many to wait for; else for ever

  signalr::DialOptions options;
  options.http_client = signalr::make_curl_http_client();
  options.dialer =
      std::make_shared<signalr::BlockingWebsocketAdapter>([] { return std::make_unique<PlainWebsocket>(); });

  signalr::Conn conn = signalr::dial(argv[1], signalr::Hubs{{argv[2]}}, options);
  signalr::Message message;
  for (long frame = 0; frame != frames; ++frame) {
    conn.read_message(message);
    for (const signalr::HubCallView& call : message.messages()) std::cout << call.json.text() << std::endl;
  }
  conn.close();
} catch (const signalr::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
