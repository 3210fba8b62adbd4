// Two threads a connection call the stack; what they find out goes to the strand by post, and the strand tells them
// what is wanted through a few words under a lock.
#include <signalr/blocking_websocket.hpp>

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace signalr {
namespace {

/// The error that is being handled, as a TransportError. `sent`: what to say where it doesn't say itself.
TransportError current_error(Sent sent = Sent::maybe) {
  try {
    throw;
  } catch (const TransportError& error) {
    return error;
  } catch (const std::exception& error) {
    return {TransportFailure::io, std::string("the blocking WebSocket stack failed: ") + error.what(), sent};
  } catch (...) {
    return {TransportFailure::io, "the blocking WebSocket stack failed with an unknown exception", sent};
  }
}

/// on_end always tells a close code.
TransportError with_close_code(const TransportError& error) {
  if (error.close_code()) return error;
  return {error.failure(), error.what(), close_code::abnormal, error.server_text()};
}

struct Outgoing {
  MessageType type;
  std::string payload;
};

struct Close {
  std::uint16_t code;
  std::string reason;
};

/// What the strand and the two threads of a connection share.
struct Link : std::enable_shared_from_this<Link> {
  Link(std::shared_ptr<Executor> on, DialHandler call) : executor(std::move(on)), handler(std::move(call)) {}

  const std::shared_ptr<Executor> executor;
  std::unique_ptr<BlockingWebsocket> stack;  // set before there are threads; null where there was none to be had

  // The strand's.
  DialHandler handler;            // until the dial has ended or was canceled
  WebsocketSink* sink = nullptr;  // from start to destruction or on_end
  bool reading = false;           // a read waits for its answer
  bool closing = false;
  bool writer_started = false;

  // Everybody's.
  std::mutex mutex;
  std::condition_variable changed;
  bool aborted = false;      // nobody is interested any more
  bool read_wanted = false;  // the reader may call read once
  bool read_on = false;      // it may go on to the end, and drop what comes
  std::deque<Outgoing> outgoing;
  std::optional<Close> close;
  std::optional<TransportError> write_error;  // tells more than what the reader finds after it

  template <class Change>
  void change(Change apply) {
    {
      const std::lock_guard lock(mutex);
      apply();
    }
    changed.notify_all();
  }

  /// The strand's owner is gone: the threads are to end.
  void abort() noexcept {
    change([this] { aborted = true; });
    if (stack != nullptr) stack->abort();
  }

  /// No message can be sent any more: the reader finds the end, which may be the peer's close frame, and tells it.
  void fail_writing(TransportError error) noexcept {
    change([&] {
      write_error.emplace(std::move(error));
      read_on = true;
    });
    stack->abort();
  }

  void run_reader(const DialRequest& request);
  void run_writer();
  void deliver_result(DialResult result);

 private:
  bool wait_until_read_is_wanted();
  void write_all();
  void deliver_frame(MessageType type, std::string payload);
  void deliver_end(const TransportError& found);
};

/// The owner's end of an open connection.
class BlockingConn final : public WebsocketConn {
 public:
  explicit BlockingConn(std::shared_ptr<Link> link) : link_(std::move(link)) {}
  ~BlockingConn() override {
    link_->sink = nullptr;
    link_->abort();
  }

  void start(WebsocketSink& sink) override { link_->sink = &sink; }

  void read() override {
    if (link_->reading || link_->closing) return;
    link_->reading = true;
    link_->change([this] { link_->read_wanted = true; });
  }

  void write(MessageType type, std::string payload) override {
    if (link_->closing || link_->sink == nullptr) return;
    link_->change([&] { link_->outgoing.push_back({type, std::move(payload)}); });
    start_writer();
  }

  void close(std::uint16_t code, std::string_view reason) override {
    if (std::exchange(link_->closing, true) || link_->sink == nullptr) return;
    link_->change([&] {
      link_->close = Close{code, std::string(reason)};
      link_->read_on = true;
    });
    start_writer();
  }

 private:
  void start_writer() {
    if (std::exchange(link_->writer_started, true)) return;
    try {
      std::thread([link = link_] { link->run_writer(); }).detach();
    } catch (const std::system_error&) {
      link_->fail_writing(
          {TransportFailure::io, "the system gave no thread to write a WebSocket's messages on", Sent::maybe});
    }
  }

  const std::shared_ptr<Link> link_;
};

class BlockingDial final : public Operation {
 public:
  explicit BlockingDial(std::shared_ptr<Link> link) : link_(std::move(link)) {}
  ~BlockingDial() override {
    if (!link_->handler) return;  // has ended: the connection belongs to somebody else
    link_->handler = nullptr;
    link_->abort();
  }

 private:
  const std::shared_ptr<Link> link_;
};

void Link::run_reader(const DialRequest& request) {
  DialResult result;
  try {
    BlockingWebsocket::Answer answer = stack->connect(request);
    result.status = answer.status;
    result.headers = std::move(answer.headers);
    result.body = std::move(answer.body);
  } catch (...) {
    result.error.emplace(current_error());
  }
  const bool open = !result.error && result.status == 101;
  deliver_result(std::move(result));
  if (!open) return;

  std::string payload;
  while (wait_until_read_is_wanted()) {
    try {
      const MessageType type = stack->read(payload);
      deliver_frame(type, std::exchange(payload, {}));
    } catch (...) {
      return deliver_end(current_error());
    }
  }
}

bool Link::wait_until_read_is_wanted() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [this] { return aborted || read_wanted || read_on; });
  read_wanted = false;
  return !aborted;
}

