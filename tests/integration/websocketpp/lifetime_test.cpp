// Destroying anything at any moment: inside callbacks, before and after the executor.
#include <fcntl.h>

#include "client.hpp"
#include "peer.hpp"

using namespace signalr;
using client::AnyExecutor;
using client::request_for;
using client::Session;

TEST_CASE("a connection may be destroyed inside on_frame; the view stays valid, no other call comes") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) {
    link.upgrade(peer::text("first frame, long enough to be on the heap") + peer::text("second"));
    link.read_to_end();
  });
  Session session(executor.get(), request_for(server.at()));
  std::promise<std::string> seen;
  session.sink.frame_hook = [&](MessageType, std::string_view payload) {
    session.conn()->write(MessageType::text, "never reported");
    session.conn()->read();
    session.conn().reset();
    seen.set_value(std::string(payload));
  };
  session.read();
  auto future = seen.get_future();
  REQUIRE(future.wait_for(client::kDeadline) == std::future_status::ready);
  CHECK(future.get() == "first frame, long enough to be on the heap");
  server.finish();
  client::on(*executor, [] {});
  CHECK_FALSE(session.sink.ended());
}

TEST_CASE("a connection may be destroyed inside on_written, with more to report") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) {
    link.upgrade();
    link.read_to_end();
  });
  Session session(executor.get(), request_for(server.at()));
  std::promise<std::string> seen;
  session.sink.written_hook = [&](std::string buffer) {
    session.conn().reset();
    seen.set_value(std::move(buffer));  // a second call would throw
  };
  client::on(*executor, [&] {
    session.conn()->write(MessageType::text, "one");
    session.conn()->write(MessageType::text, "two");
    session.conn()->write(MessageType::text, "three");
  });
  auto future = seen.get_future();
  REQUIRE(future.wait_for(client::kDeadline) == std::future_status::ready);
  CHECK(future.get() == "one");
  server.finish();
}

TEST_CASE("a connection may be destroyed inside on_end") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) { link.upgrade(peer::close_frame(1000)); });
  Session session(executor.get(), request_for(server.at()));
  session.sink.end_hook = [&](const TransportError&) { session.conn().reset(); };
  CHECK(session.end().close_code() == close_code::normal);
}

TEST_CASE("calls after the end, and destroying then, do nothing") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) { link.upgrade(); });
  Session session(executor.get(), request_for(server.at()));
  session.end();
  session.read();
  session.write("x");
  session.close(1000);
  client::on(*executor, [] {});
  session.drop();
}

TEST_CASE("destroying a connection ends the socket without a close frame") {
  const AnyExecutor executor;
  std::string received = "nothing";
  peer::Server server([&received](peer::Link& link) {
    link.upgrade();
    link.read_to_end(&received);
  });
  {
    Session session(executor.get(), request_for(server.at()));
    session.read();
  }
  server.finish();
  CHECK(received.empty());
}

TEST_CASE("the operation may be destroyed inside its handler, and the connection dropped there") {
  const AnyExecutor executor;
  const auto dialer = make_websocketpp_dialer();
  peer::Server server([](peer::Link& link) {
    link.upgrade();
    link.read_to_end();
  });
  std::promise<bool> opened;
  std::unique_ptr<Operation> operation;
  client::on(*executor, [&] {
    operation = dialer->dial(executor.get(), request_for(server.at()), [&](DialResult result) {
      operation.reset();
      const bool open = result.conn != nullptr;
      result.conn.reset();
      opened.set_value(open);
    });
  });
  auto future = opened.get_future();
  REQUIRE(future.wait_for(client::kDeadline) == std::future_status::ready);
  CHECK(future.get());
  server.finish();
}

