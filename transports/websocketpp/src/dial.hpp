// One dial on a loop, step by step: name, TCP, tunnel, TLS, upgrade.
#pragma once

#include <memory>
#include <utility>

#include <signalr/executor.hpp>
#include <signalr/websocket.hpp>

#include "loop.hpp"
#include "proxy.hpp"
#include "tls.hpp"

namespace signalr::net {

/// What a dialer was made with; its dials keep it as well.
struct DialerSettings {
  DialerSettings(TlsOptions tls_options, ProxyOptions proxy_options)
      : tls(std::move(tls_options)), proxies(std::move(proxy_options)) {}
  TlsContext tls;
  const ProxyRules proxies;
};

/// On the loop's strand. The connection keeps `executor`, which may be null where somebody else sees to the loop.
std::unique_ptr<Operation> dial_on_loop(std::shared_ptr<DialerSettings> settings, std::shared_ptr<Loop> loop,
                                        std::shared_ptr<Executor> executor, DialRequest request, DialHandler handler);

}  // namespace signalr::net
