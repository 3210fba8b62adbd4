// The public face of the server.
#include <signalr/server/hub_server.hpp>

#include <utility>

#include "application.hpp"
#include "ascii.hpp"

namespace signalr::server {

using detail::Application;

Hub::Hub(std::shared_ptr<detail::HubState> state) : state_(std::move(state)) {}

Hub& Hub::on(std::string_view method, std::function<void(Call&)> handler) {
  state_->methods[to_lower(method)] = std::move(handler);
  return *this;
}

Hub& Hub::on_any(std::function<void(Call&)> handler) {
  state_->any = std::move(handler);
  return *this;
}

std::string to_string(const LifecycleEvent& event) {
  switch (event.kind) {
    case LifecycleEvent::Kind::connected:
      return "connected " + event.transport;
    case LifecycleEvent::Kind::reconnected:
      return "reconnected " + event.transport;
    case LifecycleEvent::Kind::disconnected:
      return event.stop_called ? "disconnected stop" : "disconnected timeout";
  }
  return "unknown";
}

HubServer::HubServer(std::shared_ptr<Executor> executor, ServerSettings settings)
    : app_(std::make_shared<Application>(std::move(executor), std::move(settings))) {}
HubServer::~HubServer() = default;

ServerSettings& HubServer::settings() noexcept { return app_->settings; }

Hub HubServer::hub(std::string_view name) {
  auto state = app_->find_hub(name);
  if (!state) {
    state = std::make_shared<detail::HubState>();
    state->name = name;
    app_->hubs.push_back(state);
  }
  return Hub(std::move(state));
}

void HubServer::raw(std::string_view folder, std::function<void(const std::string&, std::string_view)> handler) {
  app_->raw_folders[to_lower(folder)] = std::move(handler);
}

void HubServer::broadcast(std::string_view hub, std::string_view method, std::string_view args) {
  app_->publish_call(detail::hub_topic(hub), hub, method, args, {});
}

void HubServer::send_to(std::string_view connection_id, std::string_view hub, std::string_view method,
                        std::string_view args, std::string_view state) {
  app_->publish_call(detail::caller_topic(hub, connection_id), hub, method, args, state);
}

void HubServer::send_to_group(std::string_view group, std::string_view hub, std::string_view method,
                              std::string_view args) {
  app_->publish_call(detail::group_topic(hub, group), hub, method, args, {});
}

void HubServer::join(std::string_view connection_id, std::string_view hub, std::string_view group) {
  app_->join(connection_id, hub, group);
}

void HubServer::leave(std::string_view connection_id, std::string_view hub, std::string_view group) {
  app_->leave(connection_id, hub, group);
}

void HubServer::raw_broadcast(std::string_view folder, std::string_view json) {
  app_->publish_value(detail::raw_topic(folder), json);
}

void HubServer::raw_send(std::string_view connection_id, std::string_view json) {
  app_->publish_value(detail::connection_topic(connection_id), json);
}

void HubServer::raw_send_to_group(std::string_view group, std::string_view folder, std::string_view json) {
  app_->publish_value(detail::group_topic(folder, group), json);
}

void HubServer::authenticate(std::function<std::string(const Request&)> user_of) { app_->user_of = std::move(user_of); }
void HubServer::authorize(std::function<int(const Request&)> status_of) { app_->status_of = std::move(status_of); }
void HubServer::on_connected(std::function<void(const std::string&)> handler) {
  app_->on_connected = std::move(handler);
}
void HubServer::on_reconnected(std::function<void(const std::string&)> handler) {
  app_->on_reconnected = std::move(handler);
}
void HubServer::on_disconnected(std::function<void(const std::string&, bool)> handler) {
  app_->on_disconnected = std::move(handler);
}
void HubServer::on_received(std::function<void(const std::string&, std::string_view)> handler) {
  app_->on_received = std::move(handler);
}
void HubServer::on_channel(std::function<void(const std::string&, std::shared_ptr<Channel>)> handler) {
  app_->on_channel = std::move(handler);
}

const std::vector<LifecycleEvent>& HubServer::events() const noexcept { return app_->events; }
const std::vector<std::string>& HubServer::received() const noexcept { return app_->received; }

void HubServer::clear_history() {
  app_->events.clear();
  app_->received.clear();
}

std::vector<std::string> HubServer::connections() const { return app_->connection_ids(); }

std::shared_ptr<Channel> HubServer::channel(std::string_view connection_id) const {
  const detail::Connection* found = app_->find(connection_id);
  return found == nullptr ? nullptr : found->channel;
}

void HubServer::abort(std::string_view connection_id) { app_->abort(connection_id); }
void HubServer::begin_shutdown() { app_->begin_shutdown(); }
void HubServer::restart() { app_->restart(); }

void HubServer::on_request(std::shared_ptr<Exchange> exchange) { app_->on_request(exchange); }
void HubServer::on_upgrade(std::shared_ptr<Upgrade> upgrade) { app_->on_upgrade(upgrade); }

}  // namespace signalr::server
