// The hub `Chat`: rooms, and who is in them.
#pragma once

#include <map>
#include <string>

#include "demo_hub.hpp"

namespace signalr::test {

/// - `Join(room, name)` answers the names of those in the room, and calls `joined(name)` on the others;
/// - `Send(text)` calls `message(name, text)` on all in the room; a hub error before Join;
/// - `Leave()` calls `left(name)` on those who stay, as does the end of a connection.
class ChatHub : public DemoHub {
 public:
  explicit ChatHub(server::HubServer& server);

  void forget(const std::string& connection_id) override;

 private:
  struct Guest {
    std::string room;
    std::string name;
  };

  void join(server::Call& call);
  void send(server::Call& call);

  server::HubServer& server_;
  std::map<std::string, Guest> guests_;  // by connection
};

}  // namespace signalr::test
