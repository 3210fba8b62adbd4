#include "session/published_state.hpp"

namespace signalr::detail::session {

void PublishedState::set_identity(const protocol::NegotiateResponse& response) {
  const std::lock_guard<std::mutex> lock(mutex_);
  identity_.connection_id = response.connection_id;
  identity_.connection_token = response.connection_token;
  identity_.protocol = response.version_text;
}

void PublishedState::forget() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    identity_.connection_id.clear();
    identity_.connection_token.clear();
    identity_.protocol.clear();
  }
  set_message_id({});
  set_groups_token({});
}

State PublishedState::load() const {
  State state;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    state = identity_;
  }
  state.message_id = message_id();
  state.groups_token = groups_token();
  return state;
}

}  // namespace signalr::detail::session
