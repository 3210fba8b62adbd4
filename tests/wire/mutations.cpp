#include "mutations.hpp"

#include <algorithm>
#include <utility>

#include "equivalence.hpp"
#include "json.hpp"
#include "mutations_of_answers.hpp"
#include "mutations_of_messages.hpp"
#include "mutations_of_sights.hpp"
#include "negotiation.hpp"
#include "outcome.hpp"
#include "user_part.hpp"

namespace wire {
namespace {

bool is_ignored(const std::string& command, const std::string& name) {
  return name == "tid" || name == "_" || name == "nocache" || (command == "negotiate" && name == "connectiontoken");
}

std::string place(const RecordedExchange& step) {
  return step.request->command() + " at " + std::to_string(static_cast<long>(step.t_ms)) + " ms";
}

void break_parameters(const RecordedExchange& step, std::size_t episode, std::vector<Mutation>& found) {
  const std::string command = step.request->command();
  const std::size_t number = step.number;
  for (std::size_t i = 0; i < step.request->query.size(); ++i) {
    const auto& [name, value] = step.request->query[i];
    if (is_ignored(command, lower(name))) continue;
    std::string changed = with_last_value_changed(value);
    if (changed == value) changed += 'x';
    found.push_back({"another " + name + " in " + place(step), episode, Api::messages, false,
                     [=](Recording& recording) { recording.exchanges[number].request->query[i].second = changed; }});
    found.push_back({"no " + name + " in " + place(step), episode, Api::messages, false, [=](Recording& recording) {
                       auto& query = recording.exchanges[number].request->query;
                       query.erase(query.begin() + static_cast<std::ptrdiff_t>(i));
                     }});
  }
}

void break_headers(const RecordedExchange& step, std::size_t episode, std::vector<Mutation>& found) {
  const std::size_t number = step.number;
  for (std::size_t i = 0; i < step.request->headers.size(); ++i) {
    const auto& [name, value] = step.request->headers[i];
    if (headers_that_matter({{name, value}}).empty()) continue;
    found.push_back(
        {"another " + name + " header in " + place(step), episode, Api::messages, false, [=](Recording& recording) {
           std::string& text = recording.exchanges[number].request->headers[i].second;
           text = with_last_value_changed(text);
         }});
  }
  found.push_back({"a cookie more in " + place(step), episode, Api::messages, false, [=](Recording& recording) {
                     recording.exchanges[number].request->headers.emplace_back("Cookie", "more=than-recorded");
                   }});
}

void break_request(const RecordedExchange& step, std::size_t episode, std::vector<Mutation>& found) {
  const std::size_t number = step.number;
  // The next poll goes out anyway.
  if (step.request->command() != "poll") {
    found.push_back({"a lost " + place(step), episode, Api::messages, false,
                     [=](Recording& recording) { recording.exchanges[number].request.reset(); }});
  }
  found.push_back({"another path of " + place(step), episode, Api::messages, false, [=](Recording& recording) {
                     std::string& path = recording.exchanges[number].request->path;
                     path = "/elsewhere" + path;
                   }});
  if (essence_of(*step.request).method != "GET or POST") {
    found.push_back({"another method of " + place(step), episode, Api::messages, false, [=](Recording& recording) {
                       std::string& method = recording.exchanges[number].request->method;
                       method = method == "GET" ? "POST" : "GET";
                     }});
  }
  break_parameters(step, episode, found);
  break_headers(step, episode, found);
}

/// Whether the server said nothing for so long, but for its keep-alives, that a client has to give the transport up.
bool lives_by_keep_alives(const Episode& episode, const RecordedExchange& transport) {
  const double timeout_ms = read_negotiation(*episode.all("negotiate").back()).keep_alive_ms;
  if (timeout_ms <= 0) return false;
  double last = transport.response->t_ms;
  double longest = 0;
  const auto heard = [&](double t_ms) {
    longest = std::max(longest, std::min(t_ms, episode.end_ms) - last);
    last = t_ms;
  };
  for (const Said& said : said_in(transport)) {
    if (said.from_server) heard(said.t_ms);
  }
  heard(transport.last_ms());
  constexpr double kCheckedEvery = 1.2;  // clients look at the clock now and then (P§7.1)
  return longest > timeout_ms * kCheckedEvery;
}

void remove_keep_alives(RecordedExchange& transport) {
  auto& frames = transport.frames;
  frames.erase(std::remove_if(frames.begin(), frames.end(),
                              [](const RecordedFrame& frame) {
                                return frame.kind == FrameKind::text && is_keep_alive(frame.text);
                              }),
               frames.end());
  auto& events = transport.response->pieces;
  events.erase(
      std::remove_if(events.begin(), events.end(), [](const Piece& event) { return payload_of(event.text) == "{}"; }),
      events.end());
}

void break_keep_alive(const Episode& episode, std::size_t index, std::vector<Mutation>& found) {
  for (const RecordedExchange* step : episode.transports()) {
    const std::size_t number = step->number;
    const bool watched = step->is_websocket() || (step->response && step->request->transport() == "serverSentEvents");
    if (!watched || number == RecordedExchange::kUnnumbered || !lives_by_keep_alives(episode, *step)) continue;
    found.push_back({"no keep-alives", index, Api::messages, true,
                     [=](Recording& recording) { remove_keep_alives(recording.exchanges[number]); }});
  }
}

/// The user, or our client, asks for something else than it should.
void break_dialing(const RecordedExchange& request, std::size_t episode, std::vector<Mutation>& found) {
  const std::size_t number = request.number;
  if (find(request.request->query, "connectionData") != nullptr) {
    found.push_back({"dialing with other connection data", episode, Api::messages, true, [=](Recording& recording) {
                       for (auto& [name, value] : recording.exchanges[number].request->query) {
                         if (same_name(name, "connectionData")) value = R"([{"name":"another"}])";
                       }
                     }});
  }
  found.push_back(
      {"dialing with a header that is not the user's", episode, Api::messages, true,
       [=](Recording& recording) { recording.exchanges[number].request->headers.emplace_back("X-Other", "value"); }});
  found.push_back({"dialing another path", episode, Api::messages, true, [=](Recording& recording) {
                     std::string& path = recording.exchanges[number].request->path;
                     path = "/elsewhere" + path;
                   }});
}

/// Of equal reconnects and polls any will do; of those to a server that closes each at once our client makes fewer.
bool is_missed(const Episode& episode, const RecordedExchange& step) {
  const auto steps = episode.all(step.request->command());
  const bool flapping = lost_transports(episode).size() > 1;
  if (flapping && step.request->command() == "reconnect" && steps.front() != &step) return false;
  return std::none_of(steps.begin(), steps.end(), [&](const RecordedExchange* other) {
    return other != &step && difference(essence_of(*other->request), essence_of(*step.request)).empty();
  });
}

/// Everything but what is said once connected: that is the same whatever part of our API is used.
void break_connection(const Recording& recording, const Outline& outline, const Episode& episode,
                      const Outcome& outcome, std::size_t index, std::vector<Mutation>& found) {
  add_mutations_of_answers(episode, outcome, index, found);
  if (outline.fed) {
    const RecordedExchange& fed = recording.exchanges[outline.exchanges.front()];
    break_dialing(fed, index, found);  // our user dials as that request was made
    const bool result = fed.request->command() == "send" && fed.response && fed.response->status == 200;
    if (result && episode.all("send").empty() && !fed.response->body.empty())
      add_mutations_of_fed_result(fed, index, found);
    return;
  }
  for (const RecordedExchange* step : outcome.steps) {
    if (step->number != RecordedExchange::kUnnumbered && is_missed(episode, *step)) break_request(*step, index, found);
  }
  break_dialing(episode.steps.front(), index, found);
  if (outcome.kind == Outcome::Kind::connected) break_keep_alive(episode, index, found);
}

}  // namespace

void add_both(std::vector<Mutation>& found, std::size_t episode, Api api, const std::string& what,
              const std::function<void(Recording&)>& apply) {
  const std::string as = api == Api::messages ? "" : std::string(", as ") + to_string(api);
  found.push_back({what + " (played" + as + ")", episode, api, true, apply});
  found.push_back({what + " (judged by" + as + ")", episode, api, false, apply});
}

std::vector<Mutation> mutations_of(const Recording& recording, const Plan& plan) {
  std::vector<Mutation> found;
  for (std::size_t index = 0; index < plan.episodes.size(); ++index) {
    const Outline& outline = plan.episodes[index];
    const Episode episode = realize(outline, recording);
    const Outcome outcome = expected_outcome(episode);
    break_connection(recording, outline, episode, outcome, index, found);
    for (const Api api : kApis) {
      if (!can_play(api, episode)) continue;
      add_mutations_of_messages(recording, outline, outcome, api, index, found);
      add_mutations_of_sights(recording, outline, outcome, api, index, found);
    }
  }
  return found;
}

}  // namespace wire
