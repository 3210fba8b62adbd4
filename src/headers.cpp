#include <signalr/headers.hpp>

#include <algorithm>

#include "protocol/ascii.hpp"

namespace signalr {

void Headers::add(std::string name, std::string value) { fields_.push_back({std::move(name), std::move(value)}); }

void Headers::set(std::string name, std::string value) {
  remove(name);
  add(std::move(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  const auto same = [&](const Header& field) { return detail::protocol::equal_ignoring_case(field.name, name); };
  fields_.erase(std::remove_if(fields_.begin(), fields_.end(), same), fields_.end());
}

const std::string* Headers::find(std::string_view name) const noexcept {
  for (const Header& field : fields_) {
    if (detail::protocol::equal_ignoring_case(field.name, name)) return &field.value;
  }
  return nullptr;
}

}  // namespace signalr
