// The head of an HTTP answer, and the start of its body, from bytes as they come. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <signalr/headers.hpp>

namespace signalr::net {

class HttpAnswer {
 public:
  /// `keep_body`: how much of a body is kept.
  HttpAnswer(std::size_t max_header_bytes, std::size_t keep_body)
      : max_header_bytes_(max_header_bytes), keep_body_(keep_body) {}

  enum class State {
    more,      ///< feed on
    head,      ///< the final status and its headers are there (1xx but 101 were skipped); `rest` follows
    broken,    ///< not HTTP/1.1: `failure` tells
    too_long,  ///< the heads exceed the limit
  };

  /// Takes bytes until there is a head.
  State feed(std::string_view bytes);
  /// After the head: what came behind it.
  std::string& rest() noexcept { return buffer_; }

  int status() const noexcept { return status_; }
  Headers& headers() noexcept { return headers_; }
  const std::string& failure() const noexcept { return failure_; }

  /// After the head of an answer with a body: takes more of it, and says whether there is enough.
  bool feed_body(std::string_view bytes);
  /// The start of the body, its chunks undone.
  std::string body() const;

 private:
  State parse_head(std::string_view head);
  bool parse_status_line(std::string_view line);
  bool parse_field(std::string_view line);
  State broken(std::string why);
  bool decode_chunks(std::string& body) const;

  const std::size_t max_header_bytes_;
  const std::size_t keep_body_;
  std::size_t header_bytes_ = 0;
  std::size_t searched_ = 0;
  std::string buffer_;
  int status_ = 0;
  Headers headers_;
  bool chunked_ = false;
  std::string failure_;
};

/// Whether a header's comma-separated list has this element, without regard to case.
bool has_token(const Headers& headers, std::string_view name, std::string_view token);

/// RFC 9110's tokens: what methods and header names are made of.
bool is_token(std::string_view text);

/// Whether a header can carry it: no CR, LF, NUL or other control character but the tab (P#134).
bool is_header_value(std::string_view text);

}  // namespace signalr::net
