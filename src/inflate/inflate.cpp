// Base64 is decoded and inflated piece by piece: what the result takes is all the memory that grows.
#include <signalr/inflate.hpp>

#include <zlib.h>

#include <algorithm>
#include <new>
#include <utility>

#include "json/base64.hpp"

namespace signalr {
namespace {

constexpr std::size_t kPiece = 12 * 1024;  // of compressed bytes; a multiple of 3
constexpr std::size_t kFirstOutput = 4 * 1024;

/// zlib's state, for raw deflate.
class Inflater {
 public:
  Inflater() {
    constexpr int kRawDeflate = -15;  // of the largest window; negative means: no header, no checksum
    if (inflateInit2(&stream_, kRawDeflate) != Z_OK) throw std::bad_alloc();
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }

  void give(unsigned char* input, std::size_t size) {
    stream_.next_in = input;
    stream_.avail_in = static_cast<uInt>(size);
  }
  bool wants_input() const { return stream_.avail_in == 0; }

  /// Inflates to [out, out + size): how many bytes there are now. `status` is zlib's.
  std::size_t run(char* out, std::size_t size, int& status) {
    constexpr std::size_t kMost = 1U << 30;  // of what zlib can count
    const auto room = static_cast<uInt>(std::min(size, kMost));
    stream_.next_out = reinterpret_cast<unsigned char*>(out);
    stream_.avail_out = room;
    status = inflate(&stream_, Z_NO_FLUSH);
    return room - stream_.avail_out;
  }

 private:
  z_stream stream_{};
};

[[noreturn]] void refuse(InflateError::Reason reason, const std::string& what) {
  throw InflateError(reason, "can't inflate: " + what);
}

std::string inflated(detail::Base64Reader reader, std::size_t max_size) {
  using Reason = InflateError::Reason;
  Inflater inflater;
  unsigned char input[kPiece];
  std::string output;
  std::size_t size = 0;  // of what there is in `output`; the rest is room

  for (int status = Z_OK; status != Z_STREAM_END;) {
    if (inflater.wants_input() && !reader.at_end()) inflater.give(input, reader.read(input, kPiece));
    // One byte of room more than is allowed tells whether there is more.
    if (size == output.size()) output.resize(std::min(std::max(kFirstOutput, size * 2), max_size) + 1);
    size += inflater.run(&output[size], output.size() - size, status);
    if (size > max_size) {
      refuse(Reason::too_large,
             "expected at most " + std::to_string(max_size) + " bytes (max_size), but there are more");
    }
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status == Z_DATA_ERROR || status == Z_NEED_DICT) {
      refuse(Reason::data, "expected raw deflate, without a zlib or gzip header, but the data is something else");
    }
    if (status != Z_STREAM_END && inflater.wants_input() && reader.at_end() && size < output.size()) {
      refuse(Reason::truncated, "expected all of the compressed data, but its end is missing");
    }
  }
  if (!inflater.wants_input() || !reader.at_end()) {
    refuse(Reason::trailing, "expected nothing behind the compressed data, but there is something");
  }
  output.resize(size);
  return output;
}

}  // namespace

InflateError::InflateError(Reason reason, std::string message) : ErrorType(std::move(message)), reason_(reason) {}
InflateError::~InflateError() = default;

std::string inflate_base64(std::string_view text, std::size_t max_size) {
  try {
    return inflated(detail::Base64Reader(text), max_size);
  } catch (const detail::Base64Error& error) {
    refuse(InflateError::Reason::base64, std::string("expected base64 without white space, but ") + error.what());
  }
}

}  // namespace signalr
