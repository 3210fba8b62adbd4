// A client and a fake server on one virtual clock: what the scenario tests begin with.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <signalr/conn.hpp>
#include <signalr/memory/fake_server.hpp>

namespace doctest {

template <>
struct StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += "\n  " + line;
    return text.c_str();
  }
};

template <>
struct StringMaker<signalr::ErrorPtr> {
  static String convert(const signalr::ErrorPtr& error) { return error == nullptr ? "no error" : error->what(); }
};

}  // namespace doctest

namespace scenario {

using namespace std::chrono_literals;

/// Everything that a connection told about itself, in order, as text.
using Story = std::vector<std::string>;

struct World {
  explicit World(signalr::server::ServerSettings settings = {}) : server(settings) {
    server.hub("Chat").on("Echo", [](signalr::server::Call& call) { call.result(call.args().at(0)); });
    server.app().raw("raw", {});
    options.http_client = server.http_client();
    options.dialer = server.dialer();
    options.executor = server.executor();
    options.events.on_state_changed = [this](signalr::ConnectionState from, signalr::ConnectionState to) {
      story.push_back(std::string(to_string(from)) + " -> " + std::string(to_string(to)));
    };
    options.events.on_closed = [this](const signalr::Error* reason) {
      story.push_back(reason == nullptr ? "closed" : std::string("closed: ") + reason->what());
    };
    options.events.on_error = [this](const signalr::Error& error) {
      story.push_back(std::string("error: ") + error.what());
      errors.push_back(error.clone());
    };
    options.log = [this](signalr::LogLevel, std::string_view line) { log.emplace_back(line); };
  }

  signalr::Conn dial(const signalr::CallOptions& call = {}) {
    return signalr::dial(server.origin(), signalr::Hubs{{"chat"}}, options, call);
  }

  /// The error that dialing ends with.
  signalr::ErrorPtr dial_error(const signalr::CallOptions& call = {}) {
    try {
      signalr::Conn conn = dial(call);
    } catch (const signalr::Error& error) {
      return error.clone();
    }
    FAIL("dial succeeded, an error was expected");
    return nullptr;
  }

  /// Lets everything happen that needs no time.
  void settle() { server.clock().run_ready(); }

  signalr::memory::FakeServer server;
  signalr::DialOptions options;
  Story story;
  std::vector<signalr::ErrorPtr> errors;
  Story log;
};

inline signalr::ClientMsg call(std::string id, std::string method, std::vector<std::string> args) {
  signalr::ClientMsg message;
  message.invocation_id = std::move(id);
  message.hub = "chat";
  message.method = std::move(method);
  for (std::string& arg : args) message.args.push_back(signalr::RawJson::parse(std::move(arg)));
  return message;
}

}  // namespace scenario
