// Connects to the server in memory: what a user's own tests do. Links no network library.
#include <signalr/conn.hpp>
#include <signalr/memory/fake_server.hpp>

#include <iostream>

int main() try {
  signalr::memory::FakeServer server;
  server.hub("prices");
  signalr::DialOptions options;
  options.http_client = server.http_client();
  options.dialer = server.dialer();
  options.executor = server.executor();
  signalr::Conn conn = signalr::dial(server.origin(), signalr::Hubs{{"prices"}}, options);
  server.broadcast("prices", "changed", "[3.5]");
  signalr::Message message;
  do {
    conn.read_message(message);
  } while (message.messages().empty());
  conn.close();
  return message.messages()[0].arg(0).text() == "3.5" ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
