// HTTP header fields in order, names compared without regard to case.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/export.hpp>

namespace signalr {

struct Header {
  std::string name;
  std::string value;
};

/// A list of header fields. Order and repetition are kept; look-ups ignore the case of ASCII letters.
class SIGNALR_API Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> fields) : fields_(fields) {}

  /// Appends a field, also when one of that name is there already.
  void add(std::string name, std::string value);
  /// Replaces all fields of that name by this one.
  void set(std::string name, std::string value);
  void remove(std::string_view name);

  /// The first field's value; null when there is none. Valid until the list changes.
  const std::string* find(std::string_view name) const noexcept;

  auto begin() const noexcept { return fields_.begin(); }
  auto end() const noexcept { return fields_.end(); }
  bool empty() const noexcept { return fields_.empty(); }
  std::size_t size() const noexcept { return fields_.size(); }

 private:
  std::vector<Header> fields_;
};

}  // namespace signalr
