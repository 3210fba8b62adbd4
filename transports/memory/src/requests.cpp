// What each request gets: negotiate, start, send, abort, ping, and the opening of the three transports.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <utility>

#include "application.hpp"
#include "ascii.hpp"
#include "channels.hpp"
#include "json_text.hpp"
#include "token.hpp"

namespace signalr::server::detail {
namespace {

constexpr char kNotAWebsocket[] = "Not a valid web socket request.";
constexpr char kBadToken[] = "The ConnectionId is in the incorrect format.";
constexpr char kOtherUser[] =
    "Unrecognized user identity.  The user identity cannot change during an active SignalR connection.";

using Version = std::vector<int>;

// "1.5" or "1.5.0": two to four numbers; nothing for other texts, as .NET's Version.TryParse.
std::optional<Version> parse_version(std::string_view text) {
  Version version;
  while (true) {
    const std::string_view part = text.substr(0, text.find('.'));
    int number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (part.empty() || error != std::errc() || end != part.data() + part.size() || number < 0) return std::nullopt;
    version.push_back(number);
    if (part.size() == text.size()) break;
    text.remove_prefix(part.size() + 1);
  }
  if (version.size() < 2 || version.size() > 4) return std::nullopt;
  return version;
}

// The client's version, kept within what the server speaks (P§3.2).
std::string clamp_version(const std::string& asked, const ServerSettings& settings) {
  const auto version = parse_version(asked);
  if (!version || *version < parse_version(settings.min_protocol).value()) return settings.min_protocol;
  return *version > parse_version(settings.max_protocol).value() ? settings.max_protocol : asked;
}

// Seconds as .NET writes a double: always with a fraction.
std::string seconds(Duration duration) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.8g", std::chrono::duration<double>(duration).count());
  std::string text = buffer;
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

// The path without the command.
std::string_view base_of(std::string_view path) { return path.substr(0, path.rfind('/')); }

std::string canonical_transport(std::string_view name) {
  for (const std::string* known : {&kWebSockets, &kServerSentEvents, &kLongPolling}) {
    if (equal_ignoring_case(*known, name)) return *known;
  }
  return {};
}

// In the URL, or in the body of a poll by POST (P§5.5).
std::string query_or_form(const Request& request, std::string_view name) {
  std::string value = request.query(name);
  return value.empty() ? request.form(name) : value;
}

}  // namespace

// Every hub of connectionData must exist, once; without connectionData there are none (P§3.1).
std::optional<std::vector<std::string>> Application::parse_hubs(const Request& request) const {
  std::vector<std::string> names;
  const std::string text = request.query("connectionData");
  if (text.empty()) return names;
  const auto value = json::first_value(text);
  if (!value || !json::is_array(*value)) return std::nullopt;
  for (const std::string_view element : json::elements(*value)) {
    const std::string name = json::text_of(json::find(json::members(element), "name"));
    if (name.empty() || (!hubs.empty() && !find_hub(name))) return std::nullopt;
    const auto same = [&](const std::string& other) { return equal_ignoring_case(other, name); };
    if (std::any_of(names.begin(), names.end(), same)) return std::nullopt;
    names.push_back(hub_spelling(name));
  }
  return names;
}

std::optional<Refusal> Application::admit(const Request& request, Admission& admission) const {
  const std::string base = to_lower(base_of(request.url.path));
  const std::string folder = base.substr(0, 1) == "/" ? base.substr(1) : std::string();
  const bool raw = raw_folders.count(folder) != 0;
  if (!raw && base != to_lower(settings.path)) return Refusal{404, {}};
  if (request.has_query("callback")) return Refusal{403, {}};
  if (status_of) {
    if (const int status = status_of(request); status != 200) return Refusal{status, {}};
  }
  admission.command = request.command();
  if (admission.command == "ping") return std::nullopt;
  if (raw) {
    admission.folder = folder;
  } else if (auto names = parse_hubs(request)) {
    admission.hubs = std::move(*names);
  } else {
    return Refusal{500, {}};
  }
  if (admission.command == "negotiate") return std::nullopt;

  admission.transport = canonical_transport(request.query("transport"));
  if (admission.transport.empty()) return Refusal{400, "Protocol error: Unknown transport."};
  const std::string token = request.query("connectionToken");
  if (token.empty()) return Refusal{400, "Protocol error: Missing connection token."};
  const auto content = open_token("connection", token);
  if (!content) return Refusal{400, kBadToken};
  const auto colon = content->find(':');
  admission.connection_id = content->substr(0, colon);
  if (!equal_ignoring_case(content->substr(colon + 1), user_of ? user_of(request) : "")) {
    return Refusal{403, kOtherUser};
  }
  return std::nullopt;
}

std::string Application::negotiate(const Request& request) {
  char id[40];
  std::snprintf(id, sizeof id, "%08x-0000-4000-8000-%012llx", static_cast<unsigned>(seed_),
                static_cast<unsigned long long>(++last_connection_));
  const std::string user = user_of ? user_of(request) : "";
  const std::string& path = request.url.path;
  const bool keep_alive = settings.keep_alive && *settings.keep_alive > Duration::zero();
  return "{\"Url\":" + json::quoted(path.substr(0, path.rfind('/'))) +
         ",\"ConnectionToken\":" + json::quoted(make_token("connection", std::string(id) + ':' + user)) +
         ",\"ConnectionId\":" + json::quoted(id) +
         ",\"KeepAliveTimeout\":" + (keep_alive ? seconds(2 * *settings.keep_alive) : "null") +
         ",\"DisconnectTimeout\":" + seconds(settings.disconnect_timeout) +
         ",\"ConnectionTimeout\":" + seconds(settings.connection_timeout) +
         ",\"TryWebSockets\":" + (settings.try_websockets ? "true" : "false") +
         ",\"ProtocolVersion\":" + json::quoted(clamp_version(request.query("clientProtocol"), settings)) +
         ",\"TransportConnectTimeout\":" + seconds(settings.transport_connect_timeout) +
         ",\"LongPollDelay\":" + seconds(settings.long_poll_delay) + '}';
}

void Application::on_request(const std::shared_ptr<Exchange>& exchange) {
  const Request& request = exchange->request();
  Admission admission;
  if (const auto refusal = admit(request, admission)) {
    exchange->answer(refusal->status, {}, refusal->body);
    return;
  }
  const std::string& command = admission.command;
  if (command == "negotiate") {
    exchange->answer_json(negotiate(request));
  } else if (command == "ping") {
    exchange->answer_json("{ \"Response\": \"pong\" }");
  } else if (command == "start") {
    const auto started = connection(admission.connection_id);
    started->transport = admission.transport;
    if (!started->channel && started->gone_timer == 0) drop_channel(*started);
    raise(LifecycleEvent::Kind::connected, *started);
    exchange->answer_json("{ \"Response\": \"started\" }");
  } else if (command == "abort") {
    abort(admission.connection_id);
    exchange->answer(200, {{"Content-Type", "text/plain"}}, {});
  } else if (admission.transport == kWebSockets) {
    exchange->answer(400, {}, kNotAWebsocket);
  } else if (command == "send") {
    send(exchange, admission);
  } else {
    auto channel = admission.transport == kLongPolling ? make_poll_channel(exchange)
                                                       : make_stream_channel(exchange, settings.line_end);
    exchange->on_gone([weak = weak_from_this(), id = admission.connection_id, lost = std::weak_ptr<Channel>(channel)] {
      if (const auto app = weak.lock()) app->channel_lost(id, lost);
    });
    open(admission, request, std::move(channel));
  }
}

void Application::send(const std::shared_ptr<Exchange>& exchange, const Admission& admission) {
  const Request& request = exchange->request();
  std::string data = request.form("data");
  if (data.empty() && admission.transport == kLongPolling) data = request.query("data");
  if (!admission.folder.empty()) {
    on_text(admission.connection_id, admission.folder, data, nullptr);
    exchange->answer(200, {}, {});
    return;
  }
  const auto reply = [exchange](std::string result) { exchange->answer_json(std::move(result)); };
  if (!on_text(admission.connection_id, {}, data, reply)) exchange->answer(500, {}, {});
}

void Application::on_upgrade(const std::shared_ptr<Upgrade>& upgrade) {
  const Request& request = upgrade->request();
  Admission admission;
  if (const auto refusal = admit(request, admission)) {
    upgrade->refuse(refusal->status, {}, refusal->body);
    return;
  }
  if (admission.transport != kWebSockets || !settings.try_websockets ||
      (admission.command != "connect" && admission.command != "reconnect")) {
    upgrade->refuse(400, {}, kNotAWebsocket);
    return;
  }
  const auto weak = weak_from_this();
  const auto channel = std::make_shared<std::weak_ptr<Channel>>();  // known once the upgrade is accepted
  SocketHandlers handlers;
  handlers.on_message = [weak, channel, id = admission.connection_id, folder = admission.folder](
                            MessageType type, std::string_view text) {
    const auto app = weak.lock();
    const auto from = channel->lock();
    if (!app || !from) return;
    if (type == MessageType::binary || text.size() > app->settings.max_incoming_message) {
      from->cut();  // as the real one does, without a close frame (P§6.3, P§8)
      app->channel_lost(id, *channel);
      return;
    }
    app->on_text(id, folder, text, [channel](std::string result) {
      if (const auto to = channel->lock()) to->send(result);
    });
  };
  handlers.on_end = [weak, channel, id = admission.connection_id] {
    if (const auto app = weak.lock()) app->channel_lost(id, *channel);
  };
  auto socket = upgrade->accept({{"X-Content-Type-Options", "nosniff"}}, std::move(handlers));
  if (!socket) return;
  auto opened = make_socket_channel(std::move(socket));
  *channel = opened;
  open(admission, request, std::move(opened));
}

void Application::open(const Admission& admission, const Request& request, std::shared_ptr<Channel> channel) {
  const auto kept = connection(admission.connection_id);  // the application's handlers may end it
  Connection& opened = *kept;
  replace_channel(opened);
  opened.transport = admission.transport;
  opened.channel = channel;
  if (on_channel) on_channel(opened.id, channel);
  if (!subscribe(opened, admission, request)) {
    drop_channel(opened);
    channel->cut();
    return;
  }
  start_timers(opened);
  if (admission.command == "connect") {
    // Below 1.4 there is no /start: the application is told now, and what it sends comes with the init (P§1).
    const auto version = parse_version(clamp_version(request.query("clientProtocol"), settings)).value();
    if (version < Version{1, 4}) raise(LifecycleEvent::Kind::connected, opened);
    publish(connection_topic(opened.id), {Entry::Kind::initialize, {}, 0});
  } else if (admission.command == "reconnect") {
    raise(LifecycleEvent::Kind::reconnected, opened);
  }
  if (shutting_down_ && admission.transport == kLongPolling) {
    send_empty_poll(opened, true);
  } else if (shutting_down_) {
    drop_channel(opened);
    channel->close();
  } else {
    flush(opened);
  }
}

// Where the connection goes on reading: where its cursor says, else with what comes from now on. False when the
// cursor is ours but unreadable.
bool Application::subscribe(Connection& connection, const Admission& admission, const Request& request) {
  const Cursor cursor = bus_.parse_cursor(query_or_form(request, "messageId"));
  std::vector<std::string> names;
  for (const std::string& hub : admission.hubs) {
    names.push_back(hub_topic(hub));
    names.push_back(caller_topic(hub, connection.id));
  }
  if (!admission.folder.empty()) names.push_back(raw_topic(admission.folder));
  names.push_back(connection_topic(connection.id));

  connection.groups.clear();
  if (const auto content = open_token("groups", query_or_form(request, "groupsToken"))) {
    // Another connection's token is ignored, and so are its groups (P§11).
    if (content->compare(0, connection.id.size() + 1, connection.id + ':') == 0) {
      for (const std::string_view name : json::elements(std::string_view(*content).substr(connection.id.size() + 1))) {
        connection.groups.insert(json::text_of(name));
      }
    }
  }
  names.insert(names.end(), connection.groups.begin(), connection.groups.end());

  connection.subscriptions.clear();
  for (const std::string& name : names) {
    const auto topic = bus_.topic(name);
    const auto read = cursor.next.find(topic->key());
    const std::uint64_t next = read == cursor.next.end() ? topic->end() : std::min(read->second, topic->end());
    connection.subscriptions.push_back({topic, next});
  }
  return !cursor.malformed;
}

}  // namespace signalr::server::detail
