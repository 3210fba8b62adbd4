// Base64, strictly.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace signalr::inflating {

/// Decodes piece by piece, so that nobody needs memory for all of it.
class Base64Reader {
 public:
  /// Takes the padding off, if there is any. The text must outlive this.
  explicit Base64Reader(std::string_view text);

  bool at_end() const noexcept { return offset_ == text_.size(); }
  /// How many characters were read.
  std::size_t offset() const noexcept { return offset_; }

  /// Decodes up to `size` bytes, a multiple of 3, into `out`: how many. Throws InflateError.
  std::size_t read(unsigned char* out, std::size_t size);

 private:
  unsigned value_at(std::size_t offset) const;

  std::string_view text_;
  std::size_t offset_ = 0;
};

}  // namespace signalr::inflating
