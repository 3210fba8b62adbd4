#include "site.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "json.hpp"
namespace wire {
namespace {

using signalr::Headers;
using signalr::MessageType;
using signalr::TransportFailure;

constexpr const char* kBroken = "the recorded connection broke";

// What belongs to the connection and not to the answer.
bool is_hop_header(std::string_view name) {
  for (const char* hop : {"Connection", "Content-Length", "Keep-Alive", "Transfer-Encoding", "Upgrade"}) {
    if (same_name(name, hop)) return true;
  }
  return lower(name).rfind("sec-websocket-", 0) == 0;
}

Headers headers_of(const RecordedResponse& response) {
  Headers headers;
  for (const auto& [name, value] : response.headers) {
    if (!is_hop_header(name)) headers.add(name, value);
  }
  return headers;
}

bool counts(const RecordedFrame& frame) { return !frame.from_server && frame.kind != FrameKind::binary; }

/// How many of the client's frames must have come before the server's frame `index`: all before it, but for a result
/// only those up to its call, since the frames of both directions crossed each other. The init frame, which makes the
/// client begin, waits for none.
std::size_t frames_before(const std::vector<RecordedFrame>& frames, std::size_t index) {
  if (index < frames.size() && is_init(frames[index].text)) return 0;
  const bool text = index < frames.size() && frames[index].kind == FrameKind::text;
  const std::string id = text ? id_in(frames[index].text) : std::string();
  std::size_t count = 0;
  for (std::size_t i = 0; i < index; ++i) {
    if (!counts(frames[i])) continue;
    ++count;
    if (!id.empty() && frames[i].kind == FrameKind::text && id_in(frames[i].text) == id) return count;
  }
  return count;
}

}  // namespace

/// Plays the server's half of one recorded WebSocket.
class RecordedSite::SocketPlayer : public std::enable_shared_from_this<SocketPlayer> {
 public:
  SocketPlayer(RecordedSite& site, const RecordedExchange& step) : site_(site), step_(step), lived_(site.lived(step)) {}

  void open(signalr::server::Upgrade& upgrade) {
    signalr::server::SocketHandlers handlers;
    handlers.on_message = [this](MessageType, std::string_view text) {
      site_.note_sent(text);
      note_came();
    };
    handlers.on_close = [this](std::uint16_t code, std::string_view) {
      site_.transcript_.close_codes.push_back(code);
      client_closed_ = true;
      note_came();
      if (all_said_) close();
    };
    handlers.on_end = [this] { socket_.reset(); };
    lived_.response->t_ms = lived_.response->complete_ms = site_.stamp();
    socket_ = upgrade.accept(headers_of(*step_.response), std::move(handlers));
    prepare_next();
  }

 private:
  void note_came() {
    ++came_;
    while (came_frame_ < step_.frames.size() && !counts(step_.frames[came_frame_])) ++came_frame_;
    if (came_frame_ < step_.frames.size()) lived_.frames[came_frame_++].t_ms = site_.stamp();
    site_.score_.go_on();
  }

  /// What the server sends next goes into the score when all before it was sent.
  void prepare_next() {
    const auto& frames = step_.frames;
    while (next_ < frames.size() && !frames[next_].from_server) ++next_;
    if (next_ == frames.size()) return prepare_end();
    const double t_ms = frames[next_].t_ms;
    const bool first = is_init(frames[next_].text);
    site_.score_.add(t_ms, {came_before_next(), first ? Score::Condition() : site_.in_turn_at(step_, t_ms),
                            [self = shared_from_this()] { self->send_next(); }});
  }

  Score::Condition came_before_next() {
    return [self = shared_from_this(), count = frames_before(step_.frames, next_)] { return self->came_ >= count; };
  }

  void send_next() {
    if (!socket_) return;
    const RecordedFrame& frame = step_.frames[next_];
    lived_.frames[next_++].t_ms = site_.stamp();
    if (frame.kind == FrameKind::close) {
      socket_->close(frame.code, frame.text);
    } else {
      socket_->send(frame.kind == FrameKind::binary ? MessageType::binary : MessageType::text,
                    site_.translated(frame.text));
    }
    prepare_next();
  }

