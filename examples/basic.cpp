// Connects to a hub and prints the calls that the server makes:
// basic [--transport webSockets|serverSentEvents|longPolling] URL HUB [FRAMES]
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include <signalr/conn.hpp>
#include <signalr/default_transport.hpp>

// In any case.
static bool same(std::string_view a, std::string_view b) {
  const auto equal = [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
}

int main(int argc, char** argv) try {
  signalr::DialOptions options = signalr::make_default_transport();
  if (argc > 2 && std::string_view(argv[1]) == "--transport") {
    using Kind = signalr::TransportKind;
    options.transports.clear();  // else all three are tried
    for (const Kind kind : {Kind::websockets, Kind::server_sent_events, Kind::long_polling}) {
      if (same(to_string(kind), argv[2])) options.transports = {kind};
    }
    argc -= 2;
    argv += 2;
  }
  if (argc < 3 || options.transports.empty()) {
    std::cerr << "usage: basic [--transport webSockets|serverSentEvents|longPolling] URL HUB [FRAMES]\n";
    return 2;
  }
  const long frames = argc > 3 ? std::atol(argv[3]) : -1;  // how many to wait for; else for ever

  signalr::Conn conn = signalr::dial(argv[1], signalr::Hubs{{argv[2]}}, options);
  std::cout << "connected over " << to_string(conn.transport()) << std::endl;
  signalr::Message message;
  for (long frame = 0; frame != frames; ++frame) {
    conn.read_message(message);
    for (const signalr::HubCallView& call : message.messages()) {
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
