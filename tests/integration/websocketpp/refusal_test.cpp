// Dials that come to nothing: refusals, answers that are none, requests that can't be made.
#include "answers.hpp"

using namespace signalr;
using answers::answer;
using answers::contains;
using answers::dial_for;
using answers::kGranted;
using client::AnyExecutor;
using client::request_for;

TEST_CASE("P#51 a 101 whose handshake isn't valid is a protocol error that names the header") {
  struct Case {
    std::string head, names;
  };
  const std::string first = "HTTP/1.1 101 x\r\n";
  const std::string upgrade = "Upgrade: websocket\r\n", connection = "Connection: Upgrade\r\n",
                    accept = "Sec-WebSocket-Accept: {accept}\r\n";
  for (const Case& wrong : std::vector<Case>{
           {first + connection + accept, "Upgrade header"},
           {first + "Upgrade: h2c\r\n" + connection + accept, "Upgrade header"},
           {first + upgrade + accept, "Connection header"},
           {first + upgrade + "Connection: close\r\n" + accept, "Connection header"},
           {first + upgrade + connection, "Sec-WebSocket-Accept"},
           {first + upgrade + connection + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n",
            "Sec-WebSocket-Accept"},
           {first + upgrade + connection + accept + "Sec-WebSocket-Extensions: permessage-deflate\r\n", "extension"},
           {first + upgrade + connection + accept + "Sec-WebSocket-Extensions: permessage-deflate;;;=\"\r\n",
            "extension"},
           {first + upgrade + connection + accept + "Sec-WebSocket-Protocol: chat\r\n", "subprotocol"},
           {first + upgrade + connection + accept + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n",
            "Sec-WebSocket-Accept"},
           {first + upgrade + connection + accept + "Sec-WebSocket-Extensions:\r\nSec-WebSocket-Extensions: x\r\n",
            "extension"},
       }) {
    CAPTURE(wrong.head);
    const DialResult result = dial_for(wrong.head + "\r\n");
    CHECK(result.conn == nullptr);
    REQUIRE(result.error);
    CHECK(result.error->failure() == TransportFailure::protocol);
    CHECK(contains(result.error->what(), wrong.names));
    CHECK(result.error->sent() == Sent::maybe);
  }
}

TEST_CASE("what is no HTTP is a protocol error, told as soon as that is clear") {
  for (const std::string& text : std::vector<std::string>{
           "SSH-2.0-OpenSSH", "HTTP/2 101 x\r\n", "HTTP/1.1 1x1 x\r\n\r\n", "HTTP/1.1 099 x\r\n\r\n",
           "HTTP/1.1 101 x\r\nno colon\r\n\r\n", "HTTP/1.1 101 x\r\n: no name\r\n\r\n",
           "HTTP/1.1 101 x\r\nA: b\r\n folded\r\n\r\n", "HTTP/1.1 101 x\r\nSp ace: b\r\n\r\n"}) {
    CAPTURE(text);
    const DialResult result = dial_for(text);
    REQUIRE(result.error);
    CHECK(result.error->failure() == TransportFailure::protocol);
    CHECK(result.conn == nullptr);
  }
}

TEST_CASE("an end before the answer is complete is told") {
  for (const std::string& text : std::vector<std::string>{"", "HTT", "HTTP/1.1 101 x\r\nUpgrade: web"}) {
    CAPTURE(text);
    const DialResult result = dial_for(text);
    REQUIRE(result.error);
    CHECK(result.error->failure() == TransportFailure::protocol);
    CHECK(contains(result.error->what(), "ended before"));
    CHECK(result.error->sent() == Sent::maybe);
  }
}

TEST_CASE("P#51 P#132 headers beyond the limit are refused, in whatever form they come") {
  const std::string longer(2000, 'x');
  for (const std::string& text : std::vector<std::string>{
           "HTTP/1.1 101 x\r\nA: " + longer, "HTTP/1.1 101 x\r\nA: " + longer + "\r\n\r\n", "HTTP/1.1 " + longer}) {
    CAPTURE(text.substr(0, 20));
    const DialResult result = dial_for(text, 1000);
    REQUIRE(result.error);
    const bool refused = result.error->failure() == TransportFailure::limit;
    CHECK(refused);
    CHECK(contains(result.error->what(), "max_header_bytes"));
    CHECK(contains(result.error->what(), "1000"));
  }
  std::string hints;
  for (int i = 0; i < 100; ++i) hints += "HTTP/1.1 103 Early Hints\r\n\r\n";
  const DialResult result = dial_for(hints + kGranted + "\r\n", 1000);
  REQUIRE(result.error);
  CHECK(result.error->failure() == TransportFailure::limit);
}

