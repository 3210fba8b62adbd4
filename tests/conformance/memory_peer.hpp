// The suite's peer on the in-memory network, with a virtual clock: the thread that runs the checks is the strand.
#pragma once

#include <memory>

#include <signalr/conformance/peer.hpp>
#include <signalr/memory/network.hpp>

namespace signalr::conformance {

class MemoryPeer final : public Peer, private server::Site {
 public:
  explicit MemoryPeer(const std::shared_ptr<Executor>& executor);
  ~MemoryPeer() override;

  memory::Network& network() { return network_; }

  std::string http_url(std::string_view target) const override;
  std::string ws_url(std::string_view target) const override;
  std::vector<std::shared_ptr<PeerExchange>> exchanges() const override { return exchanges_; }
  void on_request(std::function<void(PeerExchange&)> handler) override { on_request_ = std::move(handler); }
  void on_change(std::function<void()> handler) override { on_change_ = std::move(handler); }

 private:
  void on_request(std::shared_ptr<server::Exchange> exchange) override;
  void on_upgrade(std::shared_ptr<server::Upgrade> upgrade) override;
  void add(std::shared_ptr<PeerExchange> exchange);

  std::vector<std::shared_ptr<PeerExchange>> exchanges_;
  std::function<void(PeerExchange&)> on_request_;
  std::function<void()> on_change_;
  memory::Network network_;
};

}  // namespace signalr::conformance
