// Connects to a hub and prints the calls that the server makes: basic URL HUB [FRAMES]
#include <cstdlib>
#include <iostream>

#include <signalr/conn.hpp>
#include <signalr/default_transport.hpp>

int main(int argc, char** argv) try {
  if (argc < 3) {
    std::cerr << "usage: basic URL HUB [FRAMES]\n";
    return 2;
  }
  const long frames = argc > 3 ? std::atol(argv[3]) : -1;  // how many to wait for; else for ever

  signalr::Conn conn = signalr::dial(argv[1], signalr::Hubs{{argv[2]}}, signalr::make_default_transport());
  signalr::Message message;
  for (long frame = 0; frame != frames; ++frame) {
    conn.read_message(message);
    for (const signalr::ClientMsgView& call : message.messages()) {
      std::cout << call.hub << '.' << call.method;
      for (const signalr::RawJsonView& arg : call) std::cout << ' ' << arg.text();
      std::cout << std::endl;
    }
  }
  conn.close();
} catch (const signalr::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
