// What the fragments of code in the guides take for granted: names that a reader understands without their
// declarations.
#pragma once

#include <chrono>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <signalr/client.hpp>
#if __has_include(<nlohmann/json.hpp>)
#include <nlohmann/json.hpp>
#endif
#include <signalr/conformance/check.hpp>
#include <signalr/conn.hpp>
#include <signalr/default_transport.hpp>
#include <signalr/executor.hpp>
#include <signalr/memory/fake_server.hpp>

// doctest's, which the fragments don't run.
#define TEST_CASE(name) void test()
#define CHECK(...) static_cast<void>(__VA_ARGS__)
#define CHECK_MESSAGE(condition, ...) static_cast<void>(condition)
#define CAPTURE(value) static_cast<void>(value)

using namespace std::chrono_literals;
namespace memory = signalr::memory;

namespace guide {

struct MyDialer : signalr::WebsocketDialer {
  std::unique_ptr<signalr::Operation> dial(const std::shared_ptr<signalr::Executor>& executor,
                                           signalr::DialRequest request, signalr::DialHandler handler) override;
};
struct MyHttpClient : signalr::HttpClient {
  std::unique_ptr<signalr::HttpOperation> send(const std::shared_ptr<signalr::Executor>& executor,
                                               signalr::HttpRequest request, signalr::HttpSink& sink) override;
};
struct MyFixture : signalr::conformance::Fixture {};

struct Point {
  int x = 0;
  int y = 0;
};
struct Tick {
  int n = 0;
};
struct Order {
  std::string symbol;
};
#if __has_include(<nlohmann/json.hpp>)
void to_json(nlohmann::json& json, const Order& order);
#endif
struct Receipt {
  int id = 0;
};
struct Rejection {
  int code = 0;
};
SIGNALR_JSON(Tick, n);
SIGNALR_JSON(Order, symbol);
SIGNALR_JSON(Receipt, id);
SIGNALR_JSON(Rejection, code);

class TokenCache {
 public:
  std::string current();
};
struct World {
  memory::FakeServer server;
  void run_scenario();
  bool is_sane();
};

extern std::string url;
extern signalr::DialOptions options;
extern signalr::Conn conn;
extern signalr::PendingDial pending;
extern signalr::Client calc, chat, client, market, orders;
extern signalr::CancelSource source;
extern std::shared_ptr<signalr::Executor> my_loop;
extern memory::FakeServer server;
extern std::vector<signalr::server::Call> kept;
extern Order order;

void ask_for_a_token();
void ask_what_became_of(const Order& order);
void handler(signalr::Result<signalr::Conn> dialed);
void log(std::string_view text);
void on_message(signalr::Result<signalr::Message> message);
void show(std::string_view text);
void show(const Rejection& rejection);

}  // namespace guide
