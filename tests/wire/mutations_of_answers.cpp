#include "mutations_of_answers.hpp"

#include <string>
#include <utility>

#include "equivalence.hpp"
#include "json.hpp"
#include "mutations_of_messages.hpp"

namespace wire {
namespace {

void break_body(std::vector<Mutation>& found, std::size_t index, std::size_t number, const char* name,
                const char* value) {
  add_both(found, index, Api::messages, std::string("an answer with another ") + name, [=](Recording& recording) {
    std::string& body = recording.exchanges[number].response->body;
    body = with_member(body, name, value);
  });
}

void break_status(std::vector<Mutation>& found, std::size_t index, std::size_t number, int status) {
  add_both(found, index, Api::messages,
           "status " + std::to_string(status == 403 ? 404 : 403) + " instead of " + std::to_string(status),
           [=](Recording& recording) { recording.exchanges[number].response->status = status == 403 ? 404 : 403; });
}

void break_negotiate_answer(std::vector<Mutation>& found, std::size_t index, std::size_t number,
                            const RecordedExchange& step, const Outcome& outcome) {
  const Negotiation negotiation = read_negotiation(step);
  if (negotiation.kind == Negotiation::Kind::token) break_body(found, index, number, "ProtocolVersion", "9.9");
  // Without a connection nobody sees the others.
  if (outcome.kind == Outcome::Kind::connected && negotiation.kind == Negotiation::Kind::token) {
    break_body(found, index, number, "ConnectionToken", "another+token/");
    break_body(found, index, number, "ConnectionId", "another-id");
  }
  if (!negotiation.access_token.empty()) {
    // Judged by the requests that follow.
    found.push_back({"a redirect with another access token", index, Api::messages, true, [=](Recording& recording) {
                       std::string& body = recording.exchanges[number].response->body;
                       body = with_member(body, "AccessToken", "another-token");
                     }});
  }
  if (!negotiation.server_text.empty() && negotiation.status == 0) break_body(found, index, number, "Error", "Another");
}

void break_start_answer(std::vector<Mutation>& found, std::size_t index, std::size_t number,
                        const RecordedResponse& response) {
  if (is_json(response.body)) return break_body(found, index, number, "Response", "stopped");
  add_both(found, index, Api::messages, "another answer to start", [=](Recording& recording) {
    std::string& body = recording.exchanges[number].response->body;
    body = with_last_value_changed(body);
  });
}

void break_refusal_text(std::vector<Mutation>& found, std::size_t index, std::size_t number,
                        const RecordedResponse& response) {
  if (response.body.empty()) return;
  add_both(found, index, Api::messages, "another text of a refusal", [=](Recording& recording) {
    RecordedResponse& changed = *recording.exchanges[number].response;
    changed.body.front() = changed.body.front() == 'x' ? 'y' : 'x';
    if (!changed.pieces.empty()) changed.pieces.front().text = changed.body;
  });
}

}  // namespace

void add_mutations_of_answers(const Episode& episode, const Outcome& outcome, std::size_t index,
                              std::vector<Mutation>& found) {
  for (const RecordedExchange* step : outcome.steps) {
    const std::string command = step->request->command();
    const std::size_t number = step->number;
    // However abort is answered, closing succeeds.
    if (number == RecordedExchange::kUnnumbered || !step->response || command == "abort") continue;
    if (!is_needed(episode, *step)) continue;
    const bool blamed = outcome.steps.back() == step && outcome.status != 0;
    if (step->response->complete || blamed) break_status(found, index, number, step->response->status);
    const bool opening = command == "negotiate" || command == "connect" || command == "start";
    if (opening && (blamed || outcome.kind == Outcome::Kind::connected)) {
      add_both(found, index, Api::messages, "no answer to " + command,
               [=](Recording& recording) { recording.exchanges[number].response.reset(); });
    }
    if (command == "negotiate") break_negotiate_answer(found, index, number, *step, outcome);
    if (blamed) break_refusal_text(found, index, number, *step->response);
    if (command == "start" && step->response->status == 200) break_start_answer(found, index, number, *step->response);
  }
}

void add_mutations_of_fed_result(const RecordedExchange& recorded, std::size_t index, std::vector<Mutation>& found) {
  const std::size_t number = recorded.number;
  break_status(found, index, number, recorded.response->status);
  add_both(found, index, Api::messages, "another result of /send", [=](Recording& recording) {
    RecordedResponse& answer = *recording.exchanges[number].response;
    answer.body = with_last_value_changed(answer.body);
    answer.pieces.clear();
  });
}

}  // namespace wire
