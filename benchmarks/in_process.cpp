#include "in_process.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace benchmarks {
namespace {

using namespace signalr;

constexpr std::string_view kInit = R"({"C":"d-0","S":1,"M":[]})";

// Both ends of the WebSocket. Nothing in it allocates once its buffers have grown.
class Line : public std::enable_shared_from_this<Line> {
 public:
  Line(std::shared_ptr<Executor> executor, Peer& peer) : executor_(std::move(executor)), peer_(peer) {}

  void start(WebsocketSink& sink) { sink_ = &sink; }
  void read() {
    reading_ = true;
    run_soon();
  }
  void write(std::string frame) {
    unsent_.push_back(std::move(frame));
    run_soon();
  }
  void close(std::uint16_t code) {
    close_code_ = code;
    run_soon();
  }
  void drop() { sink_ = nullptr; }

 private:
  void run_soon() {
    if (running_ || std::exchange(posted_, true)) return;
    executor_->post([line = shared_from_this()] {
      line->posted_ = false;
      line->running_ = true;
      line->run();
      line->running_ = false;
    });
  }

  void run() {
    while (sink_ != nullptr) {
      if (!unsent_.empty()) {
        take_frames();
      } else if (close_code_) {
        return std::exchange(sink_, nullptr)->on_end({TransportFailure::closed, "closed", *close_code_, {}});
      } else if (!reading_ || !give_frame()) {
        return;
      }
    }
  }

  void take_frames() {
    std::swap(unsent_, sending_);
    for (std::string& frame : sending_) {
      if (sink_ == nullptr) break;
      peer_.hear(frame);
      sink_->on_written(std::move(frame));
    }
    sending_.clear();
  }

  bool give_frame() {
    const std::string_view frame = std::exchange(init_sent_, true) ? peer_.speak() : kInit;
    if (frame.empty()) return false;
    reading_ = false;
    sink_->on_frame(MessageType::text, frame);
    return true;
  }

  const std::shared_ptr<Executor> executor_;
  Peer& peer_;
  WebsocketSink* sink_ = nullptr;
  std::vector<std::string> unsent_;
  std::vector<std::string> sending_;
  std::optional<std::uint16_t> close_code_;
  bool reading_ = false;
  bool posted_ = false;
  bool running_ = false;
  bool init_sent_ = false;
};

class LineConn final : public WebsocketConn {
 public:
  explicit LineConn(std::shared_ptr<Line> line) : line_(std::move(line)) {}
  ~LineConn() override { line_->drop(); }
  void start(WebsocketSink& sink) override { line_->start(sink); }
  void read() override { line_->read(); }
  void write(MessageType, std::string payload) override { line_->write(std::move(payload)); }
  void close(std::uint16_t code, std::string_view) override { line_->close(code); }

 private:
  const std::shared_ptr<Line> line_;
};

class LineDial final : public Operation {
 public:
  explicit LineDial(std::shared_ptr<DialHandler> handler) : handler_(std::move(handler)) {}
  ~LineDial() override { *handler_ = nullptr; }

 private:
  const std::shared_ptr<DialHandler> handler_;
};

class LineDialer final : public WebsocketDialer {
 public:
  explicit LineDialer(Peer& peer) : peer_(peer) {}

  std::unique_ptr<Operation> dial(const std::shared_ptr<Executor>& executor, DialRequest,
                                  DialHandler handler) override {
    const auto shared = std::make_shared<DialHandler>(std::move(handler));
    executor->post([shared, line = std::make_shared<Line>(executor, peer_)] {
      if (!*shared) return;
      DialResult result;
      result.status = 101;
      result.conn = std::make_unique<LineConn>(line);
      std::exchange(*shared, nullptr)(std::move(result));
    });
    return std::make_unique<LineDial>(shared);
  }

 private:
  Peer& peer_;
};

}  // namespace

InProcessServer::InProcessServer(Peer& peer) : dialer_(std::make_shared<LineDialer>(peer)) {
  http_.expect_start().always().answer(R"({"Response":"started"})");
  http_.expect_abort().always().answer("");
}

DialOptions InProcessServer::options() const {
  DialOptions options;
  options.http_client = http_.http_client();
  options.dialer = dialer_;
  options.executor = http_.executor();
  return options;
}

}  // namespace benchmarks
