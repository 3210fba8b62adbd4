// Persistent frames (P§5.1): what a connection has not been told yet, and how far it has read with that.
#include <algorithm>
#include <utility>

#include "application.hpp"
#include "channels.hpp"
#include "json_text.hpp"
#include "token.hpp"

namespace signalr::server::detail {

struct Application::Frame {
  std::string messages;  // joined by commas
  std::size_t count = 0;
  bool moved = false;  // any entry was read, commands included
  bool initialized = false;
  bool groups_changed = false;
  bool aborted = false;
  bool reconnect = false;
};

Application::Frame Application::collect(Connection& connection, std::size_t max_messages) {
  Frame frame;
  std::vector<std::string> left;
  // By index: a join adds a subscription at the end, whose messages then follow.
  for (std::size_t i = 0; i < connection.subscriptions.size(); ++i) {
    const std::shared_ptr<Topic> topic = connection.subscriptions[i].topic;
    std::uint64_t next = std::max(connection.subscriptions[i].next, topic->begin());
    for (; next < topic->end() && frame.count < max_messages; ++next) {
      const Entry& entry = topic->at(next);
      frame.moved = true;
      switch (entry.kind) {
        case Entry::Kind::message:
          if (frame.count++ != 0) frame.messages += ',';
          frame.messages += entry.text;
          break;
        case Entry::Kind::initialize:
          frame.initialized = true;
          break;
        case Entry::Kind::abort:
          frame.aborted = true;
          break;
        case Entry::Kind::join:
          frame.groups_changed = true;
          left.erase(std::remove(left.begin(), left.end(), entry.text), left.end());
          if (connection.groups.insert(entry.text).second) {
            const auto group = bus_.topic(entry.text);
            connection.subscriptions.push_back({group, std::min(entry.position, group->end())});
          }
          break;
        case Entry::Kind::leave:
          frame.groups_changed = true;
          left.push_back(entry.text);
          break;
      }
    }
    connection.subscriptions[i].next = next;
  }
  for (const std::string& name : left) {
    connection.groups.erase(name);
    const auto topic = bus_.topic(name);
    auto& all = connection.subscriptions;
    all.erase(std::remove_if(all.begin(), all.end(), [&](const auto& one) { return one.topic == topic; }), all.end());
  }
  return frame;
}

std::string Application::groups_token(const Connection& connection) const {
  std::string content = connection.id + ":[";
  for (const std::string& group : connection.groups) {
    if (content.back() != '[') content += ',';
    content += json::quoted(group);
  }
  return make_token("groups", content + ']');
}

std::string Application::render(const Connection& connection, const Frame& frame) const {
  Positions positions;
  for (const Subscription& one : connection.subscriptions) positions.emplace_back(one.topic.get(), one.next);
  std::string text = "{\"C\":" + json::quoted(bus_.cursor_of(positions));
  if (frame.initialized) text += ",\"S\":1";
  if (frame.reconnect) text += ",\"T\":1";
  if (frame.groups_changed) text += ",\"G\":" + json::quoted(groups_token(connection));
  if (connection.transport == kLongPolling && settings.long_poll_delay > Duration::zero()) {
    const auto delay = std::chrono::duration_cast<std::chrono::milliseconds>(settings.long_poll_delay);
    text += ",\"L\":" + std::to_string(delay.count());
  }
  return text + ",\"M\":[" + frame.messages + "]}";
}

void Application::flush(Connection& connection) {
  while (connection.channel && connection.channel->open()) {
    const bool poll = connection.transport == kLongPolling;
    const Frame frame = collect(connection, poll ? settings.max_messages_per_poll : settings.max_messages_per_frame);
    if (!frame.moved) return;
    const auto channel = connection.channel;
    const std::string id = connection.id;
    if (poll) {
      drop_channel(connection);
      channel->send(render(connection, frame));
    } else if (!frame.aborted || frame.count != 0) {
      channel->send(render(connection, frame));
    }
    if (frame.aborted) {
      connection.channel = nullptr;
      channel->close();
      give_up(id, true);
      return;
    }
  }
}

void Application::send_empty_poll(Connection& connection, bool reconnect) {
  Frame frame;
  frame.reconnect = reconnect;
  const auto channel = connection.channel;
  drop_channel(connection);
  channel->send(render(connection, frame));
}

}  // namespace signalr::server::detail
