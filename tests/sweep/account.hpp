// What a user's handlers saw of one connection, held against what they may see: each completion once, nothing after the
// end, messages in order and none lost without a word, no secret in any text.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/events.hpp>

namespace sweep {

/// Every secret that the scenarios use has this in it.
constexpr std::string_view kSecret = "SECRET";

using Complaints = std::vector<std::string>;

/// One handler that must be called once. Its callable holds a share of it until it is destroyed.
struct Once {
  std::string name;
  int calls = 0;
  bool of_transport = false;  ///< it is called before the loss of the transport that it needs is told
};

/// Messages of the server that are numbered, one after the other.
class Numbers {
 public:
  Numbers(Complaints& complaints, std::string name) : complaints_(complaints), name_(std::move(name)) {}

  /// Counts from the one after `last` on.
  void begin(int last);
  void end() { counting_ = false; }
  void on_number(int n);
  void on_gap() { gap_told_ = true; }
  /// The network may have sent some twice.
  void allow_twice() { twice_ = true; }
  /// Whether all up to `last` came that should have come.
  bool complete(int last) const { return !counting_ || last_ == last; }
  /// When a last one has had its time.
  void check(int last) const;
  int last() const noexcept { return last_; }

 private:
  Complaints& complaints_;
  const std::string name_;
  int last_ = 0;
  bool counting_ = false;
  bool gap_told_ = false;
  bool twice_ = false;
};

/// One connection, from dial to its end.
class Account {
 public:
  enum class Kind { event, message, completion };

  explicit Account(Complaints& complaints) : numbers(complaints, "message"), complaints_(complaints) {}

  Numbers numbers;  ///< of the messages for everybody

  /// A handler of that kind runs now.
  void on_handler(Kind kind, std::string_view name);
  void on_state(signalr::ConnectionState from, signalr::ConnectionState to);
  void on_closed();
  /// on_error was called.
  void on_error(const signalr::Error& error);
  /// Looks at an error, wherever it was told.
  void on_text(const signalr::Error& error);
  void on_text(std::string_view text);

  std::shared_ptr<Once> expect(std::string name);
  /// The same of a call or a write: P#109.
  std::shared_ptr<Once> expect_over_transport(std::string name);
  /// After the end, before anything is destroyed: all have been called.
  void check_all_called();
  /// When everything is destroyed.
  void check_all_gone();

  // What the scenario did.
  bool gone = false;     ///< the Conn was destroyed
  bool closing = false;  ///< the close has begun: no more messages
  bool stopped = false;  ///< the executor was

  // What came of it.
  signalr::ConnectionState state = signalr::ConnectionState::disconnected;
  bool dial_failed = false;
  int closed_calls = 0;

 private:
  void check_transport_lost();
  void complain(std::string text) { complaints_.push_back(std::move(text)); }

  Complaints& complaints_;
  std::vector<std::shared_ptr<Once>> completions_;
};

}  // namespace sweep
