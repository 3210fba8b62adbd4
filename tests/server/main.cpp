// test-server: the demo's server as a program. Prints its URL on one line, and serves until SIGINT or SIGTERM.
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <optional>
#include <string>

#include "certificates.hpp"
#include "demo_site.hpp"
#include "refusing_site.hpp"
#include "test_server.hpp"

namespace {

constexpr const char* kUsage =
    "usage: test-server [--port N] [--tick-ms N] [--keep-alive-ms N] [--tls FOLDER] [--refuse LIST] [--events]\n"
    "  --port N           listen on 127.0.0.1:N; default: a free port\n"
    "  --tick-ms N        call tick on all clients every N ms; default 1000, 0: never\n"
    "  --keep-alive-ms N  default 10000, 0: off\n"
    "  --tls FOLDER       https with a fresh certificate; its authority goes to FOLDER/ca.pem\n"
    "  --refuse LIST      answer 503 to connecting over these transports, as in webSockets,serverSentEvents\n"
    "  --events           print a line for each connection that comes, comes back, or goes, and for each reset\n"
    "SIGHUP resets all connections, as a crash of the server would.\n";

void say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

struct Arguments {
  int port = 0;
  int tick_ms = 1000;
  int keep_alive_ms = 10'000;
  std::string tls_folder;
  std::string refused;
  bool events = false;
};

std::optional<Arguments> parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--events") {
      arguments.events = true;
      continue;
    }
    if (++i >= argc) return std::nullopt;
    const char* value = argv[i];
    if (option == "--port") {
      arguments.port = std::atoi(value);
    } else if (option == "--tick-ms") {
      arguments.tick_ms = std::atoi(value);
    } else if (option == "--keep-alive-ms") {
      arguments.keep_alive_ms = std::atoi(value);
    } else if (option == "--tls") {
      arguments.tls_folder = value;
    } else if (option == "--refuse") {
      arguments.refused = value;
    } else {
      return std::nullopt;
    }
  }
  return arguments;
}

std::unique_ptr<signalr::server::Site> make_site(std::shared_ptr<signalr::Executor> executor,
                                                 const Arguments& arguments) {
  using std::chrono::milliseconds;
  signalr::server::ServerSettings settings;
  settings.keep_alive = milliseconds(arguments.keep_alive_ms);
  if (arguments.keep_alive_ms <= 0) settings.keep_alive.reset();
  auto demo = std::make_unique<signalr::test::DemoSite>(std::move(executor), milliseconds(arguments.tick_ms), settings);
  if (arguments.events) {
    demo->watch(
        [](const signalr::server::LifecycleEvent& event) { say(to_string(event) + " " + event.connection_id); });
  }
  if (arguments.refused.empty()) return demo;
  return std::make_unique<signalr::test::RefusingSite>(std::move(demo), arguments.refused);
}

void serve(const Arguments& arguments) {
  signalr::test::TestServerOptions options;
  options.port = static_cast<std::uint16_t>(arguments.port);
  if (!arguments.tls_folder.empty()) {
    options.tls = signalr::test::TestAuthority(arguments.tls_folder).issue("server");
  }

  // Before the server's thread begins, so that no signal is lost between the line below and waiting for one.
  asio::io_context io;
  asio::signal_set end(io, SIGINT, SIGTERM);
  asio::signal_set crash(io, SIGHUP);
  signalr::test::TestServer server(
      [&](std::shared_ptr<signalr::Executor> executor) { return make_site(std::move(executor), arguments); }, options);
  end.async_wait([&](std::error_code, int) { io.stop(); });
  const std::function<void(std::error_code, int)> on_crash = [&](std::error_code, int) {
    server.reset_connections();
    if (arguments.events) say("reset");
    crash.async_wait(on_crash);
  };
  crash.async_wait(on_crash);
  say(server.url());
  io.run();
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse(argc, argv);
  if (!arguments) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  try {
    serve(*arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "test-server: %s\n", error.what());
    return 1;
  }
}
