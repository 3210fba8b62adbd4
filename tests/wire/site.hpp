// The fake server: answers each request as it was recorded, in the recorded order and time.
#pragma once

#include <signalr/executor.hpp>
#include <signalr/server/site.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api.hpp"
#include "call_ids.hpp"
#include "episode.hpp"
#include "score.hpp"
#include "timeline.hpp"
#include "transcript.hpp"

namespace wire {

/// It doesn't judge, but notes when what happened (Transcript::run). The n-th request of a command gets the n-th
/// recorded answer to that command, whatever it asks for. What comes beyond those gets 404, an abort 200, a further
/// reconnect the same as the last. The episode, the timeline and the transcript must outlive it.
class RecordedSite final : public signalr::server::Site {
 public:
  RecordedSite(const Episode& episode, Api api, std::shared_ptr<signalr::Executor> executor, Timeline& timeline,
               Transcript& transcript);
  ~RecordedSite() override;

  void on_request(std::shared_ptr<signalr::server::Exchange> exchange) override;
  void on_upgrade(std::shared_ptr<signalr::server::Upgrade> upgrade) override;

 private:
  class SocketPlayer;

  /// The step that answers `request`; null when there is none (left).
  const RecordedExchange* take(const signalr::server::Request& request);
  RecordedExchange& lived(const RecordedExchange& step);
  double stamp() { return timeline_.stamp(executor_->now()); }
  bool is_past(const RecordedExchange& reconnect) const;
  void break_off(const RecordedExchange& step, signalr::Task task);
  void note_end(const RecordedExchange& step);
  void play(const RecordedExchange& step, std::shared_ptr<signalr::server::Exchange> exchange);
  std::vector<Piece> pieces_of(const RecordedResponse& response) const;
  /// Whether our client has asked for all that the recorded one had asked for by then.
  bool in_turn(double t_ms) const;
  Score::Condition in_turn_at(const RecordedExchange& step, double t_ms) const;

  /// Our client's next message.
  void note_sent(std::string_view text);
  /// A message of the server, or a piece of an answer, as our client has to get it.
  std::string translated(const std::string& text);

  const Episode& episode_;
  const Api api_;
  const std::vector<Said> said_by_client_;
  CallIds ids_;
  std::shared_ptr<signalr::Executor> executor_;
  Timeline& timeline_;
  Transcript& transcript_;
  Score score_;
  std::vector<bool> used_;
  std::size_t sends_under_way_ = 0;
  std::vector<std::shared_ptr<SocketPlayer>> players_;
};

}  // namespace wire
