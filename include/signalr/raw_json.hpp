// JSON as text, unconverted: what arguments and results are until somebody asks for a type.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <signalr/export.hpp>

namespace signalr {

/// A view of one JSON value's text inside a buffer that somebody else owns: a message, a frame.
class RawJsonView {
 public:
  RawJsonView() noexcept = default;  ///< missing: `text()` is empty
  /// The text isn't checked.
  explicit RawJsonView(std::string_view text) noexcept : text_(text) {}

  std::string_view text() const noexcept { return text_; }
  /// Whether there is no value at all, as for members that a message may leave out. JSON's null is a value.
  bool missing() const noexcept { return text_.empty(); }
  bool is_null() const noexcept { return text_ == "null"; }

 private:
  std::string_view text_;
};

/// One JSON value's text, owned.
class SIGNALR_API RawJson {
 public:
  RawJson() : text_("null") {}
  explicit RawJson(RawJsonView view) : text_(view.missing() ? std::string_view("null") : view.text()) {}

  /// Checks the text (RFC 8259, UTF-8, at most 128 containers deep) and keeps it, without white space around it.
  /// Throws UsageError.
  static RawJson parse(std::string text);

  const std::string& text() const noexcept { return text_; }
  bool is_null() const noexcept { return text_ == "null"; }
  operator RawJsonView() const noexcept { return RawJsonView(text_); }  // NOLINT(google-explicit-constructor)

 private:
  std::string text_;
};

namespace detail {
/// For parsers that refuse what JSON allows and servers send: a surrogate escape that stands alone becomes U+FFFD's.
SIGNALR_API std::string without_lone_surrogates(std::string_view json);
}  // namespace detail

inline bool operator==(RawJsonView a, RawJsonView b) noexcept { return a.text() == b.text(); }
inline bool operator!=(RawJsonView a, RawJsonView b) noexcept { return !(a == b); }

}  // namespace signalr
