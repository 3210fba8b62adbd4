#include "sights.hpp"

#include <array>
#include <utility>

#include "json.hpp"
#include "printed_json.hpp"

namespace wire {
namespace {

struct Beginning {
  std::string_view text;
  SightKind kind;
};

// "  state {" before "  state ": the first that fits counts.
constexpr std::array<Beginning, 13> kBeginnings = {{{"> ", SightKind::step},
                                                    {"  state {", SightKind::hub_state},
                                                    {"  state ", SightKind::state},
                                                    {"  recv ", SightKind::received},
                                                    {"  = ", SightKind::result},
                                                    {"  ! ", SightKind::failure},
                                                    {"  progress ", SightKind::progress},
                                                    {"  closed", SightKind::closed},
                                                    {"  disconnected", SightKind::closed},
                                                    {"  error ", SightKind::other},
                                                    {"  ok", SightKind::other},
                                                    {"  started ", SightKind::other},
                                                    {"  reconnected", SightKind::other}}};

const Beginning* beginning_of(std::string_view line) {
  for (const Beginning& beginning : kBeginnings) {
    if (line.substr(0, beginning.text.size()) == beginning.text) return &beginning;
  }
  return nullptr;
}

bool begins_with(std::string_view text, std::string_view part) { return text.substr(0, part.size()) == part; }

std::string javascript_text(const std::string& json) {
  const Json value = parse_json(json);
  return !value.HasParseError() && value.IsString() ? std::string(string_of(value)) : json;
}

}  // namespace

std::vector<Sight> read_sights(const std::vector<std::string>& lines) {
  std::vector<Sight> sights;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (line.empty()) continue;
    const Beginning* beginning = beginning_of(line);
    if (beginning == nullptr) {
      // A remark of the program or of the browser, or another line of what was printed before.
      const bool remark = begins_with(line, "passed ") || begins_with(line, "Failed to load ");
      if (remark) {
        sights.push_back({SightKind::other, line, i});
      } else if (!sights.empty()) {
        sights.back().text += '\n' + line;
      }
      continue;
    }
    const std::size_t skipped = beginning->kind == SightKind::hub_state ? 8 : beginning->text.size();
    sights.push_back({beginning->kind, line.substr(skipped), i});
  }
  return sights;
}

std::optional<std::string> sent_by(std::string_view step) {
  const std::size_t space = step.find(' ');
  if (space == step.npos) return std::nullopt;
  const std::string_view verb = step.substr(0, space);
  if (verb == "send" || verb == "sendjson") return std::string(step.substr(space + 1));
  const std::size_t array = step.find('[');
  if (verb == "state" || array == step.npos || !is_json(step.substr(array))) return std::nullopt;
  return std::string(step.substr(array));
}

std::optional<std::pair<std::string, std::string>> set_by(std::string_view step) {
  const std::size_t equals = step.find('=');
  if (step.substr(0, 6) != "state " || equals == step.npos) return std::nullopt;
  std::string_view name = step.substr(6, equals - 6);
  name.remove_prefix(name.rfind(' ') + 1);  // the hub's, where there are several
  return std::pair(std::string(name), std::string(step.substr(equals + 1)));
}

bool prints_value(std::string_view printed, std::string_view json) {
  if (json.empty() || json == "null") return printed == "null" || printed == "undefined" || printed.empty();
  if (same_printed_json(printed, json)) return true;
  const Json value = parse_json(json);
  return !value.HasParseError() && value.IsString() && string_of(value) == printed;
}

bool prints_arguments(std::string_view printed, const std::vector<std::string>& args) {
  std::string dotnet = "[";
  std::string javascript;
  for (std::size_t i = 0; i < args.size(); ++i) {
    dotnet += (i > 0 ? "," : "") + args[i];
    javascript += (i > 0 ? " " : "") + javascript_text(args[i]);
  }
  return printed == javascript || same_printed_json('[' + std::string(printed) + ']', dotnet + ']');
}

PrintedFailure read_failure(std::string_view printed) {
  PrintedFailure failure;
  std::string text(printed);
  if (const std::size_t source = text.rfind(" source="); source != text.npos) {
    failure.hub_exception = text.substr(source + 8) == "HubException";
    text.resize(source);
  } else if (const std::size_t colon = text.find(": "); colon != text.npos) {
    failure.hub_exception = text.compare(0, colon, "HubException") == 0;
    text.erase(0, colon + 2);
  }
  if (const std::size_t data = text.find(" data="); data != text.npos) {
    failure.has_data = true;
    failure.data = text.substr(data + 6);
    text.resize(data);
  }
  failure.message = std::move(text);
  return failure;
}

}  // namespace wire
