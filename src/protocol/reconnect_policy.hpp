// When to reconnect, and when to give up (P§7.4, P§7.5). Data only: it is told what happens, when, and a random number,
// and answers with the next step. The deadline is a timer of the caller's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <signalr/executor.hpp>

#include "protocol/retry.hpp"

namespace signalr::detail::protocol {

/// What in the server's data we refused, so that the transport was lost by our own doing (P#121, P#125, P#131).
enum class LocalRejection : std::uint8_t { none, invalid_text, too_big, protocol };

enum class GiveUp : std::uint8_t {
  user_changed,        ///< 403 "Unrecognized user identity" (P#107, P#140)
  rejected,            ///< 400 with one of the server's known texts (P#107)
  unauthorized,        ///< 401, and a new token from the provider, if there is one, didn't help (P#107)
  flapping,            ///< five reconnects in a row ended within 10 s and brought not one frame (P#108)
  rejecting_the_same,  ///< twice the server sent again, at once, what we refuse, from the same cursor (P#121)
  retries_used_up,
};

/// How the transport was lost.
struct Loss {
  LocalRejection rejection = LocalRejection::none;
  std::string_view cursor;  ///< the last message id
  bool at_once = true;      ///< the first attempt needs no pause
  int status = 0;           ///< of the answer that refused a poll; 0: there was none
  std::string_view body;    ///< of that answer
};

/// What to do next.
struct ReconnectStep {
  enum class Kind : std::uint8_t {
    attempt,  ///< at `at`
    give_up,  ///< for `reason`
  };
  Kind kind = Kind::attempt;
  TimePoint at{};
  GiveUp reason{};
};

class ReconnectPolicy {
 public:
  struct Options {
    Duration interval = std::chrono::seconds(2);  ///< between attempts; jitter is added
    Duration window = std::chrono::seconds(30);   ///< the server's DisconnectTimeout, or the user's choice
    int max_retries = -1;                         ///< after the first attempt of each loss; negative: no bound
    bool has_token_provider = false;
  };

  explicit ReconnectPolicy(Options options) : options_(options), retries_(options.max_retries) {}

  /// The transport was lost while Connected; now Reconnecting. The first attempt is made at once or after the
  /// interval, half of the window at most, and not before the floor after the last one: no server can make us reconnect
  /// faster than that, however short it keeps us (P#101, P#108).
  ReconnectStep on_lost(TimePoint now, std::uint32_t random, const Loss& loss);

  /// An attempt begins.
  void on_attempt(TimePoint now) noexcept;
  /// The transport is open: Connected again.
  void on_open(TimePoint now) noexcept;
  /// A frame came. Keep-alives count; an event stream's `initialized` doesn't.
  void on_frame() noexcept { frame_came_ = true; }
  /// An attempt failed; `status` and `body` are of the answer that refused it, 0 and empty if none came.
  ReconnectStep on_failed(TimePoint now, std::uint32_t random, int status, std::string_view body);

  /// When Reconnecting ends with Disconnected whatever is under way (P#105); measured from the loss.
  TimePoint deadline() const noexcept;

 private:
  void count_end(TimePoint now, LocalRejection rejection) noexcept;
  bool repeats(const Loss& loss);

  Options options_;
  RetryCount retries_;
  TimePoint lost_at_{};
  TimePoint not_before_ = TimePoint::min();
  bool refreshed_token_ = false;
  std::optional<TimePoint> reopened_at_;  // none: not yet, or lost again
  bool frame_came_ = false;               // over the transport that is open now
  int frameless_reconnects_ = 0;          // in a row, that ended soon
  LocalRejection rejection_ = LocalRejection::none;
  std::string rejection_cursor_;
  int rejections_ = 0;  // of that kind at that cursor
};

}  // namespace signalr::detail::protocol
