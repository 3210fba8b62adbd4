// The inner loops over bytes of JSON text: skipping what needs no attention, and one UTF-8 character. This is the one
// place to make faster for a given processor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace signalr::detail::protocol {

/// Whether a byte may stand in a JSON string and needs no attention: ASCII but for controls, quote and backslash.
constexpr bool is_plain(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

/// The first byte of [p, end) that isn't plain; `end` when there is none.
inline const char* skip_plain(const char* p, const char* end) noexcept {
#if defined(__SSE2__)
  for (; end - p >= 16; p += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // The comparison is signed: the bytes from 0x80 on are below 0x20 as well.
    const __m128i controls = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
    const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const int hits = _mm_movemask_epi8(_mm_or_si128(controls, _mm_or_si128(quotes, backslashes)));
    if (hits != 0) return p + __builtin_ctz(static_cast<unsigned>(hits));
  }
#endif
  for (; end - p >= 8; p += 8) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    // The high bit of a byte is set in one of these if it isn't plain; a borrow can only come from such a byte.
    const std::uint64_t controls = word - kOnes * 0x20;
    const std::uint64_t quotes = (word ^ kOnes * '"') - kOnes;
    const std::uint64_t backslashes = (word ^ kOnes * '\\') - kOnes;
    if (((word | controls | quotes | backslashes) & kOnes * 0x80) != 0) break;
  }
  while (p != end && is_plain(*p)) ++p;
  return p;
}

/// The first byte of [p, end) that isn't white space to JSON; `end` when there is none.
inline const char* skip_white(const char* p, const char* end) noexcept {
  while (p != end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) ++p;
  return p;
}

/// The first byte of [p, end) that isn't a digit; `end` when there is none.
inline const char* skip_digits(const char* p, const char* end) noexcept {
#if defined(__SSE2__)
  for (; end - p >= 16; p += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    const __m128i digits = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
    const unsigned others = static_cast<unsigned>(_mm_movemask_epi8(digits)) ^ 0xFFFF;
    if (others != 0) return p + __builtin_ctz(others);
  }
#endif
  while (p != end && static_cast<unsigned char>(*p - '0') < 10) ++p;
  return p;
}

/// The first byte of [p, end) that isn't ASCII; `end` when there is none.
inline const char* skip_ascii(const char* p, const char* end) noexcept {
  for (; end - p >= 8; p += 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    if ((word & 0x8080808080808080) != 0) break;
  }
  while (p != end && static_cast<unsigned char>(*p) < 0x80) ++p;
  return p;
}

/// The length of the non-ASCII character at p (p != end), 0 if it isn't valid UTF-8: overlong forms, surrogates, values
/// over U+10FFFF, missing bytes.
inline std::size_t utf8_length(const char* p, const char* end) noexcept {
  const auto byte = [p](int i) { return static_cast<unsigned char>(p[i]); };
  const auto continues = [&](int i) { return (byte(i) & 0xC0) == 0x80; };
  const std::ptrdiff_t left = end - p;
  const unsigned char lead = byte(0);
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return left >= 2 && continues(1) ? 2 : 0;
  if (lead < 0xF0) {
    if (left < 3 || !continues(1) || !continues(2)) return 0;
    if (lead == 0xE0) return byte(1) >= 0xA0 ? 3 : 0;
    if (lead == 0xED) return byte(1) < 0xA0 ? 3 : 0;
    return 3;
  }
  if (lead > 0xF4 || left < 4 || !continues(1) || !continues(2) || !continues(3)) return 0;
  if (lead == 0xF0) return byte(1) >= 0x90 ? 4 : 0;
  if (lead == 0xF4) return byte(1) < 0x90 ? 4 : 0;
  return 4;
}

/// The first byte of [p, end) that belongs to no valid character; `end` when there is none.
inline const char* skip_utf8(const char* p, const char* end) noexcept {
  while ((p = skip_ascii(p, end)) != end) {
    const std::size_t length = utf8_length(p, end);
    if (length == 0) break;
    p += length;
  }
  return p;
}

/// The value of a hexadecimal digit; -1 for all else.
constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace signalr::detail::protocol