  void prepare_end() {
    all_said_ = true;
    if (client_closed_) return close();
    const bool closed = std::any_of(step_.frames.begin(), step_.frames.end(),
                                    [](const RecordedFrame& frame) { return frame.kind == FrameKind::close; });
    if (closed || step_.ended_by != EndedBy::server) return;
    site_.score_.add(step_.ended_ms,
                     {came_before_next(), site_.in_turn_at(step_, step_.ended_ms), [self = shared_from_this()] {
                        if (!self->socket_) return;
                        self->lived_.ended_ms = self->site_.stamp();
                        self->socket_->cut();
                        self->socket_.reset();
                      }});
  }

  void close() {
    if (socket_) socket_->close(signalr::close_code::normal, {});
  }

  RecordedSite& site_;
  const RecordedExchange& step_;
  RecordedExchange& lived_;
  std::shared_ptr<signalr::server::Socket> socket_;
  std::size_t next_ = 0;
  std::size_t came_ = 0;
  std::size_t came_frame_ = 0;
  bool client_closed_ = false;
  bool all_said_ = false;
};

RecordedSite::RecordedSite(const Episode& episode, Api api, std::shared_ptr<signalr::Executor> executor,
                           Timeline& timeline, Transcript& transcript)
    : episode_(episode),
      api_(api),
      said_by_client_(episode.said_by_client()),
      executor_(std::move(executor)),
      timeline_(timeline),
      transcript_(transcript),
      score_(executor_, timeline),
      used_(episode.steps.size()) {}

RecordedSite::~RecordedSite() = default;

void RecordedSite::note_sent(std::string_view text) {
  const std::size_t n = transcript_.sent.size();
  if (api_ == Api::hubs && n < said_by_client_.size()) ids_.note(said_by_client_[n].text, text);
  transcript_.sent.emplace_back(text);
}

std::string RecordedSite::translated(const std::string& text) {
  const std::string_view payload = payload_of(text);
  if (api_ != Api::hubs || payload.empty()) return text;
  std::string result = text;
  return result.replace(static_cast<std::size_t>(payload.data() - text.data()), payload.size(),
                        ids_.translated(payload));
}

const RecordedExchange* RecordedSite::take(const signalr::server::Request& request) {
  const std::string command = request.command();
  const RecordedExchange* last = nullptr;
  std::optional<std::size_t> next;
  for (std::size_t i = 0; i < episode_.steps.size(); ++i) {
    const RecordedExchange& step = episode_.steps[i];
    if (step.request->command() != command) continue;
    last = &step;
    if (used_[i]) continue;
    if (next && (command != "reconnect" || step.optional || !is_past(episode_.steps[*next]))) break;
    next = i;
  }
  const bool repeats = command == "reconnect" || (episode_.repeats && command == "negotiate");
  if (!next) return repeats ? last : nullptr;
  const RecordedExchange& step = episode_.steps[*next];
  // A reconnect leaves the polls before it behind, and a poll the reconnects.
  const auto chained = [](const std::string& name) { return name == "poll" || name == "reconnect"; };
  for (std::size_t i = 0; i <= *next; ++i) {
    const std::string earlier = episode_.steps[i].request->command();
    if (earlier == command || (chained(command) && chained(earlier))) used_[i] = true;
  }
  timeline_.reached(step.t_ms, executor_->now());
  lived(step).t_ms = stamp();
  return &step;
}

/// An attempt to reconnect that was over, without anything for the user, by the time that it is now: clients repeat
/// them at their own pace.
bool RecordedSite::is_past(const RecordedExchange& reconnect) const {
  const auto said = said_in(reconnect);
  const bool empty = std::none_of(said.begin(), said.end(), [](const Said& message) { return message.from_server; });
  return empty && reconnect.last_ms() < timeline_.recorded(executor_->now());
}

RecordedExchange& RecordedSite::lived(const RecordedExchange& step) {
  return transcript_.run.lived.steps[static_cast<std::size_t>(&step - episode_.steps.data())];
}

// Our client sends one message after the other: while one is under way the next can't be there yet.
bool RecordedSite::in_turn(double t_ms) const {
  if (episode_.is_too_late(t_ms) && !transcript_.closing) return false;
  for (std::size_t i = 0; i < episode_.steps.size(); ++i) {
    const RecordedExchange& step = episode_.steps[i];
    if (used_[i] || step.optional || step.t_ms >= t_ms) continue;
    const std::string command = step.request->command();
    if (command == "start" || (command == "send" && sends_under_way_ == 0)) return false;
  }
  return true;
}

// For what carries messages once the connection is made.
Score::Condition RecordedSite::in_turn_at(const RecordedExchange& step, double t_ms) const {
  const std::string command = step.request->command();
  const bool opening = command == "connect" && step.request->transport() == "longPolling";
  const bool carries = command == "connect" || command == "reconnect" || command == "poll" || command == "send";
  if (opening || !carries) return {};
  return [this, t_ms] { return in_turn(t_ms); };
}

void RecordedSite::on_request(std::shared_ptr<signalr::server::Exchange> exchange) {
  const bool sends = exchange->request().command() == "send";
  transcript_.requests.push_back(exchange->request());
  if (sends) note_sent(exchange->request().form("data"));
  const RecordedExchange* step = take(exchange->request());
  score_.go_on();
  if (step == nullptr) return exchange->answer(exchange->request().command() == "abort" ? 200 : 404, {}, {});
  if (sends) ++sends_under_way_;
  if (step->response) return play(*step, std::move(exchange));
  if (step->ended_by == EndedBy::server)
    break_off(*step, [exchange] { exchange->fail(TransportFailure::io, kBroken); });
}

void RecordedSite::break_off(const RecordedExchange& step, signalr::Task task) {
  score_.add(step.ended_ms, {{}, in_turn_at(step, step.ended_ms), [this, &step, task = std::move(task)]() mutable {
                               note_end(step);
                               task();
                             }});
}

void RecordedSite::note_end(const RecordedExchange& step) {
  RecordedExchange& exchange = lived(step);
  exchange.ended_ms = stamp();
  if (exchange.response) {
    exchange.response->complete_ms = exchange.ended_ms;
    for (Piece& piece : exchange.response->pieces) {
      if (std::isnan(piece.t_ms)) piece.t_ms = exchange.ended_ms;  // it went out with the others
    }
  }
  if (step.request->command() == "send") --sends_under_way_;
}

void RecordedSite::play(const RecordedExchange& step, std::shared_ptr<signalr::server::Exchange> exchange) {
  const RecordedResponse& response = *step.response;
  score_.add(response.t_ms, {{}, {}, [this, exchange, &step] {
                               RecordedResponse& started = *lived(step).response;
                               started.t_ms = started.complete_ms = stamp();
                               exchange->start(step.response->status, headers_of(*step.response));
                             }});
  const std::vector<Piece> pieces = pieces_of(response);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    const bool first = is_init(payload_of(piece.text));
    score_.add(
        piece.t_ms,
        {{}, first ? Score::Condition() : in_turn_at(step, piece.t_ms), [this, exchange, &step, i, text = piece.text] {
           auto& written = lived(step).response->pieces;
           if (i < written.size()) written[i].t_ms = stamp();
           exchange->write(translated(text));
         }});
  }
  if (response.complete) {
    score_.add(response.end_ms(), {{}, in_turn_at(step, response.end_ms()), [this, exchange, &step] {
                                     note_end(step);
                                     exchange->end();
                                   }});
  } else if (step.ended_by == EndedBy::server) {
    break_off(step, [exchange] { exchange->cut(); });
  }
}

