#include "faulty_conn.hpp"

#include <deque>
#include <optional>
#include <string_view>
#include <thread>

namespace signalr::conformance {
namespace {

using Fault = DialerFault;

template <class F>
void on_another_thread(F&& call) {
  std::thread(std::forward<F>(call)).join();
}

class FaultyConn final : public WebsocketConn {
 public:
  FaultyConn(std::shared_ptr<FaultyDials> shared, std::shared_ptr<Executor> executor,
             std::unique_ptr<WebsocketConn> good)
      : state_(std::make_shared<State>(std::move(shared), std::move(executor), std::move(good))) {}

  ~FaultyConn() override {
    State& state = *state_;
    state.owner_gone = true;
    if (state.shared_payload) state.shared_payload->assign(state.shared_payload->size(), '#');
    if (state.is(Fault::kDestructorShakesHands) && state.sink != nullptr) {
      state.muted = true;
      state.good->close(kCloseNormal, {});
      keep();
    } else if (state.is(Fault::kDestructorLeaks)) {
      state.muted = true;
      keep();
    } else if (state.is(Fault::kFramesAfterDestruction)) {
      keep();
    } else {
      state.good = nullptr;
      state.muted = true;
    }
  }

  void start(WebsocketSink& sink) override {
    state_->sink = &sink;
    state_->good->start(*state_);
    if (state_->is(Fault::kFramesUnasked) || state_->is(Fault::kReadsAhead) || state_->is(Fault::kFramesInsideRead) ||
        state_->is(Fault::kDropsEarlyFrames)) {
      state_->good->read();
    }
  }

  void read() override {
    State& state = *state_;
    state.asked = true;
    if (state.is(Fault::kFramesInsideRead) && !state.ahead.empty()) return state.deliver_ahead();
    if (state.is(Fault::kReadsAhead)) {
      state.executor->post([kept = state_] {
        if (!kept->muted && kept->asked && !kept->ahead.empty()) kept->deliver_ahead();
      });
      return;
    }
    state.good->read();
  }

  void write(MessageType type, std::string payload) override {
    State& state = *state_;
    if (state.is(Fault::kCallsAfterEnd) && state.ended) return state.sink->on_written(std::move(payload));
    if (state.is(Fault::kWrittenInsideWrite)) {
      std::string copy = payload;
      state.good->write(type, std::move(copy));
      state.silent_writes = true;
      return state.sink->on_written(std::move(payload));
    }
    if (state.is(Fault::kWrittenBeforeSent)) {
      state.good->write(type, payload);
      state.silent_writes = true;
      state.executor->post([kept = state_, buffer = std::move(payload)]() mutable {
        if (!kept->muted) kept->sink->on_written(std::move(buffer));
      });
      return;
    }
    if (state.is(Fault::kDropsLastWrite)) {
      if (state.last_write) state.good->write(type, std::move(*state.last_write));
      state.last_write = std::move(payload);
      return;
    }
    state.good->write(type, std::move(payload));
  }

  void close(std::uint16_t code, std::string_view reason) override {
    State& state = *state_;
    const TransportError end(TransportFailure::kClosed, "closed too early", code, {});
    if (state.is(Fault::kEndInsideClose)) return state.finish(end);
    if (state.is(Fault::kEndBeforeHandshake)) {
      state.good->close(code, reason);
      state.executor->post([kept = state_, end] {
        if (!kept->muted) kept->finish(end);
      });
      return;
    }
    if (state.is(Fault::kWritesAfterClose)) {
      state.executor->post([kept = state_, code, text = std::string(reason)] {
        if (kept->good != nullptr) kept->good->close(code, text);
      });
      return;
    }
    state.good->close(code, reason);
  }

 private:
  struct State final : WebsocketSink {
    State(std::shared_ptr<FaultyDials> with, std::shared_ptr<Executor> on, std::unique_ptr<WebsocketConn> over)
        : shared(std::move(with)), executor(std::move(on)), good(std::move(over)) {}

    bool is(Fault fault) const { return shared->fault == fault; }

    void on_frame(MessageType type, std::string_view payload) override {
      if (muted) return;
      switch (shared->fault) {
        case Fault::kFramesOffStrand:
          return on_another_thread([&] { sink->on_frame(type, payload); });
        case Fault::kFramesUnasked:
          good->read();
          return sink->on_frame(type, payload);
        case Fault::kFramesAllText:
          return sink->on_frame(MessageType::text, payload);
        case Fault::kFramesAfterDestruction: {
          sink->on_frame(type, payload);
          if (owner_gone && good != nullptr) good->read();
          return;
        }
        case Fault::kReadsAhead:
        case Fault::kFramesInsideRead:
          ahead.emplace_back(type, payload);
          good->read();
          if (asked) deliver_ahead();
          return;
        case Fault::kFramesSwapped:
          ahead.emplace_back(type, payload);
          if (ahead.size() < 2) return good->read();
          std::swap(ahead[0], ahead[1]);
          return deliver_ahead();
        case Fault::kDropsEarlyFrames:
          if (asked) sink->on_frame(type, payload);
          return;
        case Fault::kPayloadDiesWithConnection: {
          const auto held = shared_payload = std::make_shared<std::string>(payload);
          return sink->on_frame(type, *held);
        }
        default:
          return sink->on_frame(type, payload);
      }
    }

    void on_written(std::string buffer) override {
      if (muted || silent_writes) return;
      if (is(Fault::kWrittenOtherBuffer)) return sink->on_written(std::string(buffer));
      sink->on_written(std::move(buffer));
    }

    void on_end(const TransportError& error) override {
      if (muted) return;
      ended = true;
      switch (shared->fault) {
        case Fault::kEndTwice:
          sink->on_end(error);
          return sink->on_end(error);
        case Fault::kEndAlways1006:
          return sink->on_end({error.failure(), error.what(), kCloseAbnormal, error.server_text()});
        case Fault::kEndWithoutReason:
          return sink->on_end({error.failure(), error.what(), *error.close_code(), {}});
        case Fault::kEndSwallowed:
          return;
        case Fault::kForgivesViolations:
          return sink->on_frame(MessageType::text, "as if nothing were wrong");
        default:
          return sink->on_end(error);
      }
    }

    void deliver_ahead() {
      asked = false;
      const auto [type, payload] = std::move(ahead.front());
      ahead.pop_front();
      sink->on_frame(type, payload);
    }

    void finish(const TransportError& end) {
      muted = true;
      sink->on_end(end);
    }

    const std::shared_ptr<FaultyDials> shared;
    const std::shared_ptr<Executor> executor;
    std::unique_ptr<WebsocketConn> good;
    WebsocketSink* sink = nullptr;
    std::deque<std::pair<MessageType, std::string>> ahead;
    std::shared_ptr<std::string> shared_payload;
    std::optional<std::string> last_write;
    bool asked = false;
    bool silent_writes = false;
    bool ended = false;
    bool muted = false;
    bool owner_gone = false;
  };

  void keep() { state_->shared->leaked.push_back(state_); }

  const std::shared_ptr<State> state_;
};

}  // namespace

std::unique_ptr<WebsocketConn> make_faulty_conn(std::shared_ptr<FaultyDials> shared, std::shared_ptr<Executor> executor,
                                                std::unique_ptr<WebsocketConn> good) {
  return std::make_unique<FaultyConn>(std::move(shared), std::move(executor), std::move(good));
}

}  // namespace signalr::conformance