TEST_CASE("P#51 an answer other than 101 is given with its status, headers and the start of its body") {
  struct Case {
    std::string text;
    int status;
    std::string body;
  };
  const std::string wide(3000, 'w');
  for (const Case& refusal : std::vector<Case>{
           {"HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nwrong", 400, "wrong"},
           {"HTTP/1.1 401\r\nContent-Length: 0\r\n\r\n", 401, ""},
           {"HTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\nonlymore", 403, "only"},
           {"HTTP/1.1 404 No\r\n\r\nto the end", 404, "to the end"},
           {"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n7;x=y\r\n second\r\n0\r\n\r\n", 500,
            "first second"},
           {"HTTP/1.1 502 No\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", 502, ""},
           {"HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
           {"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + wide, 200, wide.substr(0, 1024)},
           {"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 100\r\n\r\ncut off", 302, "cut off"},
       }) {
    CAPTURE(refusal.text.substr(0, 30));
    const DialResult result = dial_for(refusal.text);
    CHECK(result.conn == nullptr);
    CHECK_FALSE(result.error);
    CHECK(result.status == refusal.status);
    CHECK(result.body == refusal.body);
  }
  const DialResult result = dial_for("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n");
  REQUIRE(result.headers.find("www-authenticate") != nullptr);
  CHECK(*result.headers.find("www-authenticate") == "Basic realm=x");
}

TEST_CASE("a server that refuses before it has read the whole request is heard") {
  peer::Server server([](peer::Link& link) {
    link.read_until("GET / HTTP/1.1\r\n");
    link.send("HTTP/1.1 431 Too Large\r\nContent-Length: 3\r\n\r\nno!");
    link.reset();
  });
  DialRequest request = request_for(server.at());
  for (int i = 0; i < 1000; ++i) request.headers.add("X-Filler", std::string(16 * 1024, 'x'));  // fills every buffer
  const DialResult result = client::dial(make_asio_event_loop(), std::move(request));
  CHECK_FALSE(result.error);
  CHECK(result.status == 431);
  CHECK(result.body == "no!");
}

TEST_CASE("P#42 a refused connection tells the host, the port and how many addresses were tried; nothing was sent") {
  const AnyExecutor executor;
  const peer::ClosedPort closed;
  const std::string address = "127.0.0.1:" + std::to_string(closed.port());
  const DialResult result = client::dial(executor.get(), request_for("ws://" + address + "/?token=secret"));
  CHECK(result.conn == nullptr);
  CHECK(result.status == 0);
  REQUIRE(result.error);
  CHECK(result.error->failure() == TransportFailure::connect);
  CHECK(result.error->sent() == Sent::no);
  CHECK(result.error->what() ==
        "could not connect to " + address + ": its one address, " + address + ", said: Connection refused");
}

TEST_CASE("P#134 headers that would split the request, and the handshake's own, are refused unsent") {
  struct Case {
    std::string name, value, says;
  };
  for (const Case& bad :
       std::vector<Case>{{"X", "a\r\nEvil: yes", "line break"},
                         {"X", "a\nb", "line break"},
                         {"X", "a\rb", "line break"},
                         {"X", std::string("a\0b", 3), "control"},
                         {"X\r\nEvil", "y", "name"},
                         {"", "y", "name"},
                         {"X:", "y", "name"},
                         {"Host", "other", "Host"},
                         {"connection", "close", "connection"},
                         {"Upgrade", "h2c", "Upgrade"},
                         {"Sec-WebSocket-Key", "k", "Sec-WebSocket-Key"},
                         {"sec-websocket-extensions", "permessage-deflate", "sec-websocket-extensions"}}) {
    CAPTURE(bad.name);
    const peer::ClosedPort closed;
    DialRequest request = request_for("ws://127.0.0.1:" + std::to_string(closed.port()));
    request.headers.add(bad.name, bad.value);
    const DialResult result = client::dial(make_asio_event_loop(), std::move(request));
    REQUIRE(result.error);
    CHECK(result.error->failure() == TransportFailure::unsupported);
    CHECK(result.error->sent() == Sent::no);
    CHECK(contains(result.error->what(), bad.says));
    CHECK_FALSE(contains(result.error->what(), "Evil"));
  }
}

TEST_CASE("URLs that can't be dialed are refused without being told") {
  for (const std::string& url :
       std::vector<std::string>{"", "nonsense", "http://127.0.0.1/", "ws://", "ws://127.0.0.1:99999/?secret=1",
                                "ws://127.0.0.1/a b?secret=1", "ws://127.0.0.1/a\r\nEvil: 1"}) {
    CAPTURE(url);
    const DialResult result = client::dial(make_asio_event_loop(), request_for(url));
    REQUIRE(result.error);
    CHECK(result.error->failure() == TransportFailure::unsupported);
    CHECK(result.error->sent() == Sent::no);
    CHECK_FALSE(contains(result.error->what(), "secret"));
  }
}

TEST_CASE("P#135 errors of a dial hold neither the query nor the URL's user") {
  peer::Server server(answer("HTTP/1.1 101 x\r\n\r\n"));
  const DialResult result = client::dial(
      make_asio_event_loop(),
      request_for("ws://somebody:hidden@127.0.0.1:" + std::to_string(server.port()) + "/p?connectionToken=hidden"));
  REQUIRE(result.error);
  CHECK_FALSE(contains(result.error->what(), "hidden"));
  CHECK_FALSE(contains(result.error->what(), "somebody"));
}
