// What the envelope scanner should find in a text, worked out the slow and plain way from a tree of RapidJSON's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "json_oracle.hpp"
#include "protocol/envelope.hpp"
#include "protocol/json_text.hpp"

namespace signalr::test {

/// Scans `text` and compares with the oracle's opinion. Empty: they agree (or the oracle has none), else what is wrong.
class FrameOracle {
 public:
  explicit FrameOracle(std::size_t max_depth) : max_depth_(max_depth), scanner_(max_depth), oracle_(max_depth) {}

  std::string complaint(std::string_view text) {
    problem_.clear();
    text_ = text;
    const detail::protocol::ScanError error = scanner_.scan(text);
    const bool accepted = error == detail::protocol::ScanError::none;
    const bool blank = text.find_first_not_of(" \t\r\n") == std::string_view::npos;
    const bool is_utf8 = JsonOracle::is_utf8(text);
    expect(is_utf8 == detail::protocol::is_valid_utf8(text), "is_valid_utf8");
    expect((error == detail::protocol::ScanError::utf8) == !is_utf8, "ScanError::utf8");
    if (!accepted) {
      expect(scanner_.error_offset() <= text.size(), "error_offset");
      expect(scanner_.frame().kind == detail::protocol::FrameKind::keep_alive, "rejected, but there is a frame");
    }
    expect(
        (detail::protocol::check_json(text, max_depth_) == detail::protocol::ScanError::none) == (accepted && !blank),
        "check_json");
    if (blank) {
      expect(accepted && scanner_.frame().kind == detail::protocol::FrameKind::keep_alive, "blank text");
      return problem_;
    }
    const Opinion opinion = oracle_.ask(text);
    if (opinion == Opinion::unsure) return problem_;
    expect(accepted == (opinion == Opinion::accepts), accepted ? "only we accept it" : "only the oracle accepts it");
    if (accepted && problem_.empty()) check(scanner_.frame(), oracle_.tree());
    return problem_;
  }

 private:
  using Type = JsonTree::Type;

  void expect(bool ok, std::string_view what) {
    if (!ok && problem_.empty()) problem_ = what;
  }

  void check(const detail::protocol::Frame& frame, const JsonTree& root) {
    using detail::protocol::FrameKind;
    const JsonTree* const error = root.find("E");
    const bool failed = error != nullptr && !error->is(Type::null);
    const FrameKind kind = !root.is(Type::object)      ? FrameKind::foreign
                           : root.keys.empty()         ? FrameKind::keep_alive
                           : root.find("I") != nullptr ? FrameKind::result
                           : failed                    ? FrameKind::failure
                                                       : FrameKind::persistent;
    expect(frame.kind == kind, "kind");
    const JsonTree nothing;
    const bool persistent = kind == FrameKind::persistent;
    check_persistent(frame, persistent ? root : nothing, persistent);
    check_result(frame, kind == FrameKind::result ? root : nothing);
    expect_json(frame.error, failed ? error : nullptr, "error");
  }

  void check_persistent(const detail::protocol::Frame& frame, const JsonTree& root, bool persistent) {
    const JsonTree* cursor = string(root.find("C"));
    expect_text(frame.cursor, cursor != nullptr && !cursor->text.empty() ? cursor : nullptr, "cursor");
    expect_text(frame.groups_token, string(root.find("G")), "groups token");
    expect_json(frame.status, root.find("S"), "status");
    expect(frame.init == is_one(root.find("S")), "init");
    expect(frame.should_reconnect == is_one(root.find("T")), "should_reconnect");
    expect(frame.disconnect == is_one(root.find("D")), "disconnect");
    const JsonTree* delay = root.find("L");
    const bool has_delay = delay != nullptr && delay->is(Type::number) &&
                           delay->text.find_first_not_of("0123456789") == std::string::npos && delay->text != "0";
    expect((frame.poll_delay_ms != 0) == has_delay, "poll delay");
    if (has_delay && delay->text.size() < 19) expect(std::to_string(frame.poll_delay_ms) == delay->text, "poll delay");

    const JsonTree* messages = root.find("M");
    expect(frame.has_messages == (messages != nullptr && messages->is(Type::array)), "has_messages");
    expect(frame.malformed_messages == (messages != nullptr && !messages->is(Type::array)), "malformed_messages");
    const std::size_t count = persistent && frame.has_messages ? messages->values.size() : 0;
    expect(frame.elements.size() == count, "number of elements");
    std::size_t argument = 0;
    for (std::size_t i = 0; i < count && problem_.empty(); ++i) {
      check_element(frame, frame.elements[i], messages->values[i], argument);
    }
    expect(frame.arguments.size() == argument, "number of arguments");
  }

