// What cursors tell of lost messages, over all recorded traffic.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "protocol/cursor_gap.hpp"
#include "protocol/envelope.hpp"
#include "recordings.hpp"

using namespace signalr::detail::protocol;
using signalr::TransportKind;
using Kind = GapReport::Kind;
using Reason = signalr::Gap::Reason;

namespace {

/// What a recorded connection got, in time order.
struct Arrival {
  double at = 0;
  bool request = false;  // else a frame
  Command command = Command::connect;
  TransportKind transport = TransportKind::websockets;
  std::string text;  // the request's messageId, or the frame
};

std::string parameter(const rapidjson::Value& request, const char* name) {
  const std::string in_query = recordings::text(recordings::get(request, "query"), name);
  return in_query.empty() ? recordings::text(recordings::get(request, "form"), name) : in_query;
}

double number(const rapidjson::Value& object, const char* name) {
  const auto& value = recordings::get(object, name);
  return value.IsNumber() ? value.GetDouble() : 0;
}

/// The arrivals of each connection of a recording, by its token and transport.
std::map<std::string, std::vector<Arrival>> connections_of(const recordings::File& file) {
  std::map<std::string, std::vector<Arrival>> connections;
  for (const auto& exchange : file["exchanges"].GetArray()) {
    const auto& request = recordings::get(exchange, "request");
    const auto& response = recordings::get(exchange, "response");
    const std::string path = recordings::text(request, "path");
    const std::string command = path.substr(path.rfind('/') + 1);
    const std::string transport = parameter(request, "transport");
    if (!response.IsObject() || (command != "connect" && command != "reconnect" && command != "poll")) continue;
    Arrival arrival;
    arrival.command = command == "connect" ? Command::connect : command == "poll" ? Command::poll : Command::reconnect;
    arrival.transport = transport == "webSockets"         ? TransportKind::websockets
                        : transport == "serverSentEvents" ? TransportKind::server_sent_events
                                                          : TransportKind::long_polling;
    auto& arrivals = connections[parameter(request, "connectionToken") + transport];
    arrival.at = number(exchange, "t_ms");
    arrival.request = true;
    arrival.text = parameter(request, "messageId");
    arrivals.push_back(arrival);
    arrival.request = false;
    const auto add = [&](double at, const std::string& text) {
      arrival.at = at;
      arrival.text = text;
      arrivals.push_back(arrival);
    };
    const auto& frames = recordings::get(exchange, "websocket");
    const auto& events = recordings::get(response, "sse");
    if (frames.IsArray()) {
      for (const auto& one : frames.GetArray()) {
        if (recordings::text(one, "from") == "server") add(number(one, "t_ms"), recordings::text(one, "text"));
      }
    } else if (events.IsArray()) {
      for (const auto& one : events.GetArray()) {
        const std::string raw = recordings::text(one, "raw");
        if (raw.find("data: {") == 0) add(number(one, "t_ms"), raw.substr(6, raw.find('\n') - 6));
      }
    } else {
      add(std::max(number(response, "complete_ms"), number(response, "t_ms")), recordings::text(response, "body"));
    }
  }
  return connections;
}

}  // namespace

TEST_CASE("recorded traffic: nothing is said of what is whole, and what was lost is found") {
  std::map<std::string, std::vector<Reason>> found;
  int frames = 0, complete = 0;
  for (const auto& [name, file] : recordings::all()) {
    for (auto& [token, arrivals] : connections_of(file)) {
      std::stable_sort(arrivals.begin(), arrivals.end(),
                       [](const Arrival& a, const Arrival& b) { return a.at < b.at; });
      CursorGapDetector detector;
      for (const Arrival& arrival : arrivals) {
        if (arrival.request) {
          detector.on_request(arrival.command, arrival.transport, arrival.text);
          continue;
        }
        EnvelopeScanner scanner(128);
        if (scanner.scan(arrival.text) != ScanError::none || scanner.frame().kind != FrameKind::persistent) continue;
        const Frame& scanned = scanner.frame();
        CursorFrame input;
        std::string cursor;
        if (scanned.cursor) scanned.cursor->append_to(cursor);
        input.cursor = cursor;
        input.has_groups_token = scanned.groups_token.has_value();
        input.init = scanned.init;
        input.should_reconnect = scanned.should_reconnect;
        input.messages = scanned.elements.size();
        const GapReport report = detector.on_frame(input);
        ++frames;
        complete += report.kind == Kind::complete ? 1 : 0;
        if (report.kind == Kind::possible || report.kind == Kind::certain) {
          found[name].push_back(report.reason);
        }
      }
    }
  }
  // Only these lost anything: a cursor of another server, and applications that restarted but kept their prefix.
  const std::map<std::string, std::vector<Reason>> expected{{"connect-order", {Reason::other_server}},
                                                            {"lp-server-shutdown", {Reason::cursor_discarded}},
                                                            {"sse-server-shutdown", {Reason::cursor_discarded}},
                                                            {"ws-server-shutdown", {Reason::cursor_discarded}}};
  CHECK(frames > 200);
  CHECK(complete > 100);
  CHECK(found == expected);
}
