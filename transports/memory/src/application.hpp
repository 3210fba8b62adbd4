// The server behind HubServer: its connections, what they have read, and its timers. Requests are in requests.cpp,
// frames in frames.cpp, invocations in calls.cpp.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/server/hub_server.hpp>

#include "ascii.hpp"
#include "message_bus.hpp"

namespace signalr::server::detail {

struct HubState {
  std::string name;
  std::map<std::string, std::function<void(Call&)>, std::less<>> methods;  // by lower-case name
  std::function<void(Call&)> any;
};

using RawHandler = std::function<void(const std::string&, std::string_view)>;

struct Subscription {
  std::shared_ptr<Topic> topic;
  std::uint64_t next = 0;
};

// A connection that the server has not given up; it may be without a transport for a while.
struct Connection {
  std::string id;
  std::string transport;
  std::vector<Subscription> subscriptions;  // hubs, then itself, then groups: the order of cursors
  std::set<std::string> groups;             // their topics
  std::shared_ptr<Channel> channel;         // null: no transport, or no poll now
  TimerId poll_timer = 0;
  TimerId gone_timer = 0;
};

// What a request that passed all checks asks for.
struct Admission {
  std::string command;
  std::string transport;
  std::string connection_id;
  std::string folder;             // of a raw connection, lower case; empty for hubs
  std::vector<std::string> hubs;  // as the server spells them
};

struct Refusal {
  int status = 400;
  std::string body;
};

class Application : public std::enable_shared_from_this<Application> {
 public:
  Application(std::shared_ptr<Executor> executor, ServerSettings server_settings);
  ~Application();

  ServerSettings settings;
  std::vector<std::shared_ptr<HubState>> hubs;
  std::map<std::string, RawHandler, std::less<>> raw_folders;  // by lower-case name
  std::function<std::string(const Request&)> user_of;
  std::function<int(const Request&)> status_of;
  std::function<void(const std::string&)> on_connected;
  std::function<void(const std::string&)> on_reconnected;
  std::function<void(const std::string&, bool)> on_disconnected;
  std::function<void(const std::string&, std::string_view)> on_received;
  std::function<void(const std::string&, std::shared_ptr<Channel>)> on_channel;
  std::vector<LifecycleEvent> events;
  std::vector<std::string> received;

  std::shared_ptr<HubState> find_hub(std::string_view name) const;
  std::string hub_spelling(std::string_view name) const;
  std::vector<std::string> connection_ids() const;
  Connection* find(std::string_view id) const;

  // requests.cpp
  void on_request(const std::shared_ptr<Exchange>& exchange);
  void on_upgrade(const std::shared_ptr<Upgrade>& upgrade);

  // Messages. Transports are served soon, in one go for all that is said in one task.
  void publish(std::string_view topic, Entry entry);
  void publish_call(const std::string& topic, std::string_view hub, std::string_view method, std::string_view args,
                    std::string_view state);
  void publish_value(const std::string& topic, std::string_view json);
  void join(std::string_view id, std::string_view scope, std::string_view group);
  void leave(std::string_view id, std::string_view scope, std::string_view group);
  // frames.cpp: gives the connection's transport what it has not got yet.
  void flush(Connection& connection);
  void flush(std::string_view id);

  // calls.cpp: a text from a client. `reply` takes the result's text, perhaps later, or never. False: it can't be
  // understood, and no reply comes.
  bool on_text(const std::string& id, const std::string& folder, std::string_view text,
               UniqueFunction<void(std::string)> reply);

  void abort(std::string_view id);
  void begin_shutdown();
  void restart();

 private:
  using Positions = std::vector<std::pair<const Topic*, std::uint64_t>>;

  // requests.cpp
  std::optional<Refusal> admit(const Request& request, Admission& admission) const;
  std::optional<std::vector<std::string>> parse_hubs(const Request& request) const;
  std::string negotiate(const Request& request);
  void send(const std::shared_ptr<Exchange>& exchange, const Admission& admission);
  void open(const Admission& admission, const Request& request, std::shared_ptr<Channel> channel);
  bool subscribe(Connection& connection, const Admission& admission, const Request& request);

  // frames.cpp
  struct Frame;
  Frame collect(Connection& connection, std::size_t max_messages);
  std::string render(const Connection& connection, const Frame& frame) const;
  std::string groups_token(const Connection& connection) const;
  void send_empty_poll(Connection& connection, bool reconnect);

  // application.cpp
  std::shared_ptr<Connection> connection(const std::string& id);  // made when it isn't there
  void raise(LifecycleEvent::Kind kind, const Connection& connection, bool stop_called = false);
  void start_timers(Connection& connection);
  void channel_lost(const std::string& id, const std::weak_ptr<Channel>& channel);
  void drop_channel(Connection& connection);
  void replace_channel(Connection& connection);
  void give_up(const std::string& id, bool stop_called);
  void update_keep_alive();
  void keep_alive();
  void flush_soon();
  TimerId after(Duration delay, UniqueFunction<void(Application&)> action);

  std::shared_ptr<Executor> executor_;
  MessageBus bus_;
  const std::uint32_t seed_;
  std::vector<std::shared_ptr<Connection>> connections_;  // oldest first
  std::deque<std::vector<std::string>> ended_;            // their topics; the oldest are forgotten
  std::uint64_t last_connection_ = 0;
  TimerId keep_alive_timer_ = 0;
  bool flush_posted_ = false;
  bool shutting_down_ = false;
};

// The names of topics.
inline std::string hub_topic(std::string_view hub) { return "h-" + std::string(hub); }
inline std::string caller_topic(std::string_view hub, std::string_view id) {
  return "hc-" + std::string(hub) + '.' + std::string(id);
}
inline std::string connection_topic(std::string_view id) { return "c-" + std::string(id); }
inline std::string raw_topic(std::string_view folder) { return "pc-" + std::string(folder); }
inline std::string group_topic(std::string_view scope, std::string_view group) {
  return "g-" + to_lower(scope) + '.' + to_lower(group);  // kept in sets, so always spelt alike
}

}  // namespace signalr::server::detail
