#include "mutations_of_sights.hpp"

#include <cctype>
#include <string>
#include <utility>

#include "json.hpp"
#include "sights.hpp"

namespace wire {
namespace {

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool is_judged(const Sight& sight) {
  return sight.kind == SightKind::step ? sent_by(sight.text).has_value() : sight.kind != SightKind::other;
}

/// The message of a failure is changed at its beginning: what follows it is the client's own.
std::string changed_failure(std::string line) {
  const std::size_t colon = line.find(": ");
  for (std::size_t i = colon == line.npos ? 4 : colon + 2; i < line.size(); ++i) {
    if (!is_alnum(line[i])) continue;
    line[i] = line[i] == 'x' ? 'y' : 'x';
    break;
  }
  return line;
}

std::string changed_line(const std::string& line, SightKind kind) {
  if (kind == SightKind::failure) return changed_failure(line);
  // The words that tell the kind stay: "  recv ", "> invoke ".
  std::size_t kept = line.find(' ', 2);
  kept = kept == line.npos ? 0 : kept + 1;
  return line.substr(0, kept) + with_last_value_changed(line.substr(kept));
}

}  // namespace

void add_mutations_of_sights(const Recording& recording, const Outline& outline, const Outcome& outcome, Api api,
                             std::size_t index, std::vector<Mutation>& found) {
  const std::string as = api == Api::messages ? "" : std::string(", as ") + to_string(api);
  const auto begin = recording.client_saw.begin();
  const std::vector<std::string> lines(begin + static_cast<std::ptrdiff_t>(outline.saw_begin),
                                       begin + static_cast<std::ptrdiff_t>(outline.saw_end));
  const bool connected = outcome.kind == Outcome::Kind::connected;
  for (const Sight& sight : read_sights(lines)) {
    if (!is_judged(sight)) continue;
    const std::size_t line = outline.saw_begin + sight.line;
    const std::string changed = changed_line(lines[sight.line], sight.kind);
    const bool text_is_judged = sight.kind != SightKind::closed && (connected || sight.kind != SightKind::failure);
    if (text_is_judged && changed != lines[sight.line]) {
      found.push_back({"the user sees something else than \"" + lines[sight.line] + "\"" + as, index, api, false,
                       [=](Recording& other) { other.client_saw[line] = changed; }});
    }
    if (sight.kind == SightKind::hub_state) continue;  // printed when the program felt like it
    found.push_back({"the user sees \"" + lines[sight.line] + "\", which the recorded one didn't" + as, index, api,
                     false, [=](Recording& other) { other.client_saw[line].clear(); }});
  }
}

}  // namespace wire
