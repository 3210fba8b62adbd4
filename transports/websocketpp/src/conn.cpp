#include "conn.hpp"

#include <utility>

#include "connection.hpp"

namespace signalr::net {
namespace {

/// What the caller holds. It keeps the executor, which the connection, kept by handlers of the loop, must not.
class Handle final : public WebsocketConn {
 public:
  Handle(std::shared_ptr<Executor> executor, std::shared_ptr<Connection> connection)
      : executor_(std::move(executor)), connection_(std::move(connection)) {}
  ~Handle() override { connection_->abandon(); }

  void start(WebsocketSink& sink) override { connection_->start(sink); }
  void read() override { connection_->read(); }
  void write(MessageType type, std::string payload) override { connection_->write(type, std::move(payload)); }
  void close(std::uint16_t code, std::string_view reason) override { connection_->close(code, reason); }

 private:
  const std::shared_ptr<Executor> executor_;
  const std::shared_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<WebsocketConn> make_conn(std::shared_ptr<Executor> executor, std::shared_ptr<Loop> loop,
                                         std::unique_ptr<Stream> stream, std::string peer, std::string received,
                                         std::size_t max_message_bytes) {
  auto connection = std::make_shared<Connection>(std::move(loop), std::move(stream), std::move(peer),
                                                 std::move(received), max_message_bytes);
  return std::make_unique<Handle>(std::move(executor), std::move(connection));
}

}  // namespace signalr::net
