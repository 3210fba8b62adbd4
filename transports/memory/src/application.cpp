// Connections come, lose their transports, and are given up.
#include "application.hpp"

#include <algorithm>
#include <utility>

#include "channels.hpp"

namespace signalr::server::detail {
namespace {

// How long a streaming transport may be missing before the disconnect timeout begins (P§7.1).
constexpr Duration kGrace = std::chrono::seconds(5);
// Connections whose last messages are kept after their end, so that an old cursor still finds their abort.
constexpr std::size_t kEndedKept = 256;

}  // namespace

Application::Application(std::shared_ptr<Executor> executor, ServerSettings server_settings)
    : settings(std::move(server_settings)), executor_(std::move(executor)), bus_(settings.seed), seed_(settings.seed) {}

Application::~Application() {
  executor_->cancel(keep_alive_timer_);
  for (const auto& connection : connections_) {
    executor_->cancel(connection->poll_timer);
    executor_->cancel(connection->gone_timer);
  }
}

std::shared_ptr<HubState> Application::find_hub(std::string_view name) const {
  const auto found =
      std::find_if(hubs.begin(), hubs.end(), [&](const auto& hub) { return equal_ignoring_case(hub->name, name); });
  return found == hubs.end() ? nullptr : *found;
}

std::string Application::hub_spelling(std::string_view name) const {
  const auto hub = find_hub(name);
  return hub ? hub->name : std::string(name);
}

std::vector<std::string> Application::connection_ids() const {
  std::vector<std::string> ids;
  for (const auto& connection : connections_) ids.push_back(connection->id);
  return ids;
}

Connection* Application::find(std::string_view id) const {
  for (const auto& connection : connections_) {
    if (connection->id == id) return connection.get();
  }
  return nullptr;
}

std::shared_ptr<Connection> Application::connection(const std::string& id) {
  const auto found = std::find_if(connections_.begin(), connections_.end(),
                                  [&](const auto& connection) { return connection->id == id; });
  if (found != connections_.end()) return *found;
  auto made = std::make_shared<Connection>();
  made->id = id;
  connections_.push_back(made);
  return made;
}

void Application::raise(LifecycleEvent::Kind kind, const Connection& connection, bool stop_called) {
  const std::string id = connection.id;  // the handler may end the connection
  if (settings.keep_history) events.push_back({kind, id, connection.transport, stop_called});
  if (kind == LifecycleEvent::Kind::connected && on_connected) on_connected(id);
  if (kind == LifecycleEvent::Kind::reconnected && on_reconnected) on_reconnected(id);
  if (kind == LifecycleEvent::Kind::disconnected && on_disconnected) on_disconnected(id, stop_called);
}

TimerId Application::after(Duration delay, UniqueFunction<void(Application&)> action) {
  return executor_->schedule(executor_->now() + delay, [weak = weak_from_this(), action = std::move(action)]() mutable {
    if (const auto app = weak.lock()) action(*app);
  });
}

void Application::start_timers(Connection& connection) {
  executor_->cancel(std::exchange(connection.gone_timer, 0));
  executor_->cancel(std::exchange(connection.poll_timer, 0));
  if (connection.transport == kLongPolling) {
    connection.poll_timer = after(settings.connection_timeout, [id = connection.id](Application& app) {
      Connection* found = app.find(id);
      if (found != nullptr && found->channel) app.send_empty_poll(*found, false);
    });
  }
  update_keep_alive();
}

// The transport is gone, whoever ended it: the client has some time to come back.
void Application::drop_channel(Connection& connection) {
  connection.channel = nullptr;
  executor_->cancel(std::exchange(connection.poll_timer, 0));
  executor_->cancel(connection.gone_timer);
  const Duration missing = connection.transport == kLongPolling ? settings.long_poll_delay : kGrace;
  connection.gone_timer =
      after(missing + settings.disconnect_timeout, [id = connection.id](Application& app) { app.give_up(id, false); });
  update_keep_alive();
}

void Application::channel_lost(const std::string& id, const std::weak_ptr<Channel>& channel) {
  Connection* found = find(id);
  if (found != nullptr && found->channel && found->channel == channel.lock()) drop_channel(*found);
}

// A newer transport takes over: the older one is ended in order (P§4.3, P§5.5).
void Application::replace_channel(Connection& connection) {
  if (!connection.channel) return;
  if (connection.transport == kLongPolling) {
    send_empty_poll(connection, false);
  } else {
    std::exchange(connection.channel, nullptr)->close();
  }
}

void Application::give_up(const std::string& id, bool stop_called) {
  const auto found = std::find_if(connections_.begin(), connections_.end(),
                                  [&](const auto& connection) { return connection->id == id; });
  if (found == connections_.end()) return;
  const std::shared_ptr<Connection> connection = *found;
  executor_->cancel(connection->poll_timer);
  executor_->cancel(connection->gone_timer);
  connections_.erase(found);

  std::vector<std::string> own;
  for (const Subscription& subscription : connection->subscriptions) {
    const std::string& name = subscription.topic->name();
    if (name.size() > id.size() && name.compare(name.size() - id.size(), id.size(), id) == 0) own.push_back(name);
  }
  ended_.push_back(std::move(own));
  if (ended_.size() > kEndedKept) {
    for (const std::string& name : ended_.front()) bus_.forget(name);
    ended_.pop_front();
  }
  update_keep_alive();
  raise(LifecycleEvent::Kind::disconnected, *connection, stop_called);
}

// One timer serves all connections, so the first keep-alive comes at any time within the interval.
void Application::update_keep_alive() {
  const bool wanted = settings.keep_alive && *settings.keep_alive > Duration::zero() &&
                      std::any_of(connections_.begin(), connections_.end(),
                                  [](const auto& connection) { return connection->channel != nullptr; });
  if (wanted && keep_alive_timer_ == 0) {
    keep_alive_timer_ = after(*settings.keep_alive, [](Application& app) { app.keep_alive(); });
  } else if (!wanted) {
    executor_->cancel(std::exchange(keep_alive_timer_, 0));
  }
}

void Application::keep_alive() {
  keep_alive_timer_ = 0;
  for (const auto& connection : connections_) {
    if (connection->channel) connection->channel->keep_alive();
  }
  update_keep_alive();
}

void Application::publish(std::string_view topic, Entry entry) {
  bus_.publish(topic, std::move(entry), settings.message_buffer);
  flush_soon();
}

void Application::flush_soon() {
  if (std::exchange(flush_posted_, true)) return;
  executor_->post([weak = weak_from_this()] {
    const auto app = weak.lock();
    if (!app) return;
    app->flush_posted_ = false;
    const auto connections = app->connections_;  // flushing may end some
    for (const auto& connection : connections) app->flush(*connection);
  });
}

void Application::flush(std::string_view id) {
  if (Connection* found = find(id)) flush(*found);
}

void Application::join(std::string_view id, std::string_view scope, std::string_view group) {
  const std::string topic = group_topic(scope, group);
  publish(connection_topic(id), {Entry::Kind::join, topic, bus_.topic(topic)->end()});
}

void Application::leave(std::string_view id, std::string_view scope, std::string_view group) {
  publish(connection_topic(id), {Entry::Kind::leave, group_topic(scope, group), 0});
}

void Application::abort(std::string_view id) {
  publish(connection_topic(id), {Entry::Kind::abort, {}, 0});
  Connection* found = find(id);
  if (found == nullptr) return;
  const bool polling = found->transport == kLongPolling;
  if (polling && !found->channel) return;  // nobody reads it before the client's next poll or reconnect (P§5.5)
  if (found->channel && found->channel->open()) {
    flush(*found);
  } else {  // the client closed it just before, or it is closing and the client's close frame may never come
    give_up(std::string(id), true);
  }
}

void Application::begin_shutdown() {
  shutting_down_ = true;
  const auto connections = connections_;
  for (const auto& connection : connections) {
    if (!connection->channel) continue;
    if (connection->transport == kLongPolling) {
      send_empty_poll(*connection, true);
    } else {
      const auto channel = connection->channel;
      drop_channel(*connection);
      channel->close();
    }
  }
}

void Application::restart() {
  begin_shutdown();
  shutting_down_ = false;
  for (const auto& connection : connections_) executor_->cancel(connection->gone_timer);
  connections_.clear();
  ended_.clear();
  bus_.restart();
  update_keep_alive();
}

}  // namespace signalr::server::detail
