#include "user_part.hpp"

#include <string>
#include <utility>

#include "client_call.hpp"
#include "hub_user.hpp"

namespace wire {
namespace {

using signalr::Conn;
using signalr::Message;
using signalr::Result;

Conn::DoneHandler noting_refusals(Transcript& seen) {
  return [&seen](Result<void> sent) {
    if (!sent.ok()) seen.not_sent.push_back(sent.error_ptr());
  };
}

/// Reads message by message; writes calls as ClientMsg, all else as text.
class MessageUser final : public UserPart {
 public:
  explicit MessageUser(Transcript& seen) : seen_(seen) {}

  void begin(Conn& conn) override { read_on(conn); }
  bool may_send(std::size_t) const override { return true; }

  void send(Conn& conn, std::size_t, std::string_view text) override {
    if (const auto call = call_of(text)) return conn.async_write_message(*call, noting_refusals(seen_));
    conn.async_send(std::string(text), noting_refusals(seen_));
  }

 private:
  void read_on(Conn& conn) {
    conn.async_read_message([this, &conn](Result<Message> message) {
      if (!message.ok()) {
        seen_.read_end = message.error_ptr();
        return;
      }
      seen_.messages.push_back(std::move(message).value());
      read_on(conn);
    });
  }

  Transcript& seen_;
};

/// The user of a persistent connection without hubs.
class RawUser final : public UserPart {
 public:
  explicit RawUser(Transcript& seen) : seen_(seen) {}

  void begin(Conn& conn) override {
    conn.on_received([this](signalr::RawJsonView message) { seen_.received.emplace_back(message.text()); });
  }
  bool may_send(std::size_t) const override { return true; }
  void send(Conn& conn, std::size_t, std::string_view text) override {
    conn.async_send(std::string(text), noting_refusals(seen_));
  }

 private:
  Transcript& seen_;
};

}  // namespace

std::unique_ptr<UserPart> make_user_part(Api api, const Episode& episode, Transcript& seen) {
  if (api == Api::hubs) return std::make_unique<HubUser>(*hub_script(episode), seen);
  if (api == Api::raw) return std::make_unique<RawUser>(seen);
  return std::make_unique<MessageUser>(seen);
}

bool can_play(Api api, const Episode& episode) {
  if (api == Api::messages) return true;
  if (episode.fed && episode.said_by_client().empty()) return false;
  if (api == Api::hubs) return hub_script(episode).has_value();
  return episode.steps.front().request->parameter("connectionData").empty();
}

}  // namespace wire
