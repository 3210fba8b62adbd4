// test-server: the demo's server as a program. Prints its URL on one line, and serves until SIGINT or SIGTERM.
#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <exception>
#include <functional>
#include <random>
#include <signalr/transport_kind.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

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
    "  --help             this text\n"
    "SIGHUP resets all connections, as a crash of the server would.\n";

constexpr int kMaxMs = 24 * 3600 * 1000;

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

struct Misused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

int number(const std::string& option, std::string_view text, int max) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= 0 && value <= max) return value;
  throw Misused(option + " takes a number from 0 to " + std::to_string(max));
}

bool same(std::string_view a, std::string_view b) {
  const auto equal = [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
}

// The transports of a list, as the protocol spells them.
std::string transports(std::string_view list) {
  std::string names;
  while (!list.empty()) {
    const std::string_view name = list.substr(0, list.find(','));
    list.remove_prefix(name.size() < list.size() ? name.size() + 1 : name.size());
    using Kind = signalr::TransportKind;
    bool known = false;
    for (const Kind kind : {Kind::websockets, Kind::server_sent_events, Kind::long_polling}) {
      if (!same(name, to_string(kind))) continue;
      names += (names.empty() ? "" : ",") + std::string(to_string(kind));
      known = true;
    }
    if (!known) throw Misused("--refuse takes webSockets, serverSentEvents and longPolling, with commas between");
  }
  return names;
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--events") {
      arguments.events = true;
      continue;
    }
    if (++i >= argc) throw Misused(option + " isn't an option, or lacks its value");
    const char* value = argv[i];
    if (option == "--port") {
      arguments.port = number(option, value, 65'535);
    } else if (option == "--tick-ms") {
      arguments.tick_ms = number(option, value, kMaxMs);
    } else if (option == "--keep-alive-ms") {
      arguments.keep_alive_ms = number(option, value, kMaxMs);
    } else if (option == "--tls") {
      arguments.tls_folder = value;
    } else if (option == "--refuse") {
      arguments.refused = transports(value);
    } else {
      throw Misused(option + " isn't an option");
    }
  }
  return arguments;
}

std::unique_ptr<signalr::server::Site> make_site(std::shared_ptr<signalr::Executor> executor,
                                                 const Arguments& arguments) {
  using std::chrono::milliseconds;
  signalr::server::ServerSettings settings;
  settings.seed = std::random_device()();  // clients see that it isn't the server that ran before
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
  if (argc == 2 && std::string_view(argv[1]) == "--help") {
    std::fputs(kUsage, stdout);
    return 0;
  }
  try {
    serve(parse(argc, argv));
  } catch (const Misused& misused) {
    std::fprintf(stderr, "test-server: %s\n%s", misused.what(), kUsage);
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "test-server: %s\n", error.what());
    return 1;
  }
}
