// The envelope scanner against RapidJSON: they accept the same texts and find the same parts in them; and a Message
// made of a frame shows the same after copying and moving. Which differences are tolerated: see json_oracle.hpp.
#include <signalr/message.hpp>

#include <utility>

#include "../support/frame_oracle.hpp"
#include "fuzz.hpp"
#include "protocol/envelope.hpp"
#include "protocol/json_text.hpp"

namespace {

using namespace signalr;

constexpr std::size_t kDepth = 16;

// Everything that a message shows, in one text.
std::string shown(const Message& message) {
  std::string all;
  const auto add = [&all](std::string_view part) { all.append(part).push_back('\n'); };
  add(message.text());
  add(message.message_id());
  add(message.groups_token());
  add(message.invocation_id());
  add(message.result().text());
  add(message.error());
  add(message.error_detail().text());
  add(message.state().text());
  for (const HubCallView& call : message.messages()) {
    add(call.json.text());
    add(call.hub);
    add(call.method);
    for (const RawJsonView& arg : call) add(arg.text());
    add(call.state.text());
    add(call.progress_id);
    add(call.progress.text());
  }
  return all;
}

void check_message(std::string_view text) {
  static Message kept;  // re-used: nothing of the last input may show
  detail::protocol::EnvelopeScanner scanner(kDepth);
  if (scanner.scan(text) != detail::protocol::ScanError::none) return;
  kept.assign(text, scanner.frame());
  Message fresh;
  fresh.assign(text, scanner.frame());
  const std::string wanted = shown(fresh);
  fuzz::require(shown(kept) == wanted, "a re-used message shows something else");
  Message copy(fresh);
  fuzz::require(shown(copy) == wanted, "a copy shows something else");
  const Message moved(std::move(copy));
  fuzz::require(shown(moved) == wanted, "a moved message shows something else");
}

void check_writing(std::string_view text) {
  std::string json;
  detail::protocol::append_json_string(json, text);
  test::JsonOracle oracle(1);
  fuzz::require(oracle.ask(json) == test::Opinion::accepts, "RapidJSON can't read a string that we wrote");
  if (detail::protocol::is_valid_utf8(text))
    fuzz::require(oracle.tree().text == text, "a string isn't read as it was written");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static test::FrameOracle oracle(kDepth);
  const std::string_view text = fuzz::text_of(data, size);
  const std::string complaint = oracle.complaint(text);
  fuzz::require(complaint.empty(), complaint);
  check_message(text);
  check_writing(text);
  return 0;
}
