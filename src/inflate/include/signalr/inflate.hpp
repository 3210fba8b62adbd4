// Compressed payloads: servers of exchanges and telemetry send base64 of raw deflate in a JSON string.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <signalr/error_base.hpp>
#include <signalr/export.hpp>

namespace signalr {

/// The text isn't what inflate_base64 takes; says in which way.
class SIGNALR_API InflateError : public ErrorType<InflateError> {
 public:
  enum class Reason {
    base64,     ///< a character that isn't of the alphabet, or the wrong number of them
    data,       ///< no raw deflate: spoilt, or with a zlib or gzip header
    truncated,  ///< the end is missing
    trailing,   ///< there is something behind the end
    too_large,  ///< more than `max_size`
  };

  InflateError(Reason reason, std::string message);
  ~InflateError() override;
  Reason reason() const noexcept { return reason_; }

 private:
  Reason reason_;
};

/// Decodes base64 (RFC 4648 §4, with or without padding, no white space) and inflates the raw deflate (RFC 1951: no
/// zlib or gzip header) in it, which is what .NET's DeflateStream writes. `text` is a string's content: decode the JSON
/// first. Memory is bounded by `max_size`, the largest result that is accepted, in bytes. Throws InflateError.
SIGNALR_API std::string inflate_base64(std::string_view text, std::size_t max_size = 16 * 1024 * 1024);

}  // namespace signalr
