// A JSON value isn't what the program expected.
#pragma once

#include <string>

#include <signalr/error_base.hpp>
#include <signalr/export.hpp>

namespace signalr {

/// Says where the value is, what was expected there and what came. The text that came is in `server_text()`, capped;
/// `what()` quotes numbers and member names of it at most.
class SIGNALR_API DecodeError : public ErrorType<DecodeError> {
 public:
  DecodeError(std::string where, std::string expected, std::string got, std::string server_text = {});
  ~DecodeError() override;

  /// From the outside in: `a call of "chat.tick", argument 2, orders[3].price`. Empty for the whole value.
  const std::string& where() const noexcept { return where_; }
  /// In words: "an integer from 0 to 255".
  const std::string& expected() const noexcept { return expected_; }
  /// In words: "a string", "the number 1e3".
  const std::string& got() const noexcept { return got_; }

  /// The same error seen from one level further out: `outer` comes in front of `where()`.
  DecodeError within(const std::string& outer) const;

 private:
  std::string where_, expected_, got_;
};

}  // namespace signalr
