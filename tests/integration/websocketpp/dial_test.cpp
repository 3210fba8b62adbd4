// The upgrade: what is asked, which answers are taken, and what is told of those that aren't.
#include "answers.hpp"

using namespace signalr;
using answers::contains;
using answers::dial_for;
using answers::kGranted;
using client::AnyExecutor;
using client::request_for;
using client::Session;

TEST_CASE("a message goes there and comes back, on every kind of executor") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) {
    link.upgrade();
    const peer::Frame frame = link.read_frame();
    link.send(peer::frame(frame.first, frame.payload));
    link.read_to_end();
  });
  Session session(executor.get(), request_for(server.at()));
  session.write("hello");
  CHECK(session.sink.wait_written() == "hello");
  const auto frame = session.next();
  CHECK(frame.type == MessageType::text);
  CHECK(frame.payload == "hello");
  session.drop();
  server.finish();
}

TEST_CASE("P#138 the upgrade request has our headers, those of RFC 6455 and no user of the URL") {
  std::string seen;
  peer::Server server([&seen](peer::Link& link) { seen = link.upgrade(); });
  const std::string host = "127.0.0.1:" + std::to_string(server.port());
  DialRequest request = request_for("ws://somebody:secret@" + host + "/signalr/connect?transport=webSockets&t=a%2Bb");
  request.headers.add("Cookie", "a=1; b=2");
  request.headers.add("X-Twice", "one");
  request.headers.add("X-Twice", "two");
  const DialResult result = client::dial(make_asio_event_loop(), std::move(request));
  REQUIRE(result.conn != nullptr);
  server.finish();
  CHECK(seen.substr(0, seen.find("\r\n")) == "GET /signalr/connect?transport=webSockets&t=a%2Bb HTTP/1.1");
  CHECK(contains(seen, "\r\nHost: " + host + "\r\n"));
  CHECK(contains(seen, "\r\nConnection: Upgrade\r\n"));
  CHECK(contains(seen, "\r\nUpgrade: websocket\r\n"));
  CHECK(contains(seen, "\r\nSec-WebSocket-Version: 13\r\n"));
  CHECK(contains(seen, "\r\nCookie: a=1; b=2\r\n"));
  CHECK(contains(seen, "\r\nX-Twice: one\r\nX-Twice: two\r\n"));
  CHECK_FALSE(contains(seen, "Sec-WebSocket-Extensions"));
  CHECK_FALSE(contains(seen, "Authorization"));
  CHECK_FALSE(contains(seen, "secret"));
}

TEST_CASE("an IPv6 address is dialed, and has its brackets in Host") {
  std::string seen;
  peer::Server server([&seen](peer::Link& link) { seen = link.upgrade(); }, 1, "::1");
  CHECK(client::dial(make_asio_event_loop(), request_for(server.at())).conn != nullptr);
  server.finish();
  CHECK(contains(seen, "\r\nHost: [::1]:" + std::to_string(server.port()) + "\r\n"));
}

TEST_CASE("the answer's headers are handed on, repeated ones too") {
  const DialResult result = dial_for(kGranted + "Set-Cookie: a=1\r\nSet-Cookie: b=2; Path=/\r\n\r\n");
  REQUIRE(result.conn != nullptr);
  CHECK(result.status == 101);
  std::vector<std::string> cookies;
  for (const Header& field : result.headers) {
    if (field.name == "Set-Cookie") cookies.push_back(field.value);
  }
  CHECK(cookies == std::vector<std::string>{"a=1", "b=2; Path=/"});
}

TEST_CASE("P#51 a status line without a reason, or with nothing behind the number, is taken") {
  for (const std::string& line :
       std::vector<std::string>{"HTTP/1.1 101\r\n", "HTTP/1.1 101 \r\n", "HTTP/1.1 101 Anything at all\r\n"}) {
    CAPTURE(line);
    CHECK(dial_for(line + kGranted.substr(kGranted.find('\n') + 1) + "\r\n").conn != nullptr);
  }
}

TEST_CASE("names of headers and tokens are compared without regard to case, in lists too") {
  CHECK(dial_for("HTTP/1.1 101 x\r\nUPGRADE: WebSocket\r\nconnection: keep-alive,  uPGRADE\r\n"
                 "sec-websocket-accept:{accept}\r\n\r\n")
            .conn != nullptr);
}

TEST_CASE("1xx answers before the 101 are skipped") {
  CHECK(dial_for("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + kGranted + "\r\n").conn !=
        nullptr);
}

TEST_CASE("an answer that comes byte by byte is the same answer") {
  peer::Server server([](peer::Link& link) {
    const std::string answer = peer::granted(link.read_until("\r\n\r\n")) + peer::text("first");
    for (const char c : answer) link.send({&c, 1});
    link.read_to_end();
  });
  Session session(make_asio_event_loop(), request_for(server.at()));
  CHECK(session.next().payload == "first");
}

TEST_CASE("frames that come in one packet with the 101 are kept until they are asked for") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) {
    link.upgrade(peer::text("one") + peer::text("two"));
    link.read_to_end();
  });
  Session session(executor.get(), request_for(server.at()));
  CHECK(session.next().payload == "one");
  CHECK(session.sink.frames() == 0);
  CHECK(session.next().payload == "two");
}

TEST_CASE("dials that run side by side don't wait for each other") {
  const auto executor = make_asio_event_loop();
  std::promise<void> second_is_through;
  peer::Server silent([&](peer::Link& link) {
    const std::string request = link.read_until("\r\n\r\n");
    second_is_through.get_future().wait_for(client::kDeadline);
    link.send(peer::granted(request));
    link.read_to_end();
  });
  peer::Server quick([](peer::Link& link) { link.upgrade(); });
  const auto dialer = make_websocketpp_dialer();
  std::promise<DialResult> first;
  std::unique_ptr<Operation> operation;
  client::on(*executor, [&] {
    operation = dialer->dial(executor, request_for(silent.at()),
                             [&](DialResult result) { first.set_value(std::move(result)); });
  });
  CHECK(client::dial(executor, request_for(quick.at()), dialer).conn != nullptr);
  second_is_through.set_value();
  auto result = first.get_future();
  REQUIRE(result.wait_for(client::kDeadline) == std::future_status::ready);
  DialResult opened = result.get();
  CHECK(opened.conn != nullptr);
  client::on(*executor, [&] {
    operation.reset();
    opened.conn.reset();
  });
}
