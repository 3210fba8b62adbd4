#include "permutations.hpp"

#include <algorithm>
#include <string>

#include "json.hpp"
#include "user_part.hpp"

namespace wire {
namespace {

/// A message of the server.
struct Output {
  double t_ms = 0;
  Said said;
  double earliest_ms = 0;  ///< it can't come before that: its request, or what came before it on the same way
};

constexpr double kEarlier = 0.25;  // recorded times are whole

bool is_answer(const Said& said) {
  return said.carrier == Said::Carrier::poll || said.carrier == Said::Carrier::answer;
}

/// All that the server says in an episode, in order. Keep-alives and ends stay where they are.
std::vector<Output> outputs_of(const Episode& episode) {
  std::vector<Output> found;
  for (const RecordedExchange& step : episode.steps) {
    if (step.number == RecordedExchange::kUnnumbered) continue;
    double earliest_ms = step.t_ms;
    for (Said& said : said_in(step)) {
      if (!said.from_server) {
        earliest_ms = std::max(earliest_ms, said.t_ms);
        continue;
      }
      const double t_ms = said.t_ms;
      found.push_back({t_ms, std::move(said), earliest_ms});
      earliest_ms = t_ms;
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Output& a, const Output& b) { return a.t_ms < b.t_ms; });
  return found;
}

void move(Recording& recording, const Said& said, double t_ms) {
  RecordedExchange& exchange = recording.exchanges[said.exchange];
  if (said.carrier == Said::Carrier::frame) {
    exchange.frames[said.index].t_ms = t_ms;
  } else if (said.carrier == Said::Carrier::event) {
    exchange.response->pieces[said.index].t_ms = t_ms;
  } else {
    RecordedResponse& response = *exchange.response;
    response.complete_ms = t_ms;
    response.t_ms = std::min(response.t_ms, t_ms);
    for (Piece& piece : response.pieces) piece.t_ms = std::min(piece.t_ms, t_ms);
  }
}

/// Whether the order of the two means something after all: a report of progress that comes after the result is dropped
/// (P#86), of two changes of one state the last one stays, and with its transport a call is lost (P§7.6).
bool depend(const Output& a, const Output& b) {
  const auto has = [](const Output& output, const char* what) {
    return output.said.text.find(what) != std::string::npos;
  };
  const auto either = [&](const char* what) { return has(a, what) || has(b, what); };
  return (has(a, R"("S":{)") && has(b, R"("S":{)")) || either(R"("P":{)") || either(R"("T":1)");
}

/// Whether `late` could have come before `early`.
bool may_pass(const Episode& episode, const Output& early, const Output& late) {
  if (early.said.exchange == late.said.exchange || is_init(early.said.text) || is_init(late.said.text)) return false;
  if (!is_answer(early.said) && !is_answer(late.said)) return false;  // one transport after the other
  if (late.earliest_ms >= early.t_ms - kEarlier || depend(early, late)) return false;
  if (episode.is_too_late(late.t_ms)) return false;
  const auto said = episode.said_by_client();  // what the client said in between may follow from what came first
  return std::none_of(said.begin(), said.end(), [&](const Said& message) {
    return message.t_ms >= early.t_ms - kEarlier && message.t_ms <= late.t_ms;
  });
}

std::string name_of(const Output& output) {
  return "what came at " + std::to_string(static_cast<long>(output.t_ms)) + " ms in exchange " +
         std::to_string(output.said.exchange);
}

}  // namespace

std::vector<Mutation> permutations_of(const Recording& recording, const Plan& plan, Permute which) {
  std::vector<Mutation> found;
  for (std::size_t index = 0; index < plan.episodes.size(); ++index) {
    if (plan.episodes[index].fed) continue;
    const Episode episode = realize(plan.episodes[index], recording);
    const auto outputs = outputs_of(episode);
    for (std::size_t late = 1; late < outputs.size(); ++late) {
      for (std::size_t early = late; early-- > 0;) {
        if (!may_pass(episode, outputs[early], outputs[late])) break;
        const double t_ms = outputs[early].t_ms - kEarlier;
        for (const Api api : kApis) {
          if (!can_play(api, episode)) continue;
          found.push_back({name_of(outputs[late]) + " before " + name_of(outputs[early]) + ", as " + to_string(api),
                           index, api, true, [=](Recording& other) { move(other, outputs[late].said, t_ms); }});
        }
        if (which == Permute::neighbours) break;
      }
    }
  }
  return found;
}

}  // namespace wire
