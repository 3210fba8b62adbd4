// The frames that are received: one call of the hub method Markets.tick, or twenty of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <signalr/json.hpp>

namespace benchmarks {

/// What a handler decodes. Larger shapes have more members, which it leaves alone.
struct Tick {
  std::string s;
  double p = 0;
  std::int64_t t = 0;
};
SIGNALR_JSON(Tick, s, p, t);

struct Shape {
  std::string frame;
  int calls = 1;  ///< in one frame
};

/// "tiny" has 95 bytes, "medium" 0.94 KiB, "batched" 20 calls of a tiny one. Throws std::invalid_argument.
Shape shape_named(std::string_view name);

}  // namespace benchmarks
