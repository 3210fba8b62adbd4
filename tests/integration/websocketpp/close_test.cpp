// Closing: by the peer, by us, and without a word.
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>

#include "client.hpp"
#include "peer.hpp"

using namespace signalr;
using client::AnyExecutor;
using client::request_for;
using client::Session;
using peer::frame;
using peer::text;

namespace {

/// An executor that runs a task when the test says so: what the loop brings meanwhile waits in its queue.
class HandTurned final : public Executor {
 public:
  void post(Task task) override {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    posted_.notify_all();
  }
  bool running_here() const noexcept override { return running_; }
  TimePoint now() const noexcept override { return Clock::now(); }
  TimerId schedule(TimePoint, Task) override { std::terminate(); }
  void cancel(TimerId) noexcept override { std::terminate(); }

  /// Waits for a task and runs it.
  void run_next() {
    std::unique_lock lock(mutex_);
    REQUIRE(posted_.wait_for(lock, client::kDeadline, [this] { return !tasks_.empty(); }));
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    as_task([&] { task(); });
  }
  template <class Function>
  void as_task(Function function) {
    running_ = true;
    function();
    running_ = false;
  }
  std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return tasks_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<Task> tasks_;
  bool running_ = false;  // by the test's one thread
};

/// A connection on such an executor that reads one frame; `order` is what its sink was told.
class TurnedSession {
 public:
  explicit TurnedSession(const std::string& url) : executor(std::make_shared<HandTurned>()), sink_(executor) {
    executor->as_task([&] {
      dialing_ = make_websocketpp_dialer()->dial(executor, request_for(url),
                                                 [this](DialResult result) { conn = std::move(result.conn); });
    });
    while (conn == nullptr) executor->run_next();
    sink_.frame_hook = [this](MessageType, std::string_view payload) { order += std::string(payload) + ' '; };
    sink_.written_hook = [this](const std::string&) { order += "written "; };
    sink_.end_hook = [this](const TransportError& error) {
      order += std::to_string(error.close_code().value_or(0)) + ' ';
    };
    executor->as_task([this] {
      conn->start(sink_);
      conn->read();
    });
  }
  ~TurnedSession() {
    executor->as_task([this] {
      dialing_.reset();
      conn.reset();
    });
    CHECK(sink_.faults() == 0);
  }
  TurnedSession(const TurnedSession&) = delete;
  TurnedSession& operator=(const TurnedSession&) = delete;

  /// Once the loop has seen the peer's end.
  void run_all(peer::Server& server) {
    server.finish();
    client::on(*shared_asio_event_loop(), [] {});
    while (executor->waiting() > 0) executor->run_next();
  }

  const std::shared_ptr<HandTurned> executor;
  std::unique_ptr<WebsocketConn> conn;
  std::string order;

 private:
  client::Sink sink_;
  std::unique_ptr<Operation> dialing_;
};

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
    CHECK(error.failure() == TransportFailure::closed);
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
  CHECK(error.failure() == TransportFailure::closed);
  CHECK(error.close_code() == close_code::no_status);
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
  CHECK(error.failure() == TransportFailure::closed);
  CHECK(error.close_code() == close_code::abnormal);
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
  CHECK(error.failure() == TransportFailure::io);
  CHECK(error.close_code() == close_code::abnormal);
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
  CHECK(error.failure() == TransportFailure::closed);
  CHECK(error.close_code() == close_code::normal);
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
  CHECK(error.failure() == TransportFailure::closed);
  CHECK(error.close_code() == close_code::abnormal);
}

TEST_CASE("on an executor of somebody else's, too, the end comes after on_written of all that went out") {
  std::promise<void> both_taken;
  peer::Server server([&](peer::Link& link) {
    link.upgrade(text("first") + text("second") + frame(0x89, "ping"));
    CHECK(link.read_frame().first == 0x8A);  // so both texts have been read, too
    both_taken.set_value();
    CHECK(link.read_frame().payload == "sent");
    link.send(peer::close_frame(1000));
    link.read_to_end();
  });
  TurnedSession session(server.at());
  both_taken.get_future().wait();
  session.executor->run_next();
  CHECK(session.order == "first ");
  session.executor->as_task([&] {
    session.conn->read();  // asks for what is there, with a task that waits its turn
    session.conn->write(MessageType::text, "sent");
  });
  session.run_all(server);
  CHECK(session.order == "first second written 1000 ");
}

TEST_CASE("an end that came behind frames that nobody reads is told after close") {
  peer::Server server([](peer::Link& link) {
    link.upgrade(text("first") + text("second") + peer::close_frame(1001, "over"));
    link.read_close();
    link.read_to_end();
  });
  TurnedSession session(server.at());
  session.run_all(server);
  CHECK(session.order == "first ");
  session.executor->as_task([&] { session.conn->close(close_code::normal, ""); });
  while (session.executor->waiting() > 0) session.executor->run_next();
  CHECK(session.order == "first 1001 ");
}
