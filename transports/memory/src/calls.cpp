// Invocations (P§6.2) and their results (P§6.3).
#include <stdexcept>
#include <utility>

#include "application.hpp"
#include "ascii.hpp"
#include "json_text.hpp"

namespace signalr::server {
namespace detail {
namespace {

constexpr std::size_t kMaxStateBytes = 4096;

}  // namespace

struct CallState {
  std::weak_ptr<Application> app;
  UniqueFunction<void(std::string)> reply;
  std::string connection_id;
  std::string hub;
  std::string asked_hub;  // as the client spelt it: for error texts
  std::string method;
  std::string id;       // decoded
  std::string id_json;  // for results: a string, or null
  std::vector<std::string> args;
  std::string args_json;
  std::vector<std::pair<std::string, std::string>> state;
  std::vector<std::pair<std::string, std::string>> changes;
  bool answered = false;

  ~CallState() { answer({}, {}); }

  // `before_id` and `after_id` are members, each with its comma.
  void answer(const std::string& before_id, const std::string& after_id) {
    if (std::exchange(answered, true)) return;
    // What the method said before its result goes before it.
    if (const auto owner = app.lock()) owner->flush(connection_id);
    std::string text = "{";
    if (!changes.empty()) {
      char separator = '{';
      text += "\"S\":";
      for (const auto& [name, value] : changes) {
        text += separator + json::quoted(name) + ':' + value;
        separator = ',';
      }
      text += "},";
    }
    if (reply) reply(text + before_id + "\"I\":" + id_json + after_id + '}');
  }
};

void Application::publish_call(const std::string& topic, std::string_view hub, std::string_view method,
                               std::string_view args, std::string_view state) {
  if (!json::is_array(json::require_value(args, "a call's arguments"))) {
    throw std::invalid_argument("a call's arguments must be a JSON array, and aren't: " +
                                std::string(args.substr(0, 200)));
  }
  if (!state.empty()) json::require_value(state, "a call's state");
  std::string text =
      "{\"H\":" + json::quoted(hub_spelling(hub)) + ",\"M\":" + json::quoted(method) + ",\"A\":" + std::string(args);
  if (!state.empty()) text += ",\"S\":" + std::string(state);
  publish(topic, {Entry::Kind::message, text + '}', 0});
}

void Application::publish_value(const std::string& topic, std::string_view json) {
  json::require_value(json, "a message");
  publish(topic, {Entry::Kind::message, std::string(json), 0});
}

bool Application::on_text(const std::string& id, const std::string& folder, std::string_view text,
                          UniqueFunction<void(std::string)> reply) {
  if (settings.keep_history) received.emplace_back(text);
  if (on_received) on_received(id, text);
  if (!folder.empty()) {
    const RawHandler handler = raw_folders[folder];
    if (handler) {
      handler(id, text);
    } else {
      publish(connection_topic(id), {Entry::Kind::message, json::quoted(text), 0});
    }
    return true;
  }

  const auto value = json::first_value(text);
  if (!value || !json::is_object(*value)) return false;
  const auto members = json::members(*value);
  const std::string asked_hub = json::text_of(json::find(members, "H"));
  const auto hub = find_hub(asked_hub);
  const std::string_view state = json::find(members, "S");
  if ((!hub && !hubs.empty()) || asked_hub.empty() || state.size() > kMaxStateBytes) return false;

  auto made = std::make_shared<detail::CallState>();
  made->app = weak_from_this();
  made->connection_id = id;
  made->hub = hub_spelling(asked_hub);
  made->asked_hub = asked_hub;
  made->method = json::text_of(json::find(members, "M"));
  const std::string_view call_id = json::find(members, "I");
  const bool has_id = !call_id.empty() && !json::is_null(call_id);
  made->id = has_id ? json::text_of(call_id) : "";
  made->id_json = has_id ? json::quoted(made->id) : "null";
  const std::string_view args = json::find(members, "A");
  made->args_json = json::is_array(args) ? std::string(args) : "[]";
  for (const std::string_view arg : json::elements(args)) made->args.emplace_back(arg);
  for (auto& [name, json] : json::members(state)) made->state.emplace_back(std::move(name), json);
  made->reply = std::move(reply);

  Call call(std::move(made));
  std::function<void(Call&)> handler = hub ? hub->any : nullptr;
  if (hub) {
    if (const auto found = hub->methods.find(to_lower(call.method())); found != hub->methods.end()) {
      handler = found->second;
    }
  }
  if (!handler) {
    call.error("'" + call.method() + "' method could not be resolved. No method found with that name.", false);
    return true;
  }
  try {
    handler(call);
  } catch (const std::exception& error) {
    call.error(error.what(), false);
  }
  return true;
}

}  // namespace detail

Call::Call(std::shared_ptr<detail::CallState> state) : state_(std::move(state)) {}
Call::Call(const Call&) = default;
Call& Call::operator=(const Call&) = default;
Call::~Call() = default;

const std::string& Call::connection_id() const { return state_->connection_id; }
const std::string& Call::hub() const { return state_->hub; }
const std::string& Call::method() const { return state_->method; }
const std::string& Call::id() const { return state_->id; }
const std::vector<std::string>& Call::args() const { return state_->args; }
const std::string& Call::args_json() const { return state_->args_json; }
bool Call::answered() const { return state_->answered; }

std::string Call::state(std::string_view name) const {
  for (const auto& [key, value] : state_->state) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return {};
}

void Call::set_state(std::string_view name, std::string json) {
  server::json::require_value(json, "a state's value");
  if (state(name) == json) return;
  const auto put = [&](auto& list) {
    for (auto& [key, value] : list) {
      if (equal_ignoring_case(key, name)) {
        value = json;
        return;
      }
    }
    list.emplace_back(std::string(name), json);
  };
  put(state_->state);
  put(state_->changes);
}

void Call::result(std::string json) {
  if (!json.empty()) server::json::require_value(json, "a result");
  state_->answer(json.empty() || json == "null" ? std::string() : "\"R\":" + json + ',', {});
}

void Call::error(std::string_view text, bool hub_error, std::string data) {
  const auto app = state_->app.lock();
  const bool masked = !hub_error && !(app && app->settings.detailed_errors);
  const std::string told =
      masked ? "There was an error invoking Hub method '" + state_->asked_hub + '.' + state_->method + "'."
             : std::string(text);
  state_->answer({}, (hub_error ? ",\"H\":true,\"E\":" : ",\"E\":") + server::json::quoted(told) +
                         (data.empty() ? std::string() : ",\"D\":" + data));
}

void Call::progress(std::string json) {
  const auto app = state_->app.lock();
  if (!app || state_->answered) return;
  if (!json.empty()) server::json::require_value(json, "a progress report");
  const std::string& id = state_->id;
  app->publish(detail::connection_topic(state_->connection_id),
               {Entry::Kind::message,
                "{\"I\":" + server::json::quoted("P|" + id) + ",\"P\":{\"I\":" + server::json::quoted(id) +
                    ",\"D\":" + (json.empty() ? "null" : json) + "}}",
                0});
}

void Call::never() { state_->answered = true; }

}  // namespace signalr::server
