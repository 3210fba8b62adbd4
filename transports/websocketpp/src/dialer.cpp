#include <signalr/websocketpp/dialer.hpp>

#include <utility>

#include "asio_executor.hpp"
#include "dial.hpp"
#include "foreign.hpp"

namespace signalr {
namespace {

class WebsocketppDialer final : public WebsocketDialer {
 public:
  WebsocketppDialer(TlsOptions tls, ProxyOptions proxy)
      : settings_(std::make_shared<net::DialerSettings>(std::move(tls), std::move(proxy))) {}

  std::unique_ptr<Operation> dial(const std::shared_ptr<Executor>& executor, DialRequest request,
                                  DialHandler handler) override {
    if (const auto ours = std::dynamic_pointer_cast<net::AsioExecutor>(executor)) {
      return net::dial_on_loop(settings_, ours->loop(), executor, std::move(request), std::move(handler));
    }
    return net::dial_for_foreign(settings_, executor, std::move(request), std::move(handler));
  }

 private:
  const std::shared_ptr<net::DialerSettings> settings_;
};

}  // namespace

std::shared_ptr<WebsocketDialer> make_websocketpp_dialer(TlsOptions tls, ProxyOptions proxy) {
  return std::make_shared<WebsocketppDialer>(std::move(tls), std::move(proxy));
}

}  // namespace signalr
