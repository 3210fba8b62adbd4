#include "foreign.hpp"

#include <string>
#include <utility>

#include <signalr/websocketpp/event_loop.hpp>

#include "asio_executor.hpp"
#include "bridge.hpp"
#include "steps.hpp"

namespace signalr::net {
namespace {

/// What the caller holds. It keeps the loop, so that the loop ends on the caller's side and not on its own thread.
class ForeignConn final : public WebsocketConn {
 public:
  explicit ForeignConn(std::shared_ptr<Bridge> bridge) : bridge_(std::move(bridge)) {}
  ~ForeignConn() override { bridge_->abandon(); }
  void keep(std::shared_ptr<Executor> loop) { loop_ = std::move(loop); }

  void start(WebsocketSink& sink) override { bridge_->start(sink); }
  void read() override { bridge_->read(); }
  void write(MessageType type, std::string payload) override { bridge_->write(type, std::move(payload)); }
  void close(std::uint16_t code, std::string_view reason) override { bridge_->close(code, std::string(reason)); }

 private:
  std::shared_ptr<Executor> loop_;
  const std::shared_ptr<Bridge> bridge_;
};

/// A dial seen from both sides: `handler_` and `executor_` belong to the caller's strand, `inner_` to the loop.
class ForeignDial final : public std::enable_shared_from_this<ForeignDial> {
 public:
  ForeignDial(std::shared_ptr<DialerSettings> settings, std::shared_ptr<AsioExecutor> executor,
              std::shared_ptr<Executor> caller, DialRequest request, DialHandler handler)
      : settings_(std::move(settings)),
        loop_(executor->loop()),
        caller_(std::move(caller)),
        request_(std::move(request)),
        executor_(std::move(executor)),
        handler_(std::move(handler)) {}

  void start() {
    loop_->post([self = shared_from_this()] {
      self->inner_ = dial_on_loop(self->settings_, self->loop_, nullptr, std::move(self->request_),
                                  [raw = self.get()](DialResult result) { raw->hand_over(std::move(result)); });
    });
  }

  void cancel() {
    handler_ = nullptr;
    loop_->post([self = shared_from_this()] { self->inner_.reset(); });
    executor_.reset();
  }

 private:
  void hand_over(DialResult result) {
    if (result.conn != nullptr) {
      result.conn = std::make_unique<ForeignConn>(std::make_shared<Bridge>(caller_, loop_, std::move(result.conn)));
    }
    caller_->post([self = shared_from_this(), result = std::move(result)]() mutable {
      if (!self->handler_) return;
      if (result.conn != nullptr) static_cast<ForeignConn&>(*result.conn).keep(self->executor_);
      std::exchange(self->handler_, nullptr)(std::move(result));
    });
  }

  const std::shared_ptr<DialerSettings> settings_;
  const std::shared_ptr<Loop> loop_;
  const std::shared_ptr<Executor> caller_;
  DialRequest request_;
  std::shared_ptr<AsioExecutor> executor_;
  DialHandler handler_;
  std::unique_ptr<Operation> inner_;
};

}  // namespace

std::unique_ptr<Operation> dial_for_foreign(std::shared_ptr<DialerSettings> settings,
                                            std::shared_ptr<Executor> executor, DialRequest request,
                                            DialHandler handler) {
  return begin_step<ForeignDial>(std::move(settings), std::static_pointer_cast<AsioExecutor>(shared_asio_event_loop()),
                                 std::move(executor), std::move(request), std::move(handler));
}

}  // namespace signalr::net
