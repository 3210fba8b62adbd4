#include "call_ids.hpp"

#include <vector>

#include "json.hpp"
#include "json_slices.hpp"

namespace wire {
namespace {

struct Edit {
  std::string_view place;  ///< in the message
  std::string text;
};

std::string edited(std::string_view message, const std::vector<Edit>& edits) {
  std::string result;
  const char* done = message.data();
  for (const Edit& edit : edits) {
    result.append(done, static_cast<std::size_t>(edit.place.data() - done)).append(edit.text);
    done = edit.place.data() + edit.place.size();
  }
  return result.append(done, static_cast<std::size_t>(message.data() + message.size() - done));
}

std::string quoted(const std::string& id) { return '"' + id + '"'; }

}  // namespace

std::string id_in(std::string_view message) {
  if (message.find("\"I\"") == message.npos) return {};
  const Json json = parse_json(message);
  return json.HasParseError() ? std::string() : id_of(json);
}

void CallIds::note(std::string_view recorded, std::string_view ours) {
  const std::string theirs = id_in(recorded);
  if (!theirs.empty()) open_[theirs].push_back(id_in(ours));
}

std::string CallIds::ours(const std::string& recorded, bool answered) {
  const auto found = open_.find(recorded);
  if (found == open_.end() || found->second.empty()) return "nobody's " + recorded;
  const std::string id = found->second.front();
  if (answered) found->second.pop_front();
  return id;
}

std::string CallIds::translated(std::string_view message) {
  if (message.find("\"I\"") == message.npos) return std::string(message);
  const Json json = parse_json(message);
  if (json.HasParseError() || !json.IsObject()) return std::string(message);
  if (const auto id = member_slice(message, "I")) {
    if (*id == "null") return std::string(message);
    return edited(message, {{*id, quoted(ours(id_of(json), true))}});
  }
  std::vector<Edit> edits;
  for (const std::string_view element : element_slices(member_slice(message, "M").value_or("[]"))) {
    const auto progress = member_slice(element, "P");
    const auto inner = progress ? member_slice(*progress, "I") : std::nullopt;
    const auto outer = member_slice(element, "I");
    if (!inner || !outer) continue;
    const std::string id = ours(id_in(*progress), false);
    const Edit of_outer{*outer, quoted("P|" + id)};
    const Edit of_inner{*inner, quoted(id)};
    const bool outer_first = outer->data() < inner->data();
    edits.push_back(outer_first ? of_outer : of_inner);
    edits.push_back(outer_first ? of_inner : of_outer);
  }
  return edited(message, edits);
}

}  // namespace wire
