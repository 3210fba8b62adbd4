// Fast UTF-8 checks: runs of ASCII a vector at a time, the rest by the ranges of RFC 3629.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace signalr::net {

/// The first byte that isn't ASCII, or `end`.
inline const unsigned char* skip_ascii(const unsigned char* at, const unsigned char* end) noexcept {
#if defined(__SSE2__)
  for (; end - at >= 32; at += 32) {
    const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 16));
    if (_mm_movemask_epi8(_mm_or_si128(low, high)) != 0) break;
  }
#endif
  for (; end - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    if ((word & 0x8080808080808080u) != 0) break;
  }
  while (at != end && *at < 0x80) ++at;
  return at;
}

/// The length of the whole sequence that begins here, with a byte that isn't ASCII; 0: there is none.
inline std::size_t sequence_length(const unsigned char* at, const unsigned char* end) noexcept {
  const auto left = static_cast<std::size_t>(end - at);
  const auto follows = [at](std::size_t i) { return (at[i] & 0xC0) == 0x80; };
  const unsigned char first = at[0];
  if (first >= 0xC2 && first <= 0xDF) return left >= 2 && follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (left < 3 || !follows(1) || !follows(2)) return 0;
    if (first == 0xE0 && at[1] < 0xA0) return 0;  // overlong
    if (first == 0xED && at[1] > 0x9F) return 0;  // surrogate
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (left < 4 || !follows(1) || !follows(2) || !follows(3)) return 0;
    if (first == 0xF0 && at[1] < 0x90) return 0;  // overlong
    if (first == 0xF4 && at[1] > 0x8F) return 0;  // beyond U+10FFFF
    return 4;
  }
  return 0;
}

/// How much of it is whole, valid sequences.
inline std::size_t valid_utf8_prefix(const char* data, std::size_t size) noexcept {
  const auto* const begin = reinterpret_cast<const unsigned char*>(data);
  const auto* const end = begin + size;
  for (const unsigned char* at = begin;;) {
    at = skip_ascii(at, end);
    const std::size_t length = at == end ? 0 : sequence_length(at, end);
    if (length == 0) return static_cast<std::size_t>(at - begin);
    at += length;
  }
}

}  // namespace signalr::net
