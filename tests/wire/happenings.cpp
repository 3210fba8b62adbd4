#include "happenings.hpp"

#include <algorithm>
#include <tuple>

namespace wire {
namespace {

using Kind = Happening::Kind;

void add_ends_of_sends(const Episode& episode, std::vector<Happening>& found) {
  for (const RecordedExchange* send : episode.all("send")) {
    const auto said = said_in(*send);
    if (said.empty() || said.size() == 2) continue;
    const double t_ms = send->response ? send->response->end_ms() : send->last_ms();
    const bool never = !send->response && send->ended_by != EndedBy::server;
    if (never || episode.is_too_late(t_ms)) continue;
    const bool taken = send->response && send->response->status == 200;
    found.push_back({taken ? Kind::no_answer : Kind::refused, t_ms, said.front().text});
  }
}

}  // namespace

std::vector<Happening> happenings_of(const Episode& episode) {
  std::vector<Happening> found;
  for (Said& said : episode.said_by_server()) {
    if (!episode.is_too_late(said.t_ms)) found.push_back({Kind::server_said, said.t_ms, std::move(said.text)});
  }
  for (Said& said : episode.said_by_client()) found.push_back({Kind::client_said, said.t_ms, std::move(said.text)});
  for (const RecordedExchange* transport : lost_transports(episode)) {
    found.push_back({Kind::lost, transport->lost_ms(), {}});
  }
  add_ends_of_sends(episode, found);
  std::stable_sort(found.begin(), found.end(), [](const Happening& a, const Happening& b) {
    return std::tie(a.t_ms, a.kind) < std::tie(b.t_ms, b.kind);
  });
  return found;
}

}  // namespace wire
