// Connects to the server at argv[1], calls Echo on its hub, and checks the answer: what a user's first program does.
#include <signalr/conn.hpp>
#include <signalr/curl/http_client.hpp>
#include <signalr/websocketpp/dialer.hpp>
#include <signalr/websocketpp/event_loop.hpp>

#include <chrono>
#include <iostream>

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  signalr::DialOptions options;
  options.http_client = signalr::make_curl_http_client();
  options.dialer = signalr::make_websocketpp_dialer();
  options.executor = signalr::shared_asio_event_loop();
  const signalr::CallOptions call{std::chrono::seconds(30)};
  signalr::Conn conn = signalr::dial(argv[1], signalr::Hubs{{"TestHub"}}, options, call);

  signalr::ClientMsg echo;
  echo.invocation_id = "1";
  echo.hub = "TestHub";
  echo.method = "Echo";
  echo.args.push_back(signalr::RawJson::parse("12345678901234567890"));
  conn.write_message(echo, call);
  signalr::Message message;
  do {
    conn.read_message(message, call);
  } while (!message.is_result());
  conn.close();
  return message.result().text() == "12345678901234567890" ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
