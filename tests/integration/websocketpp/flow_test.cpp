// Reading and writing in volume: back-pressure, order, buffers, and no recursion.
#include "client.hpp"
#include "peer.hpp"

using namespace signalr;
using client::AnyExecutor;
using client::request_for;
using client::Session;

namespace {

std::string numbered(int number) { return std::to_string(number) + std::string(1000, 'x'); }

}  // namespace

TEST_CASE("one read gives one frame; asking twice before its answer gives one") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) {
    link.upgrade(peer::text("one") + peer::text("two") + peer::text("three"));
    link.read_to_end();
  });
  Session session(executor.get(), request_for(server.at()));
  client::on(*executor, [&] {
    session.conn()->read();
    session.conn()->read();
  });
  CHECK(session.sink.wait_frame().payload == "one");
  client::on(*executor, [] {});
  CHECK(session.sink.frames() == 0);
  CHECK(session.next().payload == "two");
  CHECK(session.next().payload == "three");
}

TEST_CASE("read inside on_frame is no recursion: 100,000 frames at depth one") {
  const AnyExecutor executor;
  const int frames = dynamic_cast<client::ForeignExecutor*>(&*executor) != nullptr ? 10000 : 100000;
  peer::Server server([frames](peer::Link& link) {
    link.upgrade();
    std::string batch;
    for (int i = 0; i < frames; ++i) {
      batch += peer::text(std::to_string(i));
      if (batch.size() > 100000) {
        link.send(batch);
        batch.clear();
      }
    }
    link.send(batch);
    link.read_to_end();
  });
  Session session(executor.get(), request_for(server.at()));
  int expected = 0, wrong = 0;
  std::promise<void> done;
  session.sink.frame_hook = [&](MessageType, std::string_view payload) {
    if (payload != std::to_string(expected++)) ++wrong;
    if (expected == frames) return done.set_value();
    session.conn()->read();
  };
  session.read();
  REQUIRE(done.get_future().wait_for(client::kDeadline) == std::future_status::ready);
  CHECK(wrong == 0);  // the sink counts calls inside calls, and the session checks that there were none
}

TEST_CASE("not reading holds the peer up; nothing is lost when reading goes on") {
  const AnyExecutor executor;
  std::promise<std::size_t> full;
  const std::string message = peer::text(std::string(60000, 'm'));
  peer::Server server([&](peer::Link& link) {
    link.upgrade();
    full.set_value(link.send_until_full(message));
    link.read_to_end();
  });
  Session session(executor.get(), request_for(server.at()));
  auto future = full.get_future();
  REQUIRE(future.wait_for(client::kDeadline) == std::future_status::ready);
  const std::size_t taken = future.get();
  CHECK(taken < 32u << 20);  // the kernel's buffers, and not ours
  CHECK(session.sink.frames() == 0);
  for (std::size_t left = taken / message.size(); left > 0; --left) {
    REQUIRE(session.next().payload.size() == 60000);
  }
}

TEST_CASE("P#115 messages go out in the order of the calls, and every buffer comes back in that order") {
  const AnyExecutor executor;
  constexpr int kMessages = 3000;
  int wrong = 0;
  peer::Server server([&wrong](peer::Link& link) {
    link.upgrade();
    for (int i = 0; i < kMessages; ++i) {
      if (link.read_frame().payload != numbered(i)) ++wrong;
    }
    link.read_to_end();
  });
  Session session(executor.get(), request_for(server.at()));
  client::on(*executor, [&] {
    for (int i = 0; i < kMessages; ++i) session.conn()->write(MessageType::text, numbered(i));
  });
  for (int i = 0; i < kMessages; ++i) REQUIRE(session.sink.wait_written() == numbered(i));
  session.drop();
  server.finish();
  CHECK(wrong == 0);
}

TEST_CASE("a message larger than the socket's buffers goes out whole") {
  const AnyExecutor executor;
  const std::string large(8 << 20, 'L');
  bool same = false;
  std::promise<void> start_reading;
  peer::Server server([&](peer::Link& link) {
    link.upgrade();
    start_reading.get_future().wait_for(client::kDeadline);
    same = link.read_frame().payload == large;
    CHECK(link.read_frame().payload == "next");
    link.read_to_end();
  });
  Session session(executor.get(), request_for(server.at()));
  session.write(large);
  session.write("next");
  start_reading.set_value();
  CHECK(session.sink.wait_written().size() == large.size());
  CHECK(session.sink.wait_written() == "next");
  session.drop();
  server.finish();
  CHECK(same);
}

TEST_CASE("masks change from frame to frame") {
  std::string raw;
  peer::Server server([&raw](peer::Link& link) {
    link.upgrade();
    raw = link.read(2 * (2 + 4 + 8));
    link.read_to_end();
  });
  Session session(make_asio_event_loop(), request_for(server.at()));
  session.write("the same");
  session.write("the same");
  session.sink.wait_written();
  session.drop();
  server.finish();
  REQUIRE(raw.size() == 28);
  CHECK(raw.substr(2, 4) != raw.substr(16, 4));
}

TEST_CASE("pings by the thousand cost a pong now and then: the last one is answered") {
  constexpr int kPings = 9000;
  int pongs = 0;
  peer::Server server([&pongs](peer::Link& link) {
    std::string pings;
    for (int i = 0; i <= kPings; ++i) pings += peer::frame(0x89, std::to_string(i));
    link.upgrade();
    link.send(pings);
    while (link.read_frame().payload != std::to_string(kPings)) ++pongs;
    link.send(peer::text("enough"));
    link.read_to_end();
  });
  Session session(make_asio_event_loop(), request_for(server.at()));
  CHECK(session.next().payload == "enough");
  session.drop();
  server.finish();
  CHECK(pongs < kPings);
}

TEST_CASE("what was sent before a close frame is read although writing fails") {
  const AnyExecutor executor;
  std::promise<void> closed;
  peer::Server server([&](peer::Link& link) {
    link.upgrade();
    link.read_frame();
    link.send(peer::text("parting words") + peer::close_frame(1001, "over"));
    closed.set_value();
  });
  Session session(executor.get(), request_for(server.at()));
  session.write("x");
  closed.get_future().wait();
  server.finish();
  for (int i = 0; i < 5; ++i) session.write("into the void");
  CHECK(session.next().payload == "parting words");
  const TransportError error = session.end();
  CHECK(error.close_code() == close_code::going_away);
}

TEST_CASE("an end that only writing can notice is told, although nobody reads") {
  const AnyExecutor executor;
  peer::Server server([](peer::Link& link) {
    link.upgrade();
    link.send(peer::text("unread"));
    link.reset();
  });
  Session session(executor.get(), request_for(server.at()));
  server.finish();
  session.write("into the void");
  session.write("into the void");
  CHECK(session.sink.wait_end().failure() == TransportFailure::io);
}
