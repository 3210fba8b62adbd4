#include "lived.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace wire {
namespace {

constexpr std::size_t kServerFrames = 2;  // of the tracks
constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
constexpr double kNotYet = std::numeric_limits<double>::quiet_NaN();

/// The times of one exchange that follow each other.
using Track = std::vector<double*>;

std::vector<Track> tracks_of(RecordedExchange& exchange) {
  std::vector<Track> tracks = {{&exchange.t_ms}, {&exchange.ended_ms}, {}, {}, {}, {}, {}};
  for (RecordedFrame& frame : exchange.frames)
    tracks[frame.from_server ? kServerFrames : kServerFrames + 1].push_back(&frame.t_ms);
  if (!exchange.response) return tracks;
  tracks[4].push_back(&exchange.response->t_ms);
  tracks[5].push_back(&exchange.response->complete_ms);
  for (Piece& piece : exchange.response->pieces) tracks[6].push_back(&piece.t_ms);
  return tracks;
}

/// Which of `played` each of `wanted` is: the recorded time tells it where one has more than the other.
std::vector<std::size_t> places_of(const Track& wanted, const Track& played) {
  std::vector<std::size_t> places;
  std::size_t next = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::size_t at = i;
    if (wanted.size() != played.size()) {
      for (at = next; at < played.size() && *played[at] < *wanted[i];) ++at;
    }
    const bool found = at < played.size() && (wanted.size() == played.size() || *played[at] == *wanted[i]);
    places.push_back(found ? at : kNowhere);
    if (found) next = at + 1;
  }
  return places;
}

/// Gives `wanted` the times of `lived`, which were recorded as `played`. What wasn't played would have come as late as
/// what followed it.
std::vector<std::size_t> follow(const Track& wanted, const Track& played, const Track& lived, double later) {
  const auto places = places_of(wanted, played);
  const auto last = std::find_if(places.rbegin(), places.rend(), [](std::size_t at) { return at != kNowhere; });
  if (last != places.rend()) later = *lived[*last] - *played[*last];
  for (std::size_t i = wanted.size(); i-- > 0;) {
    if (places[i] == kNowhere) {
      *wanted[i] += later;
    } else {
      later = *lived[places[i]] - *played[places[i]];
      *wanted[i] = *lived[places[i]];
    }
  }
  return places;
}

/// Nor would a message of the server that wasn't played have come before what the client had said by then.
void keep_order(std::vector<RecordedFrame>& frames, const std::vector<std::size_t>& played) {
  constexpr double kLater = 1e-7;
  std::size_t nth = 0;
  double latest = 0;
  for (RecordedFrame& frame : frames) {
    if (frame.from_server && played[nth++] == kNowhere) frame.t_ms = std::max(frame.t_ms, latest + kLater);
    latest = std::max(latest, frame.t_ms);
  }
}

void follow(RecordedExchange& wanted, RecordedExchange played, RecordedExchange lived) {
  const auto wanted_tracks = tracks_of(wanted);
  const auto played_tracks = tracks_of(played);
  const auto lived_tracks = tracks_of(lived);
  const bool answered = played.response.has_value();
  const double later =
      answered ? lived.response->complete_ms - played.response->complete_ms : lived.ended_ms - played.ended_ms;
  std::vector<std::size_t> from_server;
  for (std::size_t i = 0; i < wanted_tracks.size(); ++i) {
    const auto places = follow(wanted_tracks[i], played_tracks[i], lived_tracks[i], later);
    if (i == kServerFrames) from_server = places;
  }
  keep_order(wanted.frames, from_server);
}

/// Where the same exchange is: of those that weren't recorded the command tells which it is.
std::size_t find_same(const Episode& episode, const RecordedExchange& wanted) {
  const auto same = [&](const RecordedExchange& step) {
    return step.number == wanted.number &&
           (wanted.number != RecordedExchange::kUnnumbered || step.request->command() == wanted.request->command());
  };
  return static_cast<std::size_t>(std::find_if(episode.steps.begin(), episode.steps.end(), same) -
                                  episode.steps.begin());
}

}  // namespace

Episode before_it_happens(const Episode& episode) {
  Episode lived = episode;
  lived.end_ms = kNotYet;
  for (RecordedExchange& step : lived.steps) {
    for (const Track& track : tracks_of(step)) {
      for (double* time : track) *time = kNotYet;
    }
  }
  return lived;
}

void complete_times(Lived& run, const Timeline& timeline) {
  const auto complete = [&](double& time, double recorded) {
    if (std::isnan(time)) time = timeline.in_run(recorded);
  };
  complete(run.lived.end_ms, run.played.end_ms);
  for (std::size_t i = 0; i < run.lived.steps.size(); ++i) {
    const auto lived = tracks_of(run.lived.steps[i]);
    const auto played = tracks_of(run.played.steps[i]);
    for (std::size_t track = 0; track < lived.size(); ++track) {
      for (std::size_t n = 0; n < lived[track].size(); ++n) complete(*lived[track][n], *played[track][n]);
    }
  }
}

Episode with_times_of(const Lived& run, Episode episode) {
  episode.end_ms = run.lived.end_ms;
  for (RecordedExchange& step : episode.steps) {
    const std::size_t same = find_same(run.played, step);
    if (same < run.played.steps.size()) follow(step, run.played.steps[same], run.lived.steps[same]);
  }
  return episode;
}

}  // namespace wire
