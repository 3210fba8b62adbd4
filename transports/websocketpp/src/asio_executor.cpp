#include <signalr/websocketpp/asio_executor.hpp>

#include "asio_executor.hpp"

namespace signalr {
namespace {

/// On an io_context that belongs to somebody else.
class ContextExecutor final : public net::AsioExecutor {
 public:
  explicit ContextExecutor(asio::io_context& context)
      : AsioExecutor(net::Loop::on(context, net::Loop::Threads::several)) {}
  ~ContextExecutor() override { loop()->end_soon(); }

  Runner runner() const noexcept override { return loop()->busy() ? Runner::present : Runner::unknown; }
};

}  // namespace

std::shared_ptr<Executor> make_asio_executor(asio::io_context& context) {
  return std::make_shared<ContextExecutor>(context);
}

}  // namespace signalr
