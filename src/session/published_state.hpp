// What Conn::state tells: changed on the strand, read by any thread.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <signalr/message.hpp>

#include "protocol/negotiate_response.hpp"
#include "session/published_text.hpp"

namespace signalr::detail::session {

/// Readers don't hold up the cursor and the groups token, which change with each frame. All but `load` on the strand.
class PublishedState {
 public:
  explicit PublishedState(std::string connection_data) { identity_.connection_data = std::move(connection_data); }

  /// Who we are, as the server has negotiated it.
  void set_identity(const protocol::NegotiateResponse& response);
  void set_message_id(std::string_view cursor) { message_id_.store(cursor); }
  void set_groups_token(std::string_view token) { groups_token_.store(token); }
  /// All but connectionData: the next connection begins with nothing of this one (P§1).
  void forget();

  std::string message_id() const { return message_id_.load(); }
  std::string groups_token() const { return groups_token_.load(); }
  /// Any thread.
  State load() const;

 private:
  mutable std::mutex mutex_;
  State identity_;  // guarded by mutex_; without the next two
  PublishedText message_id_;
  PublishedText groups_token_;
};

}  // namespace signalr::detail::session
