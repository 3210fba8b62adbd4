// The data of a topic is a function of the tick, so that nothing needs to be kept.
#include "telemetry_hub.hpp"

#include <chrono>

namespace signalr::test {
namespace {

std::string telemetry_of(const std::string& topic, unsigned tick) {
  if (topic == "Heartbeat") return R"({"Beat":)" + std::to_string(tick) + "}";
  if (topic == "CarData") return R"({"Car":44,"Speed":)" + std::to_string(280 + tick * 7 % 50) + "}";
  if (topic == "Weather") return R"({"AirTemp":"2)" + std::to_string(tick % 10) + R"(.5"})";
  return "";
}

}  // namespace

TelemetryHub::TelemetryHub(server::HubServer& server) : server_(server) {
  server_.hub("streaming").on("Subscribe", [this](server::Call& call) { subscribe(call); });
}

void TelemetryHub::subscribe(server::Call& call) {
  std::vector<std::string> topics;
  std::map<std::string, RawJson> snapshot;
  for (const std::string& topic : argument<std::vector<std::string>>(call, 0)) {
    const std::string data = telemetry_of(topic, ticks_);
    if (data.empty()) continue;
    topics.push_back(topic);
    snapshot[topic] = RawJson(RawJsonView(data));
  }
  call.result(to_text(snapshot));
  if (!topics.empty()) subscribers_[call.connection_id()] = topics;
}

void TelemetryHub::tick() {
  ++ticks_;
  for (const auto& [id, topics] : subscribers_) {
    const std::string& topic = topics[ticks_ % topics.size()];
    server_.send_to(id, "streaming", "feed",
                    arguments(topic, RawJsonView(telemetry_of(topic, ticks_)), std::chrono::system_clock::now()));
  }
}

void TelemetryHub::forget(const std::string& connection_id) { subscribers_.erase(connection_id); }

}  // namespace signalr::test
