// Masks from OpenSSL's generator, fetched by the kilobyte: one call a frame costs more than the frame.
#pragma once

#include <cstdint>

namespace signalr::net {

/// The shape that websocketpp wants a generator in. Each thread has its own buffer.
struct RandomSource {
  std::uint32_t operator()() const { return next(); }
  static std::uint32_t next();
};

}  // namespace signalr::net
