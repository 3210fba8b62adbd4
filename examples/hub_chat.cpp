// Talks in a chat room: hub_chat URL ROOM NAME
//
// Says what comes on standard input, line by line, prints what the others say, and leaves at the end of the input.
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include <signalr/client.hpp>
#include <signalr/default_transport.hpp>

int main(int argc, char** argv) try {
  if (argc != 4) {
    std::cerr << "usage: hub_chat URL ROOM NAME\n";
    return 2;
  }
  const std::string room = argv[2], name = argv[3];

  signalr::DialOptions options = signalr::make_default_transport();
  options.events.on_error = [](const signalr::Error& error) { std::cerr << error.what() << '\n'; };
  options.events.on_reconnecting = [](const signalr::Error&, int) { std::cerr << "(reconnecting)\n"; };

  signalr::Client chat("chat");
  // The server never answers some mistakes, so there is a time after which we no longer wait.
  chat.set_default_timeout(std::chrono::seconds(10));

  // What the server calls. Handlers run on the connection's executor, one at a time; each is called for as long as its
  // Subscription lives.
  const signalr::Subscription subscriptions[] = {
      chat.on("message",
              [name](const std::string& from, const std::string& text) {
                if (from != name) std::cout << from + ": " + text + "\n" << std::flush;
              }),
      chat.on("joined", [](const std::string& who) { std::cout << "(" + who + " came)\n"
                                                               << std::flush; }),
      chat.on("left", [](const std::string& who) { std::cout << "(" + who + " left)\n"
                                                             << std::flush; }),
  };

  signalr::Conn conn = signalr::dial(argv[1], {chat}, options);

  // What we call. `get` waits for the answer, and throws what the server says against it.
  std::string present;
  for (const std::string& other : chat.invoke("Join", room, name).get<std::vector<std::string>>())
    present += " " + other;
  std::cout << "(in " + room + ":" + present + ")\n" << std::flush;

  for (std::string line; std::getline(std::cin, line);) {
    try {
      chat.invoke("Send", line).get<void>();
    } catch (const signalr::Error& error) {
      // The network was away for a moment; whether the line arrived is not known.
      if (conn.connection_state() == signalr::ConnectionState::disconnected) throw;
      std::cerr << error.what() << '\n';
    }
  }
  chat.invoke("Leave").get<void>();
  conn.close();
} catch (const signalr::InvocationError& error) {
  std::cerr << error.what() << ' ' << error.server_text() << '\n';
  return 1;
} catch (const signalr::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
