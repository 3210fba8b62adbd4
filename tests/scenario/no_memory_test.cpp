// Memory that can't be had for what a server sends: the n-th allocation fails, for each n that there is. The transport
// is lost, nothing else, and what is lost with it is told.
#include <new>

#include "../support/allocation.hpp"
#include "http_world.hpp"

namespace {

std::size_t failing = 0;  // which allocation; 0: none
std::size_t taken = 0;
bool armed = false;

/// For a scope: whether allocations count.
class Arm {
 public:
  explicit Arm(bool on) noexcept : before_(armed) { armed = on; }
  ~Arm() { armed = before_; }
  Arm(const Arm&) = delete;
  Arm& operator=(const Arm&) = delete;

 private:
  const bool before_;
};

}  // namespace

void signalr::test::allocating(std::size_t) {
  if (armed && failing != 0 && ++taken == failing) throw std::bad_alloc();
}

using namespace scenario;
using namespace signalr;

namespace {

/// Hands frames to the client with its memory counted; what the network itself takes isn't.
class CountedConn final : public WebsocketConn, private WebsocketSink {
 public:
  explicit CountedConn(std::unique_ptr<WebsocketConn> inner) : inner_(std::move(inner)) {}
  void start(WebsocketSink& sink) override {
    sink_ = &sink;
    inner_->start(*this);
  }
  void read() override {
    const Arm off(false);
    inner_->read();
  }
  void write(MessageType type, std::string payload) override {
    const Arm off(false);
    inner_->write(type, std::move(payload));
  }
  void close(std::uint16_t code, std::string_view reason) override {
    const Arm off(false);
    inner_->close(code, reason);
  }

 private:
  void on_frame(MessageType type, std::string_view payload) override {
    const Arm on(true);
    sink_->on_frame(type, payload);  // may destroy this
  }
  void on_written(std::string buffer) override { sink_->on_written(std::move(buffer)); }
  void on_end(const TransportError& error) override { sink_->on_end(error); }

  WebsocketSink* sink_ = nullptr;
  const std::unique_ptr<WebsocketConn> inner_;
};

struct CountedDialer final : WebsocketDialer {
  explicit CountedDialer(std::shared_ptr<WebsocketDialer> dialer) : inner(std::move(dialer)) {}
  std::unique_ptr<Operation> dial(const std::shared_ptr<Executor>& executor, DialRequest request,
                                  DialHandler handler) override {
    return inner->dial(executor, std::move(request), [handler = std::move(handler)](DialResult result) mutable {
      if (result.conn != nullptr) result.conn = std::make_unique<CountedConn>(std::move(result.conn));
      handler(std::move(result));
    });
  }
  const std::shared_ptr<WebsocketDialer> inner;
};

/// The same for the bytes of answers.
class CountedOperation final : public HttpOperation, private HttpSink {
 public:
  CountedOperation(HttpClient& client, const std::shared_ptr<Executor>& executor, HttpRequest request, HttpSink& sink)
      : sink_(sink), inner_(client.send(executor, std::move(request), *this)) {}
  void resume() override { inner_->resume(); }

 private:
  void on_headers(int status, const Headers& headers) override { sink_.on_headers(status, headers); }
  Flow on_data(std::string_view data) override {
    const Arm on(true);
    return sink_.on_data(data);
  }
  void on_done(const TransportError* error) override { sink_.on_done(error); }

