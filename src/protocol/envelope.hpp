// Reads one frame of the server in a single pass: checks that it is JSON, and notes where the parts are that the
// protocol knows (P§5, P§6). Nothing is copied or converted; arguments stay slices of the frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalr::detail::protocol {

/// The text of a JSON string between its quotes, escapes and all.
struct JsonString {
  std::string_view text;
  bool escaped = false;  ///< whether there is a backslash in it

  /// Appends the decoded text: U+FFFD for a surrogate that stands alone (P#123). Only for strings that the scanner has
  /// accepted.
  void append_to(std::string& out) const;
};

/// The text of an `E`: a string's, else the JSON itself (P#84). Nothing when it is missing.
std::optional<JsonString> error_text(std::string_view json) noexcept;
/// The same, decoded; empty when it is missing.
std::string decoded_error(std::string_view json);

/// What a frame is (P§5.1, P§5.2), decided in the order of P§5.3.
enum class FrameKind : std::uint8_t {
  keep_alive,  ///< empty text, white space, or an object without members
  result,      ///< has `I`: the answer to a call
  failure,     ///< has `E` and no `I`: a global error; the connection ends
  persistent,  ///< everything else: C, M, S, T, D, G, L
  foreign,     ///< valid JSON, but no object
};

/// A report about a call that goes on (P§6.5); all missing unless `P` is an object.
struct Progress {
  std::string_view progress;              ///< `P`
  std::optional<JsonString> progress_id;  ///< `P`.`I` as text: a string's, or an integer number's
  std::string_view progress_data;         ///< `P`.`D`; empty: null
};

/// One element of `M`. All views are slices of the frame; an empty view means that the member is missing.
struct Element : Progress {
  std::string_view json;             ///< the whole element
  std::optional<JsonString> hub;     ///< `H`, if it is a string
  std::optional<JsonString> method;  ///< `M`, if it is a string
  std::string_view state;            ///< `S`, if it is an object
  std::size_t first_argument = 0;    ///< index into Frame::arguments
  std::size_t argument_count = 0;
  bool has_arguments = false;        ///< `A` is an array
  bool malformed_arguments = false;  ///< `A` is there, but neither an array nor null

  // Not `= default`: for those, vectors fill the memory with zeros first.
  Element() noexcept {}  // NOLINT(modernize-use-equals-default)
};

/// What a persistent frame holds, but for its messages. "The number 1" may be spelled 1 or 1.0, not 1e0.
struct PersistentMembers {
  std::optional<JsonString> cursor;        ///< `C`, if a string that isn't empty (P#54)
  std::optional<JsonString> groups_token;  ///< `G`, if a string (P#55)
  std::string_view status;                 ///< `S` as it came, for errors
  std::uint64_t poll_delay_ms = 0;         ///< `L`, if a positive integer (saturated); else 0 (P#62)
  bool init = false;                       ///< `S` is the number 1 (P#47)
  bool should_reconnect = false;           ///< `T` is the number 1
  bool disconnect = false;                 ///< `D` is the number 1
  bool has_messages = false;               ///< `M` is an array
  bool malformed_messages = false;         ///< `M` is there but no array (P#57)
};

/// What a result holds (P§6.3), and a failure, which has but an error. Old servers report progress here.
struct ResultMembers : Progress {
  std::string_view error;        ///< `E` as JSON text; empty: missing, or null (P#84)
  std::optional<JsonString> id;  ///< `I` as text: a string's, or an integer number's; nothing for all else (P#82)
  std::string_view result;       ///< `R`; empty: missing
  std::string_view error_data;   ///< `D`
  std::string_view state;        ///< `S`, if it is an object
  bool hub_error = false;        ///< `H` is true
};

/// One scanned frame. Views are slices of the scanned text. Only the members of its own kind are filled: `M` of a
/// result isn't there (P#58). Duplicate keys: the last one wins, with its whole value (P#63).
struct Frame : PersistentMembers, ResultMembers {
  FrameKind kind = FrameKind::keep_alive;
  std::vector<Element> elements;            ///< of `M`, in order
  std::vector<std::string_view> arguments;  ///< of all elements' `A`, in order
};

/// Why a text was rejected.
enum class ScanError : std::uint8_t {
  none,
  syntax,    ///< no JSON
  utf8,      ///< the text isn't valid UTF-8, whatever else may be wrong with it
  depth,     ///< more containers in each other than max_depth
  trailing,  ///< something follows the value
  parts,     ///< more elements or arguments than max_parts
};

/// Scans frames; keeps its vectors between frames, so that a steady stream costs no allocation.
class EnvelopeScanner {
 public:
  /// An element takes some 300 bytes here and in a Message, on the wire as few as two: max_parts, for elements and for
  /// arguments each, bounds what a hostile server can make of that.
  static constexpr std::size_t kDefaultMaxParts = 1 << 16;

  explicit EnvelopeScanner(std::size_t max_depth, std::size_t max_parts = kDefaultMaxParts)
      : max_depth_(max_depth), max_parts_(max_parts) {}

  /// Accepts RFC 8259 texts in valid UTF-8 up to max_depth containers deep, and empty texts. White space around is
  /// fine. `text` must stay alive while `frame()` is used. Takes time linear in the text, and no stack for its depth.
  ScanError scan(std::string_view text);

  /// The result of the last scan; a keep-alive if that failed.
  const Frame& frame() const noexcept { return frame_; }
  /// Where the last scan stopped: the offset of the first byte that was rejected.
  std::size_t error_offset() const noexcept { return error_offset_; }

 private:
  Frame frame_;
  std::size_t max_depth_;
  std::size_t max_parts_;
  std::size_t error_offset_ = 0;
};

}  // namespace signalr::detail::protocol
