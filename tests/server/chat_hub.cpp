// Rooms are groups; who is in them is kept here, since groups don't tell.
#include "chat_hub.hpp"

#include <vector>

namespace signalr::test {

ChatHub::ChatHub(server::HubServer& server) : server_(server) {
  server_.hub("Chat")
      .on("Join", [this](server::Call& call) { join(call); })
      .on("Send", [this](server::Call& call) { send(call); })
      .on("Leave", [this](server::Call& call) { forget(call.connection_id()); });
}

void ChatHub::join(server::Call& call) {
  const Guest guest{argument<std::string>(call, 0), argument<std::string>(call, 1)};
  forget(call.connection_id());
  server_.send_to_group(guest.room, "Chat", "joined", arguments(guest.name));
  server_.join(call.connection_id(), "Chat", guest.room);
  guests_[call.connection_id()] = guest;

  std::vector<std::string> names;
  for (const auto& [id, other] : guests_) {
    if (other.room == guest.room) names.push_back(other.name);
  }
  call.result(to_text(names));
}

void ChatHub::send(server::Call& call) {
  const auto guest = guests_.find(call.connection_id());
  if (guest == guests_.end()) return call.error("join a room first");
  const auto text = argument<std::string>(call, 0);
  server_.send_to_group(guest->second.room, "Chat", "message", arguments(guest->second.name, text));
}

void ChatHub::forget(const std::string& connection_id) {
  const auto guest = guests_.find(connection_id);
  if (guest == guests_.end()) return;
  const Guest gone = guest->second;
  guests_.erase(guest);
  server_.leave(connection_id, "Chat", gone.room);
  server_.send_to_group(gone.room, "Chat", "left", arguments(gone.name));
}

}  // namespace signalr::test
