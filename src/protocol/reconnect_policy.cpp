#include "protocol/reconnect_policy.hpp"

#include <algorithm>

#include "protocol/user_identity.hpp"

namespace signalr::detail::protocol {
namespace {

/// What keeps a server that closes each reconnect at once from being asked without pause, whatever interval the user
/// has chosen.
constexpr Duration kFloor = std::chrono::seconds(2);
/// A transport that was open for so long is none that the server ends at once.
constexpr Duration kStayed = std::chrono::seconds(10);
constexpr int kMaxFramelessReconnects = 5;
constexpr int kMaxRejections = 3;  // the first, and one after each of two reconnects

ReconnectStep attempt_at(TimePoint at) { return {ReconnectStep::Kind::attempt, at, {}}; }

ReconnectStep give_up(GiveUp reason) { return {ReconnectStep::Kind::give_up, {}, reason}; }

}  // namespace

ReconnectStep ReconnectPolicy::on_lost(TimePoint now, std::uint32_t random, const Loss& loss) {
  count_end(now, loss.rejection);
  lost_at_ = now;
  retries_ = RetryCount(options_.max_retries);
  refreshed_token_ = false;
  if (is_user_identity_change(loss.status, loss.body)) return give_up(GiveUp::user_changed);
  if (is_request_rejected(loss.status, loss.body)) return give_up(GiveUp::rejected);
  if (repeats(loss)) return give_up(GiveUp::rejecting_the_same);
  if (frameless_reconnects_ >= kMaxFramelessReconnects) return give_up(GiveUp::flapping);
  // With jitter only where there is something to wait for, and never for the whole window.
  const Duration pause = std::min(with_jitter(options_.interval, random), options_.window / 2);
  const TimePoint wanted = loss.at_once ? now : now + pause;
  return attempt_at(wanted >= not_before_ ? wanted : not_before_ + (with_jitter(kFloor, random) - kFloor));
}

void ReconnectPolicy::on_attempt(TimePoint now) noexcept { not_before_ = now + std::max(options_.interval, kFloor); }

void ReconnectPolicy::on_open(TimePoint now) noexcept {
  reopened_at_ = now;
  frame_came_ = false;
}

ReconnectStep ReconnectPolicy::on_failed(TimePoint now, std::uint32_t random, int status, std::string_view body) {
  if (is_user_identity_change(status, body)) return give_up(GiveUp::user_changed);
  if (is_request_rejected(status, body)) return give_up(GiveUp::rejected);
  if (status == 401 && (refreshed_token_ || !options_.has_token_provider)) return give_up(GiveUp::unauthorized);
  if (!retries_.take()) return give_up(GiveUp::retries_used_up);
  if (status == 401) refreshed_token_ = true;  // each attempt asks the provider anew
  return attempt_at(now + with_jitter(options_.interval, random));
}

TimePoint ReconnectPolicy::deadline() const noexcept {
  return options_.window >= TimePoint::max() - lost_at_ ? TimePoint::max() : lost_at_ + options_.window;
}

void ReconnectPolicy::count_end(TimePoint now, LocalRejection rejection) noexcept {
  const bool stayed = reopened_at_ && now - *reopened_at_ >= kStayed;
  const bool frameless = reopened_at_ && !stayed && !frame_came_;
  frameless_reconnects_ = frameless ? frameless_reconnects_ + 1 : 0;
  // What the server sends again it sends at once; but what is too big may take its time to come.
  if (stayed && (frame_came_ || rejection != LocalRejection::too_big)) rejections_ = 0;
  reopened_at_.reset();
}

bool ReconnectPolicy::repeats(const Loss& loss) {
  if (loss.rejection == LocalRejection::none) return false;
  if (loss.rejection != rejection_ || loss.cursor != rejection_cursor_) rejections_ = 0;
  rejection_ = loss.rejection;
  rejection_cursor_ = loss.cursor;
  return ++rejections_ >= kMaxRejections;
}

}  // namespace signalr::detail::protocol
