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
    if (state.is(Fault::destructor_shakes_hands) && state.sink != nullptr) {
      state.muted = true;
      state.good->close(close_code::normal, {});
      keep();
    } else if (state.is(Fault::destructor_leaks)) {
      state.muted = true;
      keep();
    } else if (state.is(Fault::frames_after_destruction)) {
      keep();
    } else {
      state.good = nullptr;
      state.muted = true;
    }
  }

  void start(WebsocketSink& sink) override {
    state_->sink = &sink;
    state_->good->start(*state_);
    if (state_->is(Fault::frames_unasked) || state_->is(Fault::reads_ahead) || state_->is(Fault::frames_inside_read) ||
        state_->is(Fault::drops_early_frames)) {
      state_->good->read();
    }
  }

  void read() override {
    State& state = *state_;
    state.asked = true;
    if (state.is(Fault::frames_inside_read) && !state.ahead.empty()) return state.deliver_ahead();
    if (state.is(Fault::reads_ahead)) {
      state.executor->post([kept = state_] {
        if (!kept->muted && kept->asked && !kept->ahead.empty()) kept->deliver_ahead();
      });
      return;
    }
    state.good->read();
  }

  void write(MessageType type, std::string payload) override {
    State& state = *state_;
    if (state.is(Fault::calls_after_end) && state.ended) return state.sink->on_written(std::move(payload));
    if (state.is(Fault::written_inside_write)) {
      std::string copy = payload;
      state.good->write(type, std::move(copy));
      state.silent_writes = true;
      return state.sink->on_written(std::move(payload));
    }
    if (state.is(Fault::written_before_sent)) {
      state.good->write(type, payload);
      state.silent_writes = true;
      state.executor->post([kept = state_, buffer = std::move(payload)]() mutable {
        if (!kept->muted) kept->sink->on_written(std::move(buffer));
      });
      return;
    }
    if (state.is(Fault::drops_last_write)) {
      if (state.last_write) state.good->write(type, std::move(*state.last_write));
      state.last_write = std::move(payload);
      return;
    }
    state.good->write(type, std::move(payload));
  }

  void close(std::uint16_t code, std::string_view reason) override {
    State& state = *state_;
    const TransportError end(TransportFailure::closed, "closed too early", code, {});
    if (state.is(Fault::end_inside_close)) return state.finish(end);
    if (state.is(Fault::end_before_handshake)) {
      state.good->close(code, reason);
      state.executor->post([kept = state_, end] {
        if (!kept->muted) kept->finish(end);
      });
      return;
    }
    if (state.is(Fault::writes_after_close)) {
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
        case Fault::frames_off_strand:
          return on_another_thread([&] { sink->on_frame(type, payload); });
        case Fault::frames_unasked:
          good->read();
          return sink->on_frame(type, payload);
        case Fault::frames_all_text:
          return sink->on_frame(MessageType::text, payload);
        case Fault::frames_after_destruction: {
          sink->on_frame(type, payload);
          if (owner_gone && good != nullptr) good->read();
          return;
        }
        case Fault::reads_ahead:
        case Fault::frames_inside_read:
          ahead.emplace_back(type, payload);
          good->read();
          if (asked) deliver_ahead();
          return;
        case Fault::frames_swapped:
          ahead.emplace_back(type, payload);
          if (ahead.size() < 2) return good->read();
          std::swap(ahead[0], ahead[1]);
          return deliver_ahead();
        case Fault::drops_early_frames:
          if (asked) sink->on_frame(type, payload);
          return;
        case Fault::payload_dies_with_connection: {
          const auto held = shared_payload = std::make_shared<std::string>(payload);
          return sink->on_frame(type, *held);
        }
        default:
          return sink->on_frame(type, payload);
      }
    }

    void on_written(std::string buffer) override {
      if (muted || silent_writes) return;
      if (is(Fault::written_other_buffer)) return sink->on_written(std::string(buffer));
      sink->on_written(std::move(buffer));
    }

    void on_end(const TransportError& error) override {
      if (muted) return;
      ended = true;
      switch (shared->fault) {
        case Fault::end_twice:
          sink->on_end(error);
          return sink->on_end(error);
        case Fault::end_always_1006:
          return sink->on_end({error.failure(), error.what(), close_code::abnormal, error.server_text()});
        case Fault::end_without_reason:
          return sink->on_end({error.failure(), error.what(), *error.close_code(), {}});
        case Fault::end_swallowed:
          return;
        case Fault::forgives_violations:
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
