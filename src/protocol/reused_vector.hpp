// Vectors that are filled anew for each frame.
#pragma once

#include <cstddef>

namespace signalr::detail::protocol {

/// Empties a vector or string and keeps its memory for the next frame, unless that is large and was hardly used: one
/// huge frame must not cost its memory for the rest of the connection's life.
template <class Container>
void clear_for_reuse(Container& container) {
  constexpr std::size_t kAlwaysKeptBytes = 1 << 18;
  const std::size_t capacity = container.capacity();
  if (capacity * sizeof(container[0]) > kAlwaysKeptBytes && container.size() < capacity / 8) {
    Container().swap(container);
  } else {
    container.clear();
  }
}

}  // namespace signalr::detail::protocol
