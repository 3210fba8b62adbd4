#include "json/base64.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace signalr::detail {
namespace {

constexpr std::uint8_t kNone = 0xFF;

constexpr std::array<std::uint8_t, 256> make_values() {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> values{};
  for (std::uint8_t& value : values) value = kNone;
  for (std::uint8_t n = 0; n < 64; ++n) values[static_cast<unsigned char>(kAlphabet[n])] = n;
  return values;
}

constexpr std::array<std::uint8_t, 256> kValues = make_values();

}  // namespace

Base64Reader::Base64Reader(std::string_view text) : text_(text) {
  const std::size_t padding = text.size() - (text.find_last_not_of('=') + 1);
  if (padding != 0) {
    if (padding > 2 || text.size() % 4 != 0) throw Base64Error("its padding isn't of the right length");
    text_.remove_suffix(padding);
  }
  if (text_.size() % 4 == 1) throw Base64Error("there is one character too many, or some are missing");
}

std::size_t Base64Reader::read(unsigned char* out, std::size_t size) {
  const unsigned char* const begin = out;
  const std::size_t whole_groups = std::min(size / 3, (text_.size() - offset_) / 4);
  for (std::size_t group = 0; group < whole_groups; ++group, offset_ += 4) {
    const unsigned bits =
        value_at(offset_) << 18 | value_at(offset_ + 1) << 12 | value_at(offset_ + 2) << 6 | value_at(offset_ + 3);
    *out++ = static_cast<unsigned char>(bits >> 16);
    *out++ = static_cast<unsigned char>(bits >> 8 & 0xFF);
    *out++ = static_cast<unsigned char>(bits & 0xFF);
  }
  const std::size_t left = text_.size() - offset_;
  if (left != 0 && left < 4 && whole_groups < size / 3) {  // the last group, of 2 or 3 characters: 1 or 2 bytes
    const bool three = left == 3;
    const unsigned bits = value_at(offset_) << 12 | value_at(offset_ + 1) << 6 | (three ? value_at(offset_ + 2) : 0);
    if ((bits & (three ? 0x3 : 0x3FF)) != 0) throw Base64Error("its last character has bits that belong to no byte");
    *out++ = static_cast<unsigned char>(bits >> 10);
    if (three) *out++ = static_cast<unsigned char>(bits >> 2 & 0xFF);
    offset_ = text_.size();
  }
  return static_cast<std::size_t>(out - begin);
}

unsigned Base64Reader::value_at(std::size_t offset) const {
  const std::uint8_t value = kValues[static_cast<unsigned char>(text_[offset])];
  if (value == kNone) throw Base64Error("the character at offset " + std::to_string(offset) + " isn't of its alphabet");
  return value;
}

}  // namespace signalr::detail
