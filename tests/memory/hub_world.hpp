// A server with a hub of one method for each thing that a method can do, and a client that opens WebSockets to it.
#pragma once

#include "support.hpp"

namespace memory_test {

struct HubWorld {
  HubWorld() {
    server.settings().keep_alive = std::nullopt;
    auto& app = server.app();
    server.hub("TestHub")
        .on("Echo", [](server::Call& call) { call.result(call.args().at(0)); })
        .on("Void", [](server::Call&) {})
        .on("Later", [this](server::Call& call) { kept.push_back(call); })
        .on("Never", [](server::Call& call) { call.never(); })
        .on("Broadcast", [&app](server::Call& call) { app.broadcast("testhub", "notify", call.args_json()); })
        .on("CallCaller", [&app](server::Call& call) { app.send_to(call.connection_id(), "TestHub", "notify", "[]"); })
        .on("JoinGroup", [&app](server::Call& call) { app.join(call.connection_id(), "TestHub", "g1"); })
        .on("LeaveGroup", [&app](server::Call& call) { app.leave(call.connection_id(), "TestHub", "g1"); })
        .on("Progress", [](server::Call& call) {
          for (const char* percent : {"50", "100"}) call.progress(percent);
          call.result("\"done\"");
        });
    app.raw("echo", {});
  }
  Dialed open() {
    client.negotiate(R"([{"name":"testHub"}])");
    return client.open("connect");
  }
  // What the server says to this frame.
  Lines say(Dialed& socket, const std::string& text) {
    socket.ear().texts.clear();
    socket.conn().write(MessageType::text, text);
    server.clock().run_ready();
    return socket.ear().texts;
  }
  Lines invoke(Dialed& socket, const std::string& method, const std::string& args = "[]") {
    return say(socket, R"({"I":"0","H":"testHub","M":")" + method + R"(","A":)" + args + "}");
  }

  memory::FakeServer server;
  Client client{server};
  std::vector<server::Call> kept;
};

}  // namespace memory_test