  HttpSink& sink_;
  const std::unique_ptr<HttpOperation> inner_;
};

struct CountedClient final : HttpClient {
  explicit CountedClient(std::shared_ptr<HttpClient> client) : inner(std::move(client)) {}
  std::unique_ptr<HttpOperation> send(const std::shared_ptr<Executor>& executor, HttpRequest request,
                                      HttpSink& sink) override {
    const Arm off(false);
    return std::make_unique<CountedOperation>(*inner, executor, std::move(request), sink);
  }
  const std::shared_ptr<HttpClient> inner;
};

struct Scarce : HttpWorld {
  explicit Scarce(TransportKind kind) : HttpWorld(kind) {
    options.http_client = std::make_shared<CountedClient>(options.http_client);
    options.dialer = std::make_shared<CountedDialer>(options.dialer);
    options.events.on_gap = [this](const Gap& gap) { gaps += gap.certain ? 1 : 0; };
  }
  /// Runs with the n-th allocation failing; tells whether there were so many.
  template <class Work>
  bool with_failing(std::size_t n, Work work) {
    taken = 0;
    failing = n;
    work();
    const bool reached = taken >= n;
    failing = 0;
    server.clock().advance(1min);
    return reached;
  }
  int gaps = 0;
};

constexpr TransportKind kAll[] = {TransportKind::websockets, TransportKind::server_sent_events,
                                  TransportKind::long_polling};
const std::string kLong(300, 'l');  // no short string inside an object

}  // namespace

TEST_CASE(
    "P#126 without memory for a frame the transport is lost, and no call without being told: handlers and streams") {
  for (const TransportKind kind : kAll) {
    CAPTURE(to_string(kind));
    bool more = true;
    for (std::size_t n = 1; more; ++n) {
      CAPTURE(n);
      REQUIRE(n < 1000);
      Scarce world(kind);
      Conn conn = world.connect();
      Client chat("chat", conn);
      int handled = 0, streamed = 0;
      const Subscription on = chat.on("Tell", [&](const HubCallView&) { ++handled; });
      CallbackStream stream = chat.callback("Tell");
      chat.async_run([](const Result<void>&) {});
      world.settle();
      int answers = 0;
      more = world.with_failing(n, [&] {
        Invocation call = chat.invoke("Echo", kLong);
        call.then([&](const Result<RawJson>&) { ++answers; });
        world.settle();
        for (int i = 0; i < 3; ++i) {
          world.server.broadcast("Chat", "Tell", "[\"" + kLong + "\"]");
          world.settle();
        }
        world.server.broadcast("Chat", "Unheard", "[\"" + kLong + "\"]");
        world.settle();
      });
      CHECK((answers == 1 || !world.errors.empty()));
      CHECK(conn.connection_state() == ConnectionState::connected);
      world.server.broadcast("Chat", "Tell", "[]");
      world.settle();
      bool drained = false;
      while (!drained) {
        stream.async_read(
            [&](const Result<HubCall>& call) {
              drained = !call.ok();
              streamed += call.ok() ? 1 : 0;
            },
            CallOptions{1s});
        world.server.clock().advance(2s);
      }
      CHECK((handled == 4 || world.gaps + static_cast<int>(world.errors.size()) > 0));
      CHECK(handled >= 3);
      CHECK((streamed == 4 || stream.end_reason() != nullptr || world.gaps > 0));
    }
  }
}

TEST_CASE("P#126 without memory for a frame the transport is lost, and no message without being told: reading") {
  for (const TransportKind kind : kAll) {
    CAPTURE(to_string(kind));
    bool more = true;
    for (std::size_t n = 1; more; ++n) {
      CAPTURE(n);
      REQUIRE(n < 1000);
      Scarce world(kind);
      Conn conn = world.connect();
      more = world.with_failing(n, [&] {
        for (int i = 0; i < 3; ++i) {
          world.server.broadcast("Chat", "Tell", "[\"" + kLong + "\"]");
          world.settle();
        }
      });
      CHECK(conn.connection_state() == ConnectionState::connected);
      world.server.broadcast("Chat", "last", "[]");
      int read = 0;
      for (bool last = false; !last;) {
        const Message message = conn.read_message(CallOptions{1min});
        for (const HubCallView& element : message.messages()) {
          last = element.method == "last";
          ++read;
        }
      }
      CHECK((read == 4 || world.gaps > 0));
      CHECK(read >= 3);
    }
  }
}
