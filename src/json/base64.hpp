// Base64, strictly: RFC 4648 §4, with or without padding, without white space. For the core and for signalr-inflate.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include <signalr/export.hpp>

namespace signalr::detail {

/// Says what isn't base64 in a text, to go on after "but".
struct SIGNALR_API Base64Error : std::runtime_error {
  using runtime_error::runtime_error;
};

/// Decodes piece by piece, so that nobody needs memory for all of it.
class SIGNALR_API Base64Reader {
 public:
  /// Takes the padding off, if there is any. The text must outlive this. Throws Base64Error.
  explicit Base64Reader(std::string_view text);

  bool at_end() const noexcept { return offset_ == text_.size(); }
  /// How many characters were read.
  std::size_t offset() const noexcept { return offset_; }

  /// Decodes up to `size` bytes, a multiple of 3, into `out`: how many. Throws Base64Error.
  std::size_t read(unsigned char* out, std::size_t size);

 private:
  unsigned value_at(std::size_t offset) const;

  std::string_view text_;
  std::size_t offset_ = 0;
};

}  // namespace signalr::detail
