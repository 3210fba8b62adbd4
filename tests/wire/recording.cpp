#include "recording.hpp"

#include <signalr/server/site.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "json.hpp"

namespace wire {
namespace {

std::string text_of(const JsonValue& object, const char* name) {
  return with_runs_restored(string_member(object, name));
}

double number_of(const JsonValue& object, const char* name, double missing) {
  const JsonValue* found = member(object, name);
  return found != nullptr && found->IsNumber() ? found->GetDouble() : missing;
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
    response.pieces.push_back({number_of(piece, "t_ms", response.t_ms), text_of(piece, text)});
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
  response.t_ms = number_of(json, "t_ms", request_ms);
  response.status = static_cast<int>(number_of(json, "status", 0));
  if (response.status < 100) throw std::runtime_error("an answer has no status");
  response.headers = pairs_of(json, "headers");
  response.body = text_of(json, "body");
  add_pieces(response, json, "chunks", "text");
  add_pieces(response, json, "sse", "raw");
  if (response.body.empty()) {
    for (const Piece& piece : response.pieces) response.body += piece.text;
  }
  const JsonValue* complete = member(json, "complete");
  response.complete = complete == nullptr || !complete->IsFalse();
  response.complete_ms = number_of(json, "complete_ms", response.t_ms);
  const bool events = lower(value_of(response.headers, "Content-Type")).rfind("text/event-stream", 0) == 0;
  if (events) response.pieces = cut_into_events(response.pieces);
  return response;
}

void add_frame(std::vector<RecordedFrame>& frames, std::vector<RecordedFrame>& open, const JsonValue& json) {
  const std::string opcode = string_member(json, "opcode");
  const JsonValue* fin = member(json, "fin");
  const bool last = fin == nullptr || !fin->IsFalse();
  RecordedFrame frame;
  frame.t_ms = number_of(json, "t_ms", 0);
  frame.from_server = string_member(json, "from") == "server";
  const JsonValue* base64 = member(json, "base64");
  frame.text = text_of(json, base64 != nullptr ? "base64" : "text");
  if (opcode == "ping" || opcode == "pong") return;
  if (opcode == "close") {
    frame.kind = FrameKind::close;
    frame.code = static_cast<std::uint16_t>(number_of(json, "code", 1005));
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
  (last ? frames : open).push_back(std::move(frame));
}

RecordedExchange exchange_of(const JsonValue& json) {
  RecordedExchange exchange;
  exchange.t_ms = number_of(json, "t_ms", 0);
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
  exchange.ended_ms = number_of(json, "ended_ms", exchange.last_ms());
  return exchange;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) { return lower(a) == lower(b); }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

const std::string* find(const Pairs& pairs, std::string_view name) {
  for (const auto& pair : pairs) {
    if (same_name(pair.first, name)) return &pair.second;
  }
  return nullptr;
}

std::string value_of(const Pairs& pairs, std::string_view name) {
  const std::string* found = find(pairs, name);
  return found != nullptr ? *found : std::string();
}

std::string RecordedRequest::command() const { return lower(path.substr(path.rfind('/') + 1)); }

std::string RecordedRequest::base() const { return path.substr(0, path.rfind('/') + 1); }

std::string RecordedRequest::parameter(std::string_view name) const {
  const std::string* in_query = find(query, name);
  return in_query != nullptr ? *in_query : value_of(form, name);
}

bool RecordedRequest::has_parameter(std::string_view name) const {
  return find(query, name) != nullptr || find(form, name) != nullptr;
}

double RecordedResponse::end_ms() const {
  const double last = pieces.empty() ? t_ms : pieces.back().t_ms;
  return std::max({t_ms, complete_ms, last});
}

double RecordedExchange::last_ms() const {
  double last = std::max(t_ms, ended_ms);
  if (response) last = std::max(last, response->end_ms());
  if (!frames.empty()) last = std::max(last, frames.back().t_ms);
  return last;
}

double RecordedExchange::lost_ms() const {
  for (const RecordedFrame& frame : frames) {
    if (frame.kind == FrameKind::close && frame.from_server) return frame.t_ms;
  }
  return ended_by == EndedBy::nobody ? last_ms() : ended_ms;
}

std::string with_runs_restored(std::string_view text) {
  constexpr std::string_view kOpen = "…[";
  constexpr std::string_view kTimes = " times '";
  constexpr std::string_view kClose = "' in all]…";
  constexpr std::size_t kMaxRestoredBytes = 64 * 1024 * 1024;
  std::string result;
  std::size_t done = 0;
  for (std::size_t open = text.find(kOpen); open != text.npos; open = text.find(kOpen, open + 1)) {
    const char* number = text.data() + open + kOpen.size();
    std::size_t count = 0;
    const auto parsed = std::from_chars(number, text.data() + text.size(), count);
    const auto after = static_cast<std::size_t>(parsed.ptr - text.data());
    if (parsed.ec != std::errc() || text.substr(after, kTimes.size()) != kTimes) continue;
    const std::size_t close = text.find(kClose, after);
    if (close == text.npos) continue;
    const std::string_view unit = text.substr(after + kTimes.size(), close - after - kTimes.size());
    if (unit.empty() || count > kMaxRestoredBytes / unit.size()) continue;
    // The run begins before the bracket and ends after it; what is shown of it there counts.
    std::size_t begin = open;
    while (begin >= done + unit.size() && text.substr(begin - unit.size(), unit.size()) == unit) {
      begin -= unit.size();
    }
    std::size_t end = close + kClose.size();
    while (text.substr(end, unit.size()) == unit) end += unit.size();
    result.append(text.substr(done, begin - done));
    for (std::size_t i = 0; i < count; ++i) result.append(unit);
    done = end;
    open = end - 1;
  }
  result.append(text.substr(done));
  return result;
}

Recording parse_recording(std::string_view json, std::string name) {
  const Json document = parse_json(json);
  if (document.HasParseError()) throw std::runtime_error("the file is no JSON");
  const JsonValue* exchanges = member(document, "exchanges");
  if (exchanges == nullptr || !exchanges->IsArray()) throw std::runtime_error("the file has no exchanges");
  Recording recording;
  recording.name = std::move(name);
  recording.client = string_member(document, "client");
  if (const JsonValue* saw = member(document, "client_saw"); saw != nullptr && saw->IsArray()) {
    for (const auto& line : saw->GetArray()) recording.client_saw.emplace_back(with_runs_restored(string_of(line)));
  }
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
