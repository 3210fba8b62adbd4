#include "attribution.hpp"

#include <algorithm>

#include "client_call.hpp"
#include "said.hpp"
#include "sights.hpp"

namespace wire {
namespace {

struct Lines {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::vector<Lines> starts_in(const std::vector<std::string>& saw) {
  std::vector<Lines> starts;
  for (std::size_t line = 0; line < saw.size(); ++line) {
    if (saw[line].rfind("> start", 0) == 0) starts.push_back({line, saw.size()});
    if (starts.size() > 1 && starts.back().begin == line) starts[starts.size() - 2].end = line;
  }
  return starts;
}

/// Whether one of the lines tells that change of state, in either program's spelling.
bool tells(const std::vector<std::string>& saw, const Lines& lines, const char* change) {
  const auto begin = saw.begin();
  return std::any_of(begin + static_cast<std::ptrdiff_t>(lines.begin), begin + static_cast<std::ptrdiff_t>(lines.end),
                     [&](const std::string& line) { return lower(line).rfind(change, 0) == 0; });
}

bool fits(const Recording& recording, const Outline& outline, const Lines& lines) {
  std::vector<std::string> sent;
  bool connected = false;
  for (const std::size_t index : outline.exchanges) {
    const RecordedExchange& exchange = recording.exchanges[index];
    for (const Said& said : said_in(exchange)) {
      if (!said.from_server) sent.push_back(said.text);
    }
    if (exchange.request->command() == "start" && exchange.response && exchange.response->status == 200) {
      connected = true;
    }
  }
  std::vector<std::string> asked;
  for (std::size_t line = lines.begin; line < lines.end; ++line) {
    const std::string& text = recording.client_saw[line];
    if (text.rfind("> ", 0) != 0) continue;
    if (auto step = sent_by(std::string_view(text).substr(2))) asked.push_back(std::move(*step));
  }
  return connected == tells(recording.client_saw, lines, "  state connecting -> connected") &&
         std::equal(asked.begin(), asked.end(), sent.begin(), sent.end(), is_sent_for);
}

std::vector<Outline*> sessions_of(Plan& plan) {
  std::vector<Outline*> sessions;
  for (Outline& outline : plan.episodes) {
    if (!outline.fed) sessions.push_back(&outline);
  }
  return sessions;
}

bool overlap(const std::vector<Outline*>& sessions, const Recording& recording) {
  for (std::size_t i = 1; i < sessions.size(); ++i) {
    if (recording.exchanges[sessions[i]->exchanges.front()].t_ms < sessions[i - 1]->end_ms) return true;
  }
  return false;
}

/// The program told its client to stop without telling the server: "conn.stop(true,false)".
bool stops_silently(const std::vector<std::string>& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const std::string& step) {
    return step.find("stop(") != step.npos && step.find(",false)") != step.npos;
  });
}

}  // namespace

void attribute_sights(const Recording& recording, Plan& plan) {
  const auto sessions = sessions_of(plan);
  if (overlap(sessions, recording)) return;
  auto starts = starts_in(recording.client_saw);
  if (starts.empty() && sessions.size() == 1) starts.push_back({0, recording.client_saw.size()});
  std::size_t next = 0;
  for (std::size_t i = 0; i < starts.size() && next < sessions.size(); ++i) {
    // So many may be somebody else's.
    std::size_t last = next + sessions.size() - std::min(sessions.size(), next + (starts.size() - i));
    std::size_t found = next;
    while (found <= last && !fits(recording, *sessions[found], starts[i])) ++found;
    if (found > last) found = next;  // the judge will tell what is wrong
    Outline& session = *sessions[found];
    session.saw_begin = starts[i].begin;
    session.saw_end = starts[i].end;
    next = found + 1;
    const bool closed = tells(recording.client_saw, starts[i], "  state connected -> disconnected");
    session.silent = closed && stops_silently(recording.client_steps);
    if (session.ending == Ending::close || !session.silent) continue;
    session.ending = Ending::close;
    session.usual_abort = true;
  }
}

}  // namespace wire