TEST_CASE("a dialer may be destroyed while its dials and connections live") {
  const AnyExecutor executor;
  std::promise<void> dialed;
  peer::Server server([&dialed](peer::Link& link) {
    const std::string request = link.read_until("\r\n\r\n");
    dialed.get_future().wait_for(client::kDeadline);
    link.send(peer::granted(request) + peer::text("hello"));
    link.read_to_end();
  });
  auto dialer = make_websocketpp_dialer();
  std::promise<DialResult> result;
  std::unique_ptr<Operation> operation;
  client::on(*executor, [&] {
    operation =
        dialer->dial(executor.get(), request_for(server.at()), [&](DialResult r) { result.set_value(std::move(r)); });
  });
  dialer.reset();
  dialed.set_value();
  auto future = result.get_future();
  REQUIRE(future.wait_for(client::kDeadline) == std::future_status::ready);
  DialResult opened = future.get();
  REQUIRE(opened.conn != nullptr);
  client::Sink sink(executor.get());
  client::on(*executor, [&] {
    operation.reset();
    opened.conn->start(sink);
    opened.conn->read();
  });
  CHECK(sink.wait_frame().payload == "hello");
  client::on(*executor, [&] { opened.conn.reset(); });
}

TEST_CASE("a connection keeps its loop, which ends with it, also where that is inside a callback") {
  peer::Server server([](peer::Link& link) {
    link.upgrade(peer::text("go"));
    link.read_to_end();
  });
  auto executor = make_asio_event_loop();
  const std::weak_ptr<Executor> loop = executor;
  DialResult opened = client::dial(executor, request_for(server.at()));
  REQUIRE(opened.conn != nullptr);
  std::promise<void> dropped;
  class Dropping final : public WebsocketSink {
   public:
    Dropping(DialResult& result, std::promise<void>& done) : result_(result), done_(done) {}

   private:
    void on_frame(MessageType, std::string_view) override {
      result_.conn.reset();
      done_.set_value();
    }
    void on_written(std::string) override {}
    void on_end(const TransportError&) override {}
    DialResult& result_;
    std::promise<void>& done_;
  } sink(opened, dropped);
  Executor& raw = *executor;
  raw.post([&opened, &sink, executor = std::move(executor)] {
    opened.conn->start(sink);
    opened.conn->read();
  });
  REQUIRE(dropped.get_future().wait_for(client::kDeadline) == std::future_status::ready);
  server.finish();
  CHECK(loop.expired());
}

TEST_CASE("connections and dials may outlive their io_context") {
  const peer::FullPort full;
  peer::Server server([](peer::Link& link) {
    link.upgrade();
    link.read_to_end();
  });
  auto context = std::make_optional<client::Context>();
  const auto executor = context->make_executor();
  const auto dialer = make_websocketpp_dialer();
  DialResult opened = client::dial(executor, request_for(server.at()), dialer);
  REQUIRE(opened.conn != nullptr);
  client::Sink sink(executor);
  std::unique_ptr<Operation> hanging;
  client::on(*executor, [&] {
    opened.conn->start(sink);
    opened.conn->read();
    hanging = dialer->dial(executor, request_for("ws://127.0.0.1:" + std::to_string(full.port())),
                           [](DialResult) { FAIL("called after the end"); });
  });
  context.reset();
  server.finish();  // the socket went with the io_context
  opened.conn->read();
  opened.conn->write(MessageType::text, "x");
  opened.conn->close(1000, "");
  opened.conn.reset();
  hanging.reset();
  CHECK_FALSE(sink.ended());
}

TEST_CASE("P#144 hundreds of connections leave no descriptor behind") {
  peer::Server server(
      [](peer::Link& link) {
        link.upgrade(peer::text("x"));
        link.read_to_end();
      },
      400);
  const auto executor = make_asio_event_loop();
  const auto dialer = make_websocketpp_dialer();
  const auto descriptors = [] {
    int count = 0;
    for (int i = 0; i < 1024; ++i) count += ::fcntl(i, F_GETFD) >= 0 ? 1 : 0;
    return count;
  };
  { Session warm_up(executor, request_for(server.at()), dialer); }
  const int before = descriptors();
  for (int i = 1; i < 400; ++i) {
    Session session(executor, request_for(server.at()), dialer);
    if (i % 2 == 0) CHECK(session.next().payload == "x");
  }
  server.finish();
  CHECK(descriptors() <= before);
}
