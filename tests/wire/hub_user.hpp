// The user of hubs: a Client for each of them, calls, handlers, progress, state.
#pragma once

#include <signalr/client.hpp>

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "hub_script.hpp"
#include "user_part.hpp"

namespace wire {

class HubUser final : public UserPart {
 public:
  HubUser(HubScript script, Transcript& seen) : script_(std::move(script)), seen_(seen) {}

  void begin(signalr::Conn& conn) override;
  bool may_send(std::size_t n) const override;
  void send(signalr::Conn& conn, std::size_t n, std::string_view text) override;

 private:
  void listen(signalr::Client& client);
  void on_call(const signalr::HubCallView& call);
  void on_handled(const std::string& method, const signalr::HubCallView& call);
  void on_answer(std::size_t n, const signalr::Result<signalr::RawJson>& answer);
  HubEvent event_of_call(HubEvent::Kind kind, std::size_t n) const;
  void add(HubEvent event);
  /// The hub's state as our client tells it.
  std::string state_of(const std::string& hub) const;

  const HubScript script_;
  Transcript& seen_;
  std::map<std::string, signalr::Client> clients_;  // by name in lower case
  std::vector<signalr::Subscription> subscriptions_;
  std::size_t ends_ = 0;
};

}  // namespace wire
