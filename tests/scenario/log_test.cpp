// What DialOptions::log is told, and from which level on.
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include <signalr/client.hpp>

#include "scenario.hpp"

using namespace signalr;
using namespace scenario;

namespace {

struct Logged : World {
  Story lines;

  explicit Logged(LogLevel from) {
    options.log_level = from;
    options.log = [this](LogLevel level, std::string_view line) {
      lines.push_back(std::string(to_string(level)) + ": " + std::string(line));
    };
  }
  /// The lines of one level, while a call is made and answered and the server calls.
  Story of_a_call(const std::string& level) {
    Conn conn = dial();
    Client chat("chat", conn);
    settle();
    chat.notify("Echo", "a secret");
    settle();
    server.peer().send("{}");
    server.peer().send(R"({"M":[{"H":"Chat","M":"say","A":["a secret"]},{"H":"Chat","M":"say","A":[]}]})");
    server.peer().send("[]");
    settle();
    Story found;
    for (const std::string& line : lines) {
      CHECK(line.find("a secret") == std::string::npos);
      if (line.rfind(level + ": ", 0) == 0) found.push_back(line.substr(level.size() + 2));
    }
    return found;
  }
};

}  // namespace

TEST_CASE("each frame and each message is told at the level trace, with its size and without its content") {
  const Story told = Logged(LogLevel::trace).of_a_call("trace");
  REQUIRE(told.size() == 6);
  CHECK(told[0].rfind("received ", 0) == 0);
  CHECK(told[0].find(" bytes: init, 0 messages") != std::string::npos);
  CHECK(told[1] == "sent 48 bytes");
  CHECK(told[2] == "received 24 bytes: result");
  CHECK(told[3] == "received 2 bytes: keep-alive");
  CHECK(told[4] == "received 77 bytes: 2 messages");
  CHECK(told[5] == "received 2 bytes: no object");
}

TEST_CASE("lines below DialOptions::log_level aren't told; by default that is debug") {
  CHECK(Logged(DialOptions().log_level).of_a_call("trace").empty());
  CHECK_FALSE(Logged(DialOptions().log_level).of_a_call("debug").empty());
  CHECK(Logged(LogLevel::info).of_a_call("debug").empty());
  CHECK(Logged(LogLevel::info).of_a_call("info").size() == 2);
}
