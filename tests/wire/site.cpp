#include "site.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "json.hpp"
namespace wire {
namespace {

using signalr::Headers;
using signalr::MessageType;
using signalr::TransportFailure;

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
  SocketPlayer(RecordedSite& site, const RecordedExchange& step) : site_(site), step_(step) {}

  void open(signalr::server::Upgrade& upgrade) {
    signalr::server::SocketHandlers handlers;
    handlers.on_message = [this](MessageType, std::string_view text) {
      site_.note_sent(text);
      ++came_;
      go_on();
    };
    handlers.on_close = [this](std::uint16_t code, std::string_view) {
      site_.transcript_.close_codes.push_back(code);
      ++came_;
      client_closed_ = true;
      go_on();
    };
    handlers.on_end = [this] { socket_.reset(); };
    socket_ = upgrade.accept(headers_of(*step_.response), std::move(handlers));
    go_on();
  }

 private:
  void go_on() {
    const auto& frames = step_.frames;
    while (socket_ && next_ < frames.size()) {
      if (frames[next_].from_server) {
        if (came_ < frames_before(frames, next_) || !due(frames[next_].t_ms)) return;
        send(frames[next_]);
      }
      ++next_;
    }
    if (!socket_) return;
    if (client_closed_) return socket_->close(signalr::kCloseNormal, {});
    const bool closed = std::any_of(frames.begin(), frames.end(),
                                    [](const RecordedFrame& frame) { return frame.kind == FrameKind::close; });
    if (closed || step_.ended_by != EndedBy::server) return;
    if (came_ < frames_before(frames, frames.size()) || !due(step_.ended_ms)) return;
    socket_->cut();
    socket_.reset();
  }

  void send(const RecordedFrame& frame) {
    if (frame.kind == FrameKind::close) return socket_->close(frame.code, frame.text);
    socket_->send(frame.kind == FrameKind::binary ? MessageType::binary : MessageType::text,
                  site_.translated(frame.text));
  }

  /// Whether the recorded time has come; if not, goes on when it has.
  bool due(double t_ms) {
    if (site_.timeline_.at(t_ms) <= site_.executor_->now()) return true;
    if (waiting_) return false;
    waiting_ = true;
    site_.at(t_ms, [self = shared_from_this()] {
      self->waiting_ = false;
      self->go_on();
    });
    return false;
  }

  RecordedSite& site_;
  const RecordedExchange& step_;
  std::shared_ptr<signalr::server::Socket> socket_;
  std::size_t next_ = 0;
  std::size_t came_ = 0;
  bool client_closed_ = false;
  bool waiting_ = false;
};

RecordedSite::RecordedSite(const Episode& episode, Api api, std::shared_ptr<signalr::Executor> executor,
                           Timeline& timeline, Transcript& transcript)
    : episode_(episode),
      api_(api),
      said_by_client_(episode.said_by_client()),
      executor_(std::move(executor)),
      timeline_(timeline),
      transcript_(transcript),
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
    if (next && (command != "reconnect" || !is_past(episode_.steps[*next]))) break;
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
  return &step;
}

/// An attempt to reconnect that was over, without anything for the user, by the time that it is now: clients repeat
/// them at their own pace.
bool RecordedSite::is_past(const RecordedExchange& reconnect) const {
  const auto said = said_in(reconnect);
  const bool empty = std::none_of(said.begin(), said.end(), [](const Said& message) { return message.from_server; });
  return empty && reconnect.last_ms() < timeline_.recorded(executor_->now());
}

void RecordedSite::at(double t_ms, signalr::Task task) {
  executor_->schedule(std::max(timeline_.at(t_ms), executor_->now()), std::move(task));
}

void RecordedSite::on_request(std::shared_ptr<signalr::server::Exchange> exchange) {
  transcript_.requests.push_back(exchange->request());
  if (exchange->request().command() == "send") note_sent(exchange->request().form("data"));
  const RecordedExchange* step = take(exchange->request());
  if (step == nullptr) return exchange->answer(exchange->request().command() == "abort" ? 200 : 404, {}, {});
  if (!step->response) {
    if (step->ended_by != EndedBy::server) return;
    return at(step->ended_ms, [exchange] { exchange->fail(TransportFailure::kIo, "the recorded connection broke"); });
  }
  play(*step, std::move(exchange));
}

void RecordedSite::play(const RecordedExchange& step, std::shared_ptr<signalr::server::Exchange> exchange) {
  const RecordedResponse& response = *step.response;
  at(response.t_ms, [exchange, &response] { exchange->start(response.status, headers_of(response)); });
  for (const Piece& piece : pieces_of(response)) {
    at(piece.t_ms, [this, exchange, text = piece.text] { exchange->write(translated(text)); });
  }
  if (response.complete) {
    at(response.end_ms(), [exchange] { exchange->end(); });
  } else if (step.ended_by == EndedBy::server) {
    at(step.ended_ms, [exchange] { exchange->cut(); });
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
  if (step == nullptr) return upgrade->refuse(404, {}, {});
  if (!step->response) {
    if (step->ended_by != EndedBy::server) return;
    return at(step->ended_ms, [upgrade] { upgrade->fail(TransportFailure::kIo, "the recorded connection broke"); });
  }
  at(step->response->t_ms, [this, upgrade, step] {
    if (!step->is_websocket()) {
      return upgrade->refuse(step->response->status, headers_of(*step->response), step->response->body);
    }
    players_.push_back(std::make_shared<SocketPlayer>(*this, *step));
    players_.back()->open(*upgrade);
  });
}

}  // namespace wire
