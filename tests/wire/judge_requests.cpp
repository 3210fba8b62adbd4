// What our client asked the server for, next to what the recorded one did.
#include <algorithm>
#include <map>
#include <set>

#include "equivalence.hpp"
#include "judge.hpp"

namespace wire {
namespace {

using signalr::server::Request;

bool collapses(const std::string& command) { return command == "reconnect" || command == "poll"; }

std::map<std::string, std::vector<const Request*>> by_command(const Transcript& seen) {
  std::map<std::string, std::vector<const Request*>> sorted;
  for (const Request& request : seen.requests) sorted[request.command()].push_back(&request);
  return sorted;
}

/// Each client repeats these at its own pace: ours may leave out and repeat, but not go back.
void judge_repeated(const std::vector<const RecordedExchange*>& recorded, const std::vector<const Request*>& ours,
                    const std::string& command, bool flapping, Verdict& verdict) {
  std::size_t at = 0;
  for (const Request* request : ours) {
    const Essence essence = essence_of(*request);
    const std::string differs = difference(essence_of(*recorded[at]->request), essence);
    std::size_t next = at;
    while (next < recorded.size() && !difference(essence_of(*recorded[next]->request), essence).empty()) ++next;
    if (verdict.check(next < recorded.size(), "our " + command + ": " + differs)) at = next;
  }
  if (flapping) return;  // ours gives up sooner
  for (const RecordedExchange* step : recorded) {
    const Essence essence = essence_of(*step->request);
    const bool made = std::any_of(ours.begin(), ours.end(), [&](const Request* request) {
      return difference(essence, essence_of(*request)).empty();
    });
    verdict.check(made || step->optional, "our client never sent the " + command + " of " +
                                              std::to_string(static_cast<long>(step->t_ms)) + " ms");
  }
}

void judge_in_turn(const std::vector<const RecordedExchange*>& recorded, const std::vector<const Request*>& ours,
                   const std::string& command, Verdict& verdict) {
  for (std::size_t i = 0; i < std::min(recorded.size(), ours.size()); ++i) {
    const std::string differs = difference(essence_of(*recorded[i]->request), essence_of(*ours[i]));
    verdict.check(differs.empty(), "our " + command + " request: " + differs);
  }
}

/// The redirect loop: every further request repeats the last one.
void judge_loop(const RecordedExchange& last, const std::vector<const Request*>& ours, std::size_t recorded,
                const Episode& episode, Verdict& verdict) {
  for (std::size_t i = recorded; i < ours.size(); ++i) {
    const std::string differs = difference(essence_of(*last.request), essence_of(*ours[i]));
    if (!verdict.check(differs.empty(), "our repeated negotiate request: " + differs)) return;
  }
  if (episode.left_out == 0) return;
  const std::size_t all = recorded + episode.left_out;
  verdict.check(ours.size() == all, "our client asked for negotiate " + std::to_string(ours.size()) +
                                        " times before giving up, the recorded one " + std::to_string(all) + " times");
}

/// Commands in the order of their first appearance; those of polling run side by side (P§4.1).
std::vector<std::string> order_of(const std::vector<std::string>& commands) {
  std::vector<std::string> order;
  for (const std::string& command : commands) {
    const bool beside = command == "poll" || command == "send";
    if (!beside && std::find(order.begin(), order.end(), command) == order.end()) order.push_back(command);
  }
  return order;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace

void judge_requests(const Episode& episode, const Outcome& outcome, const Transcript& seen, Verdict& verdict) {
  const auto ours = by_command(seen);
  std::map<std::string, std::vector<const RecordedExchange*>> recorded;
  std::vector<std::string> recorded_order;
  std::set<std::string> needless;
  for (const RecordedExchange* step : outcome.steps) {
    const std::string command = step->request->command();
    if (step->optional && recorded.count(command) == 0) needless.insert(command);
    recorded[command].push_back(step);
    if (needless.count(command) == 0 || ours.count(command) != 0) recorded_order.push_back(command);
  }
  for (const auto& [command, steps] : recorded) {
    const auto found = ours.find(command);
    const std::size_t count = found == ours.end() ? 0 : found->second.size();
    const bool loops = command == "negotiate" && outcome.limit;
    const bool some = count > 0 || needless.count(command) != 0;
    const bool enough = loops || collapses(command) ? some : count == steps.size();
    verdict.check(enough, "our client sent " + std::to_string(count) + " " + command + " requests instead of " +
                              std::to_string(steps.size()));
    if (count == 0) continue;
    if (collapses(command)) {
      judge_repeated(steps, found->second, command, lost_transports(episode).size() > 1, verdict);
    } else {
      judge_in_turn(steps, found->second, command, verdict);
      if (loops) judge_loop(*steps.back(), found->second, steps.size(), episode, verdict);
    }
  }
  for (const auto& [command, requests] : ours) {
    verdict.check(recorded.count(command) > 0, "our client sent " + std::to_string(requests.size()) + " " + command +
                                                   " requests, the recorded one none");
  }
  std::vector<std::string> our_order;
  for (const Request& request : seen.requests) our_order.push_back(request.command());
  const auto wanted = order_of(recorded_order);
  const auto got = order_of(our_order);
  verdict.check(wanted == got, "our requests came in the order " + joined(got) + " instead of " + joined(wanted));
}

}  // namespace wire