void Link::run_writer() {
  try {
    write_all();
  } catch (...) {
    fail_writing(current_error());
  }
}

void Link::write_all() {
  std::unique_lock lock(mutex);
  for (;;) {
    changed.wait(lock, [this] { return aborted || !outgoing.empty() || close; });
    if (aborted) return;
    if (outgoing.empty()) break;
    Outgoing next = std::move(outgoing.front());
    outgoing.pop_front();
    lock.unlock();
    stack->write(next.type, next.payload);
    executor->post([link = shared_from_this(), buffer = std::move(next.payload)]() mutable {
      if (link->sink != nullptr) link->sink->on_written(std::move(buffer));
    });
    lock.lock();
  }
  const Close last = *close;
  lock.unlock();
  stack->close(last.code, last.reason);
}

void Link::deliver_result(DialResult result) {
  executor->post([link = shared_from_this(), given = std::move(result)]() mutable {
    if (!link->handler) return;
    if (!given.error && given.status == 101) given.conn = std::make_unique<BlockingConn>(link);
    DialHandler call = std::move(link->handler);
    call(std::move(given));
  });
}

void Link::deliver_frame(MessageType type, std::string payload) {
  executor->post([link = shared_from_this(), type, text = std::move(payload)] {
    if (link->sink == nullptr || link->closing || !std::exchange(link->reading, false)) return;
    link->sink->on_frame(type, text);
  });
}

void Link::deliver_end(const TransportError& found) {
  const bool told_by_peer = found.close_code() && found.close_code() != close_code::abnormal;
  std::unique_lock lock(mutex);
  const TransportError end = with_close_code(write_error && !told_by_peer ? *write_error : found);
  lock.unlock();
  executor->post([link = shared_from_this(), end] {
    if (WebsocketSink* last = std::exchange(link->sink, nullptr)) last->on_end(end);
  });
}

}  // namespace

BlockingWebsocket::~BlockingWebsocket() = default;

BlockingWebsocketAdapter::BlockingWebsocketAdapter(BlockingWebsocketFactory factory) : factory_(std::move(factory)) {}
BlockingWebsocketAdapter::~BlockingWebsocketAdapter() = default;

std::unique_ptr<Operation> BlockingWebsocketAdapter::dial(const std::shared_ptr<Executor>& executor,
                                                          DialRequest request, DialHandler handler) {
  const auto link = std::make_shared<Link>(executor, std::move(handler));
  try {
    link->stack = factory_();
    if (link->stack == nullptr)
      throw TransportError(TransportFailure::unsupported, "the factory of blocking WebSockets made none", Sent::no);
    std::thread([link, request = std::move(request)] { link->run_reader(request); }).detach();
  } catch (...) {
    DialResult failed;
    failed.error.emplace(current_error(Sent::no));
    link->deliver_result(std::move(failed));
  }
  return std::make_unique<BlockingDial>(link);
}

}  // namespace signalr
