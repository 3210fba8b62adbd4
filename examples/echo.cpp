// Calls a hub's method with one argument and waits for its result: echo URL HUB METHOD JSON
#include <chrono>
#include <iostream>

#include <signalr/conn.hpp>
#include <signalr/default_transport.hpp>

int main(int argc, char** argv) try {
  if (argc != 5) {
    std::cerr << "usage: echo URL HUB METHOD JSON\n";
    return 2;
  }
  signalr::Conn conn = signalr::dial(argv[1], signalr::Hubs{{argv[2]}}, signalr::make_default_transport());

  signalr::ClientMsg call;
  call.invocation_id = "1";
  call.hub = argv[2];
  call.method = argv[3];
  call.args.push_back(signalr::RawJson::parse(argv[4]));
  conn.write_message(call);

  // A server may never answer a call, so there is a deadline.
  const signalr::TimePoint deadline = signalr::Clock::now() + std::chrono::seconds(10);
  signalr::Message message;
  do {
    conn.read_message(message, {deadline});
  } while (!message.is_result() || message.invocation_id() != "1");

  if (message.failed()) {
    std::cerr << "the server refused: " << message.error() << '\n';
    return 1;
  }
  std::cout << (message.result().missing() ? "null" : message.result().text()) << '\n';
  conn.close();
} catch (const signalr::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
