#include "said.hpp"

#include <algorithm>

#include "json.hpp"

namespace wire {
namespace {

using Carrier = Said::Carrier;

Said said_by(bool server, double t_ms, std::string text, Carrier carrier, const RecordedExchange& exchange,
             std::size_t index = 0) {
  return {t_ms, std::move(text), carrier, exchange.number, index, server};
}

std::vector<Said> said_in_frames(const RecordedExchange& exchange) {
  std::vector<Said> found;
  for (std::size_t i = 0; i < exchange.frames.size(); ++i) {
    const RecordedFrame& frame = exchange.frames[i];
    if (frame.kind != FrameKind::text || (frame.from_server && is_keep_alive(frame.text))) continue;
    found.push_back(said_by(frame.from_server, frame.t_ms, frame.text, Carrier::frame, exchange, i));
  }
  return found;
}

/// The data of an event, its lines joined (P§5.4).
std::string data_of(std::string_view event) {
  std::string data;
  bool any = false;
  while (!event.empty()) {
    const std::size_t end = std::min(event.find_first_of("\r\n"), event.size());
    std::string_view line = event.substr(0, end);
    event.remove_prefix(end);
    if (!event.empty()) event.remove_prefix(event.substr(0, 2) == "\r\n" ? 2 : 1);
    if (line.substr(0, 5) != "data:") continue;
    line.remove_prefix(line.substr(0, 6) == "data: " ? 6 : 5);
    if (any) data += '\n';
    data += line;
    any = true;
  }
  return data;
}

std::vector<Said> said_in_stream(const RecordedExchange& exchange) {
  std::vector<Said> found;
  const auto& pieces = exchange.response->pieces;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::string data = data_of(pieces[i].text);
    if (data == "initialized" || is_keep_alive(data)) continue;
    found.push_back(said_by(true, pieces[i].t_ms, std::move(data), Carrier::event, exchange, i));
  }
  return found;
}

std::vector<Said> said_in_answer(const RecordedExchange& exchange, Carrier carrier) {
  const RecordedResponse& answer = *exchange.response;
  const std::string_view text = payload_of(answer.body);
  if (!answer.complete || answer.status != 200 || is_keep_alive(text)) return {};
  return {said_by(true, answer.end_ms(), std::string(text), carrier, exchange)};
}

}  // namespace

std::vector<Said> said_in(const RecordedExchange& exchange) {
  if (!exchange.request) return {};
  if (exchange.is_websocket()) return said_in_frames(exchange);
  const std::string command = exchange.request->command();
  if (command == "send") {
    std::vector<Said> found;
    if (const std::string* data = find(exchange.request->form, "data")) {
      found.push_back(said_by(false, exchange.t_ms, *data, Carrier::form, exchange));
    }
    if (!exchange.response) return found;
    for (Said& said : said_in_answer(exchange, Carrier::answer)) found.push_back(std::move(said));
    return found;
  }
  if (!exchange.response || exchange.response->status != 200) return {};
  if (command != "connect" && command != "reconnect" && command != "poll") return {};
  const std::string transport = exchange.request->parameter("transport");
  if (transport == "serverSentEvents") return said_in_stream(exchange);
  return transport == "longPolling" ? said_in_answer(exchange, Carrier::poll) : std::vector<Said>();
}

void say_instead(Recording& recording, const Said& said, const std::optional<std::string>& text) {
  RecordedExchange& exchange = recording.exchanges[said.exchange];
  const auto index = static_cast<std::ptrdiff_t>(said.index);
  switch (said.carrier) {
    case Carrier::frame:
      if (text) {
        exchange.frames[said.index].text = *text;
      } else {
        exchange.frames.erase(exchange.frames.begin() + index);
      }
      return;
    case Carrier::event:
      if (text) {
        exchange.response->pieces[said.index].text = "data: " + *text + "\n\n";
      } else {
        exchange.response->pieces.erase(exchange.response->pieces.begin() + index);
      }
      return;
    case Carrier::form:
      if (!text) return exchange.request.reset();
      for (Pairs* pairs : {&exchange.request->form, &exchange.request->query}) {
        for (auto& [name, value] : *pairs) {
          if (same_name(name, "data")) value = *text;
        }
      }
      return;
    case Carrier::poll:
    case Carrier::answer:
      // A poll that brings nothing is answered all the same.
      exchange.response->body = text.value_or(said.carrier == Carrier::poll ? "{}" : "");
      exchange.response->complete_ms = exchange.response->end_ms();
      exchange.response->pieces.clear();
      return;
  }
}

bool is_keep_alive(std::string_view text) {
  std::string bare;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') bare += c;
    if (bare.size() > 2) return false;
  }
  return bare.empty() || bare == "{}";
}

bool is_init(std::string_view message) {
  if (message.find("\"S\"") == message.npos) return false;
  const Json json = parse_json(message);
  if (json.HasParseError()) return false;
  const JsonValue* init = member(json, "S");
  const JsonValue* messages = member(json, "M");
  return init != nullptr && init->IsInt() && init->GetInt() == 1 && messages != nullptr && messages->IsArray();
}

std::string_view payload_of(std::string_view piece) {
  const std::size_t begin = piece.find('{');
  const std::size_t end = piece.rfind('}');
  if (begin == piece.npos || end == piece.npos || end < begin) return {};
  return piece.substr(begin, end + 1 - begin);
}

}  // namespace wire
