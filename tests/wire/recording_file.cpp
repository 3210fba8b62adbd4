// Reads a recording's file (recordings/README.md).
#include <signalr/server/site.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "json.hpp"
#include "recording.hpp"

namespace wire {
namespace {

std::string text_of(const JsonValue& object, const char* name) {
  return with_runs_restored(string_member(object, name));
}

std::vector<std::string> lines_of(const JsonValue& object, const char* name) {
  std::vector<std::string> lines;
  const JsonValue* found = member(object, name);
  if (found == nullptr || !found->IsArray()) return lines;
  for (const auto& line : found->GetArray()) lines.push_back(with_runs_restored(string_of(line)));
  return lines;
}

std::vector<std::string> connected_in(const JsonValue& document) {
  constexpr std::string_view kKind = ".OnConnected";
  std::vector<std::string> ids;
  const JsonValue* events = member(document, "server_side_events");
  if (events == nullptr || !events->IsArray()) return ids;
  for (const auto& event : events->GetArray()) {
    const std::string kind = string_member(event, "kind");
    const bool connected = kind.size() > kKind.size() && kind.substr(kind.size() - kKind.size()) == kKind;
    if (connected) ids.push_back(string_member(event, "id"));
  }
  return ids;
}

double number_of(const JsonValue& object, const char* name, double missing) {
  const JsonValue* found = member(object, name);
  return found != nullptr && found->IsNumber() ? found->GetDouble() : missing;
}

double time_of(const JsonValue& object, const char* name, double missing) {
  constexpr double kLongest = 30.0 * 24 * 3600 * 1000;
  const double t_ms = number_of(object, name, missing);
  if (!(t_ms >= -kLongest && t_ms <= kLongest))
    throw std::runtime_error(std::string(name) + " is no time of a recording");
  return t_ms;
}

bool is_object(const JsonValue* value) { return value != nullptr && value->IsObject(); }

/// Both forms in use: a list of pairs, and an object.
Pairs pairs_of(const JsonValue& object, const char* name) {
  Pairs pairs;
  const JsonValue* found = member(object, name);
  if (found == nullptr) return pairs;
  const auto value_text = [](const JsonValue& value) {
    return with_runs_restored(value.IsString() ? std::string(string_of(value)) : json_text(value));
  };
  if (found->IsObject()) {
    for (const auto& entry : found->GetObject()) {
      if (!entry.value.IsArray()) {
        pairs.emplace_back(std::string(string_of(entry.name)), value_text(entry.value));
        continue;
      }
      for (const auto& value : entry.value.GetArray()) {
        pairs.emplace_back(std::string(string_of(entry.name)), value_text(value));
      }
    }
  } else if (found->IsArray()) {
    for (const auto& pair : found->GetArray()) {
      if (!pair.IsArray() || pair.Size() != 2) throw std::runtime_error(std::string(name) + " holds no pairs");
      pairs.emplace_back(std::string(string_of(pair[0])), value_text(pair[1]));
    }
  }
  return pairs;
}

RecordedRequest request_of(const JsonValue& json) {
  RecordedRequest request;
  request.method = string_member(json, "method");
  request.path = string_member(json, "path");
  request.query = pairs_of(json, "query");
  request.headers = pairs_of(json, "headers");
  request.form = pairs_of(json, "form");
  const std::string body = text_of(json, "body");
  if (request.form.empty() && body.find('=') != body.npos) request.form = signalr::server::decode_pairs(body, "&");
  if (request.method.empty() || request.path.empty()) throw std::runtime_error("a request has no method or no path");
  return request;
}

void add_pieces(RecordedResponse& response, const JsonValue& json, const char* list, const char* text) {
  const JsonValue* pieces = member(json, list);
  if (pieces == nullptr || !pieces->IsArray()) return;
  for (const auto& piece : pieces->GetArray()) {
    response.pieces.push_back({time_of(piece, "t_ms", response.t_ms), text_of(piece, text)});
  }
}

/// One piece for each event, with the blank line that ends it and the time of that.
std::vector<Piece> cut_into_events(const std::vector<Piece>& pieces) {
  std::vector<Piece> events(1);
  for (const Piece& piece : pieces) {
    for (const char c : piece.text) {
      std::string& text = events.back().text;
      text += c;
      events.back().t_ms = piece.t_ms;
      const bool ended = c == '\n' && (text.size() < 2 || text[text.size() - 2] == '\n' ||
                                       (text.size() > 2 && text.compare(text.size() - 3, 3, "\n\r\n") == 0));
      if (ended) events.emplace_back();
    }
  }
  if (events.back().text.empty()) events.pop_back();
  return events;
}

RecordedResponse response_of(const JsonValue& json, double request_ms) {
  RecordedResponse response;
  response.t_ms = time_of(json, "t_ms", request_ms);
  const double status = number_of(json, "status", 0);
  if (!(status >= 100 && status <= 999)) throw std::runtime_error("an answer has no status");
  response.status = static_cast<int>(status);
  response.headers = pairs_of(json, "headers");
  response.body = text_of(json, "body");
  add_pieces(response, json, "chunks", "text");
  add_pieces(response, json, "sse", "raw");
  if (response.body.empty()) {
    for (const Piece& piece : response.pieces) response.body += piece.text;
  }
  const JsonValue* complete = member(json, "complete");
  response.complete = complete == nullptr || !complete->IsFalse();
  response.complete_ms = time_of(json, "complete_ms", response.t_ms);
  const bool events = lower(value_of(response.headers, "Content-Type")).rfind("text/event-stream", 0) == 0;
  if (events) response.pieces = cut_into_events(response.pieces);
  return response;
}

/// What isn't base64 is left out.
std::string from_base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == kDigits.npos) continue;
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFFF;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    result += static_cast<char>(bits >> count & 0xFF);
  }
  return result;
}