  void check_element(const detail::protocol::Frame& frame, const detail::protocol::Element& element,
                     const JsonTree& tree, std::size_t& argument) {
    expect_json(element.json, &tree, "element");
    expect_text(element.hub, string(tree.find("H")), "element's hub");
    expect_text(element.method, string(tree.find("M")), "element's method");
    expect_json(element.state, object(tree.find("S")), "element's state");
    const JsonTree* progress = object(tree.find("P"));
    expect_json(element.progress, progress, "element's progress");
    expect_text(element.progress_id, progress != nullptr ? id(progress->find("I")) : nullptr, "progress id");
    expect_json(element.progress_data, progress != nullptr ? progress->find("D") : nullptr, "progress data");
    const JsonTree* arguments = tree.find("A");
    expect(element.has_arguments == (arguments != nullptr && arguments->is(Type::array)), "has_arguments");
    expect(element.malformed_arguments ==
               (arguments != nullptr && !arguments->is(Type::array) && !arguments->is(Type::null)),
           "malformed_arguments");
    const std::size_t count = element.has_arguments ? arguments->values.size() : 0;
    expect(element.first_argument == argument && element.argument_count == count, "place of the arguments");
    argument += count;
    expect(argument <= frame.arguments.size(), "number of arguments");
    for (std::size_t i = 0; i < count && problem_.empty(); ++i) {
      expect_json(frame.arguments[element.first_argument + i], &arguments->values[i], "argument");
    }
  }

  void check_result(const detail::protocol::Frame& frame, const JsonTree& root) {
    expect_text(frame.id, id(root.find("I")), "id");
    expect_json(frame.result, root.find("R"), "result");
    const JsonTree* hub_error = root.find("H");
    expect(frame.hub_error == (hub_error != nullptr && hub_error->text == "true" && hub_error->is(Type::boolean)),
           "hub_error");
    expect_json(frame.error_data, frame.kind == detail::protocol::FrameKind::result ? root.find("D") : nullptr,
                "error data");
    expect_json(frame.state, object(root.find("S")), "state");
    const JsonTree* progress = object(root.find("P"));
    expect_json(frame.progress, progress, "progress");
    expect_text(frame.progress_id, progress != nullptr ? id(progress->find("I")) : nullptr, "progress id");
    expect_json(frame.progress_data, progress != nullptr ? progress->find("D") : nullptr, "progress data");
  }

  static const JsonTree* string(const JsonTree* tree) {
    return tree != nullptr && tree->is(Type::string) ? tree : nullptr;
  }
  static const JsonTree* object(const JsonTree* tree) {
    return tree != nullptr && tree->is(Type::object) ? tree : nullptr;
  }
  static const JsonTree* id(const JsonTree* tree) {
    if (tree == nullptr || tree->is(Type::string)) return tree;
    return tree->is(Type::number) && tree->text.find_first_of(".eE") == std::string::npos ? tree : nullptr;
  }
  static bool is_one(const JsonTree* tree) {
    if (tree == nullptr || !tree->is(Type::number)) return false;
    std::string text = tree->text;
    if (text.find('.') != std::string::npos) text.erase(text.find_last_not_of('0') + 1);
    return text == "1" || text == "1.";
  }

  bool inside(std::string_view part) const {
    return part.data() >= text_.data() && part.data() + part.size() <= text_.data() + text_.size();
  }
  void expect_text(const std::optional<detail::protocol::JsonString>& got, const JsonTree* wanted,
                   std::string_view what) {
    expect(got.has_value() == (wanted != nullptr), what);
    if (!got || wanted == nullptr) return;
    expect(inside(got->text), what);
    std::string decoded;
    got->append_to(decoded);
    expect(decoded == wanted->text, what);
    expect(got->escaped == (got->text.find('\\') != std::string_view::npos), what);
  }
  void expect_json(std::string_view got, const JsonTree* wanted, std::string_view what) {
    expect(got.empty() == (wanted == nullptr), what);
    if (got.empty() || wanted == nullptr) return;
    expect(inside(got), what);
    JsonOracle parser(max_depth_);
    // White space around doesn't belong to a slice.
    expect(got.find_first_of(" \t\r\n") != 0 && got.find_last_of(" \t\r\n") != got.size() - 1, what);
    expect(parser.ask(got) == Opinion::accepts && parser.tree() == *wanted, what);
  }

  std::size_t max_depth_;
  detail::protocol::EnvelopeScanner scanner_;
  JsonOracle oracle_;
  std::string_view text_;
  std::string problem_;
};

}  // namespace signalr::test
