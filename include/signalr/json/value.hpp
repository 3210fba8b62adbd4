// JSON that was taken apart, for decoding into types. Numbers stay text, so that none loses a digit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <signalr/decode_error.hpp>
#include <signalr/export.hpp>
#include <signalr/raw_json.hpp>

namespace signalr {

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

/// "null", "a number", …: for errors.
SIGNALR_API std::string_view describe(JsonKind kind) noexcept;

class JsonDocument;
class JsonValue;

namespace detail {

// Views have one that says why not: it is deleted.
template <class T, class = void>
inline constexpr bool kHasFromJson = std::is_same_v<T, std::string_view> || std::is_same_v<T, RawJsonView>;
template <class T>
inline constexpr bool
    kHasFromJson<T, std::void_t<decltype(from_json(std::declval<const JsonValue&>(), std::declval<T&>()))>> = true;

// One value, or one member's name, in the order of the text: children follow their container, a value its name.
struct JsonNode {
  std::uint32_t begin = 0;  // of its text, in bytes from the beginning of the document's
  std::uint32_t end = 0;
  std::uint32_t next = 1;  // the first node that doesn't belong to this value
  std::uint32_t count = 0;
  JsonKind kind = JsonKind::null;
  bool escaped = false;  // strings: whether there is a backslash in it
};

}  // namespace detail

/// One value inside a JsonDocument; as cheap to copy as a pointer, valid while the document lives.
///
/// A type of yours is decoded by a function next to it, which is found by its argument (or by SIGNALR_JSON, which
/// writes it): `void from_json(const signalr::JsonValue& json, Point& point) { point.x = json.get<int>("x"); }`.
class SIGNALR_API JsonValue {
 public:
  class Elements;
  class Members;
  struct Member;

  JsonKind kind() const noexcept { return node_->kind; }
  bool is_null() const noexcept { return kind() == JsonKind::null; }
  /// The value as it came.
  RawJsonView json() const noexcept;

  /// Decodes it: throws DecodeError, which says where in the document this value is.
  template <class T>
  T get() const {
    static_assert(detail::kHasFromJson<T>,
                  "signalr: T can't be decoded; SIGNALR_JSON(T, fields...) next to it makes it so, or a from_json");
    T value{};
    if constexpr (detail::kHasFromJson<T>) from_json(*this, value);
    return value;
  }
  /// Decodes the member of that name. Throws DecodeError, also when there is none and T isn't a std::optional.
  template <class T>
  T get(std::string_view name) const;

  /// The elements of an array, in order. Throws DecodeError for all else.
  Elements elements() const;
  /// The members of an object, in order. Throws DecodeError for all else.
  Members members() const;
  /// The member of exactly that name; the last one when there are several. Throws DecodeError unless this is an object.
  std::optional<JsonValue> find(std::string_view name) const;
  /// How many elements an array or members an object has; 0 for all else.
  std::size_t size() const noexcept { return node_->count; }

  /// A string, decoded. Throws DecodeError for all else.
  std::string string() const;
  /// A string that needs no decoding, as a view into the text that the document was made of. Throws DecodeError for
  /// strings with escapes, and for all else.
  std::string_view plain_string() const;
  /// Whether this is the string `wanted`.
  bool is_string(std::string_view wanted) const;

  /// Throws DecodeError unless it is of that kind.
  void expect(JsonKind kind) const {
    if (kind != this->kind()) fail(std::string(describe(kind)));
  }
  /// Throws DecodeError: `expected` in words, and what this is instead and where.
  [[noreturn]] void fail(std::string expected) const;
  /// Throws DecodeError: this object should have a member of that name.
  [[noreturn]] void fail_without(std::string_view member) const;

 private:
  friend class JsonDocument;
  JsonValue(const JsonDocument& document, const detail::JsonNode* node) noexcept : document_(&document), node_(node) {}
  std::string_view text() const noexcept;

  const JsonDocument* document_;
  const detail::JsonNode* node_;
};

/// A member of an object. The name is a string, which may be written with escapes: hence a JsonValue as well.
struct JsonValue::Member {
  JsonValue name;
  JsonValue value;
};

/// Takes a text apart. Neither the text nor anything in it is copied: it must outlive this and its JsonValues.
class SIGNALR_API JsonDocument {
 public:
  /// The text is checked by the rules of RawJson::parse; throws DecodeError. A missing value is taken as null.
  explicit JsonDocument(RawJsonView json);
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;
  ~JsonDocument() = default;

  JsonValue root() const noexcept { return JsonValue(*this, first()); }

 private:
  friend class JsonValue;

  const detail::JsonNode* first() const noexcept { return nodes_.empty() ? &scalar_ : nodes_.data(); }
  std::string path_to(const detail::JsonNode& wanted) const;
  void read_container();

  std::string_view text_;
  detail::JsonNode scalar_;              // a document that is no container takes no memory
  std::vector<detail::JsonNode> nodes_;  // of a container
};

/// For range-for: JsonValue.
class JsonValue::Elements {
 public:
  class Iterator {
   public:
    Iterator(const JsonDocument& document, const detail::JsonNode* node) noexcept : document_(&document), node_(node) {}
    JsonValue operator*() const noexcept { return JsonValue(*document_, node_); }
    Iterator& operator++() noexcept {
      node_ = document_->first() + node_->next;
      return *this;
    }
    bool operator!=(const Iterator& other) const noexcept { return node_ != other.node_; }

   private:
    const JsonDocument* document_;
    const detail::JsonNode* node_;
  };

  Iterator begin() const noexcept { return {*array_.document_, array_.node_ + 1}; }
  Iterator end() const noexcept { return {*array_.document_, array_.document_->first() + array_.node_->next}; }
  std::size_t size() const noexcept { return array_.size(); }

 private:
  friend class JsonValue;
  explicit Elements(JsonValue array) noexcept : array_(array) {}
  JsonValue array_;
};

/// For range-for: Member.
class JsonValue::Members {
 public:
  class Iterator {
   public:
    Iterator(const JsonDocument& document, const detail::JsonNode* name) noexcept : document_(&document), name_(name) {}
    Member operator*() const noexcept { return {JsonValue(*document_, name_), JsonValue(*document_, name_ + 1)}; }
    Iterator& operator++() noexcept {
      name_ = document_->first() + name_[1].next;
      return *this;
    }
    bool operator!=(const Iterator& other) const noexcept { return name_ != other.name_; }

   private:
    const JsonDocument* document_;
    const detail::JsonNode* name_;
  };

  Iterator begin() const noexcept { return {*object_.document_, object_.node_ + 1}; }
  Iterator end() const noexcept { return {*object_.document_, object_.document_->first() + object_.node_->next}; }
  std::size_t size() const noexcept { return object_.size(); }

 private:
  friend class JsonValue;
  explicit Members(JsonValue object) noexcept : object_(object) {}
  JsonValue object_;
};

inline JsonValue::Elements JsonValue::elements() const {
  expect(JsonKind::array);
  return Elements(*this);
}

inline JsonValue::Members JsonValue::members() const {
  expect(JsonKind::object);
  return Members(*this);
}

}  // namespace signalr