/// The payload; in base64 when it is no text.
std::string payload_of(const JsonValue& frame) {
  const std::string base64 = string_member(frame, "base64");
  return base64.empty() ? text_of(frame, "text") : from_base64(base64);
}

void add_frame(std::vector<RecordedFrame>& frames, std::vector<RecordedFrame>& open, const JsonValue& json) {
  const std::string opcode = string_member(json, "opcode");
  const JsonValue* fin = member(json, "fin");
  const bool last = fin == nullptr || !fin->IsFalse();
  RecordedFrame frame;
  frame.t_ms = time_of(json, "t_ms", 0);
  frame.from_server = string_member(json, "from") == "server";
  frame.text = payload_of(json);
  if (opcode == "ping" || opcode == "pong") return;
  if (opcode == "close") {
    frame.kind = FrameKind::close;
    const double code = number_of(json, "code", 1005);
    if (!(code >= 1000 && code <= 4999)) throw std::runtime_error("a close frame has no code that there is");
    frame.code = static_cast<std::uint16_t>(code);
    frame.text = string_member(json, "reason");
    frames.push_back(std::move(frame));
    return;
  }
  const auto begun = std::find_if(open.begin(), open.end(),
                                  [&](const RecordedFrame& other) { return other.from_server == frame.from_server; });
  if (opcode == "continuation") {
    if (begun == open.end()) throw std::runtime_error("a continuation frame continues nothing");
    frame.kind = begun->kind;
    frame.text = begun->text + frame.text;
    open.erase(begun);
  } else {
    frame.kind = opcode == "binary" ? FrameKind::binary : FrameKind::text;
  }
  // No client of ours sends what is no text.
  if (last && !frame.from_server && !is_utf8(frame.text)) frame.kind = FrameKind::binary;
  (last ? frames : open).push_back(std::move(frame));
}

RecordedExchange exchange_of(const JsonValue& json) {
  RecordedExchange exchange;
  exchange.t_ms = time_of(json, "t_ms", 0);
  const JsonValue* request = member(json, "request");
  const JsonValue* response = member(json, "response");
  if (is_object(request)) exchange.request = request_of(*request);
  if (is_object(response)) exchange.response = response_of(*response, exchange.t_ms);
  if (const JsonValue* frames = member(json, "websocket"); frames != nullptr && frames->IsArray()) {
    std::vector<RecordedFrame> open;
    for (const auto& frame : frames->GetArray()) add_frame(exchange.frames, open, frame);
  }
  const std::string ended = string_member(json, "ended");
  if (ended.rfind("server", 0) == 0) exchange.ended_by = EndedBy::server;
  if (ended.rfind("client", 0) == 0) exchange.ended_by = EndedBy::client;
  exchange.ended_ms = time_of(json, "ended_ms", exchange.last_ms());
  return exchange;
}

}  // namespace

Recording parse_recording(std::string_view json, std::string name) {
  const Json document = parse_json(json);
  if (document.HasParseError()) throw std::runtime_error("the file is no JSON");
  const JsonValue* exchanges = member(document, "exchanges");
  if (exchanges == nullptr || !exchanges->IsArray()) throw std::runtime_error("the file has no exchanges");
  Recording recording;
  recording.name = std::move(name);
  recording.client = string_member(document, "client");
  recording.connected_ids = connected_in(document);
  recording.client_steps = lines_of(document, "client_steps");
  recording.client_saw = lines_of(document, "client_saw");
  for (const auto& exchange : exchanges->GetArray()) recording.exchanges.push_back(exchange_of(exchange));
  std::stable_sort(recording.exchanges.begin(), recording.exchanges.end(),
                   [](const RecordedExchange& a, const RecordedExchange& b) { return a.t_ms < b.t_ms; });
  for (std::size_t i = 0; i < recording.exchanges.size(); ++i) recording.exchanges[i].number = i;
  std::istringstream(string_member(document, "left_out")) >> recording.left_out;
  return recording;
}

Recording load_recording(const std::string& file, std::string name) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error("the file can't be read");
  return parse_recording(text.str(), std::move(name));
}

}  // namespace wire
