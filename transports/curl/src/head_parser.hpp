// Header lines, as libcurl hands them over, to the head of the final answer: skips 1xx, counts against the cap.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <signalr/headers.hpp>
#include <signalr/transport_error.hpp>

namespace signalr::curl {

class HeadParser {
 public:
  explicit HeadParser(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  enum class Step {
    more,      ///< the head goes on, or this was a line of the trailers
    complete,  ///< the final head is complete: take it
    failed,    ///< see `fault`
  };
  /// Takes one line, with its line end.
  Step take(std::string_view line);

  int status() const noexcept { return status_; }
  Headers take_headers() { return std::move(headers_); }
  const Headers& headers() const noexcept { return headers_; }
  bool complete() const noexcept { return complete_; }

  struct Fault {
    TransportFailure failure;
    std::string message;  ///< goes on after "the answer from host:port "
  };
  const Fault& fault() const noexcept { return fault_; }

 private:
  Step fail(TransportFailure failure, std::string message);
  Step begin(std::string_view status_line);
  Step finish();
  Step field(std::string_view line);
  void flush();

  const std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  int status_ = 0;
  Headers headers_;
  std::optional<Header> last_;  // not in headers_ yet: an old-style folded line may go on with it
  bool complete_ = false;
  Fault fault_{};
};

}  // namespace signalr::curl
