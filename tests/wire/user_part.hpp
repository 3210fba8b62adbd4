// What a user does with its connection between dialing and closing: one way for each part of our API.
#pragma once

#include <signalr/conn.hpp>

#include <cstddef>
#include <memory>
#include <string_view>

#include "api.hpp"
#include "episode.hpp"
#include "transcript.hpp"

namespace wire {

class UserPart {
 public:
  UserPart() = default;
  UserPart(const UserPart&) = delete;
  UserPart& operator=(const UserPart&) = delete;
  virtual ~UserPart() = default;

  /// Right after dialing.
  virtual void begin(signalr::Conn& conn) = 0;
  /// Whether the recorded user's reasons to send its n-th message (or, after the last, to end) are there.
  virtual bool may_send(std::size_t n) const = 0;
  /// Sends the recorded client's n-th message.
  virtual void send(signalr::Conn& conn, std::size_t n, std::string_view text) = 0;
};

/// Both must outlive it.
std::unique_ptr<UserPart> make_user_part(Api api, const Episode& episode, Transcript& seen);

/// Whether the connection can be lived through that part.
bool can_play(Api api, const Episode& episode);

}  // namespace wire