/// As they came; but what holds ids is put together, so that these can be translated.
std::vector<Piece> RecordedSite::pieces_of(const RecordedResponse& response) const {
  if (response.pieces.empty()) return {{response.end_ms(), response.body}};
  const bool whole = std::any_of(response.pieces.begin(), response.pieces.end(),
                                 [](const Piece& piece) { return is_json(payload_of(piece.text)); });
  if (api_ != Api::hubs || whole) return response.pieces;
  Piece all{response.end_ms(), {}};
  for (const Piece& piece : response.pieces) all.text += piece.text;
  return {all};
}

void RecordedSite::on_upgrade(std::shared_ptr<signalr::server::Upgrade> upgrade) {
  transcript_.requests.push_back(upgrade->request());
  const RecordedExchange* step = take(upgrade->request());
  score_.go_on();
  if (step == nullptr) return upgrade->refuse(404, {}, {});
  if (!step->response) {
    if (step->ended_by != EndedBy::server) return;
    return break_off(*step, [upgrade] { upgrade->fail(TransportFailure::io, kBroken); });
  }
  score_.add(step->response->t_ms, {{}, {}, [this, upgrade, step] {
                                      if (!step->is_websocket()) {
                                        note_end(*step);
                                        return upgrade->refuse(step->response->status, headers_of(*step->response),
                                                               step->response->body);
                                      }
                                      players_.push_back(std::make_shared<SocketPlayer>(*this, *step));
                                      players_.back()->open(*upgrade);
                                    }});
}

}  // namespace wire
