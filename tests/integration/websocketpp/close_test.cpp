// Closing: by the peer, by us, and without a word.
#include "client.hpp"
#include "peer.hpp"

using namespace signalr;
using client::AnyExecutor;
using client::request_for;
using client::Session;
using peer::frame;
using peer::text;

namespace {

/// Sends this after the upgrade and expects a close frame, whose code it stores.
peer::Script closing(std::string bytes, int& code) {
  return [bytes = std::move(bytes), &code](peer::Link& link) {
    link.upgrade();
    link.send(bytes);
    code = link.read_close();
    link.read_to_end();
  };
}

}  // namespace

TEST_CASE("the peer's close frame is answered with its code and told with its reason") {
  const AnyExecutor executor;
  struct Case {
    int code;
    std::string reason;
  };
  for (const Case& closed :
       std::vector<Case>{{1000, ""}, {1001, "going"}, {1011, "\xC3\xA9"}, {3000, std::string(123, 'r')}, {4999, ""}}) {
    int echoed = -1;
    peer::Server server(closing(peer::close_frame(closed.code, closed.reason), echoed));
    Session session(executor.get(), request_for(server.at()));
    const TransportError error = session.end();
    CHECK(error.failure() == TransportFailure::kClosed);
    CHECK(error.close_code() == closed.code);
    CHECK(error.server_text() == closed.reason);
    session.drop();
    server.finish();
    CHECK(echoed == closed.code);
  }
}

TEST_CASE("a close frame without a code is told as 1005 and answered by one without") {
  int echoed = -1;
  peer::Server server(closing(frame(0x88, ""), echoed));
  Session session(make_asio_event_loop(), request_for(server.at()));
  const TransportError error = session.end();
  CHECK(error.failure() == TransportFailure::kClosed);
  CHECK(error.close_code() == kCloseNoStatus);
  session.drop();
  server.finish();
  CHECK(echoed == 0);
}

TEST_CASE("P#101 an end without a close frame is told as 1006") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) { link.upgrade(text("last") + "\x81"); });
  Session session(executor.get(), request_for(server.at()));
  CHECK(session.next().payload == "last");
  const TransportError error = session.end();
  CHECK(error.failure() == TransportFailure::kClosed);
  CHECK(error.close_code() == kCloseAbnormal);
}

TEST_CASE("P#101 a reset is told as 1006 and as a failure of reading or writing") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) {
    link.upgrade();
    link.read_frame();
    link.reset();
  });
  Session session(executor.get(), request_for(server.at()));
  session.write("x");
  const TransportError error = session.end();
  CHECK(error.failure() == TransportFailure::kIo);
  CHECK(error.close_code() == kCloseAbnormal);
}

TEST_CASE("close sends what was written, then its frame, drops data, and ends with the peer's code") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) {
    link.upgrade(text("unread"));
    CHECK(link.read_frame().payload == "last words");
    CHECK(link.read_close() == 1001);
    link.send(text("too late") + peer::close_frame(1000, "bye"));
    link.read_to_end();
  });
  Session session(executor.get(), request_for(server.at()));
  client::on(*executor, [&] {
    session.conn()->write(MessageType::text, "last words");
    session.conn()->close(1001, "leaving");
    session.conn()->close(1000, "a second call does nothing");
    session.conn()->write(MessageType::text, "after close: dropped");
  });
  const TransportError error = session.sink.wait_end();
  CHECK(error.failure() == TransportFailure::kClosed);
  CHECK(error.close_code() == kCloseNormal);
  CHECK(error.server_text() == "bye");
  CHECK(session.sink.frames() == 0);
  session.drop();
  server.finish();
}

TEST_CASE("close codes that must not be sent and reasons that are too long are made to fit") {
  struct Case {
    int asked, sent;
    std::string reason, sent_reason;
  };
  const std::string accents = [] {
    std::string out;
    while (out.size() < 140) out += "\xC3\xA9";
    return out;
  }();
  for (const Case& closing : std::vector<Case>{{1006, 1000, "", ""},
                                               {0, 1000, "", ""},
                                               {4000, 4000, "mine", "mine"},
                                               {1000, 1000, accents, accents.substr(0, 122)}}) {
    peer::Frame seen{};
    peer::Server server([&seen](peer::Link& link) {
      link.upgrade();
      seen = link.read_frame();
      link.send(peer::close_frame(1000));
      link.read_to_end();
    });
    Session session(make_asio_event_loop(), request_for(server.at()));
    session.close(static_cast<std::uint16_t>(closing.asked), closing.reason);
    session.sink.wait_end();
    session.drop();
    server.finish();
    CHECK(seen.first == 0x88);
    CHECK(frame(0x88, seen.payload) == peer::close_frame(closing.sent, closing.sent_reason));
  }
}

TEST_CASE("a close that the peer answers with its end alone is told as 1006") {
  peer::Server server([](peer::Link& link) {
    link.upgrade();
    link.read_close();
  });
  Session session(make_asio_event_loop(), request_for(server.at()));
  session.close(1000);
  const TransportError error = session.sink.wait_end();
  CHECK(error.failure() == TransportFailure::kClosed);
  CHECK(error.close_code() == kCloseAbnormal);
}
