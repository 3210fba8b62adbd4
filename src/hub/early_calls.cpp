#include "hub/early_calls.hpp"

#include <utility>

namespace signalr::detail::hub {

bool EarlyCalls::keep(const HubCallView& call) {
  std::string frame = R"({"M":[)" + std::string(call.json.text()) + "]}";
  if (calls_.size() >= limits_.max_early_calls || bytes_ + frame.size() > limits_.max_receive_queue_bytes) return false;
  bytes_ += frame.size();
  calls_.push_back(std::move(frame));
  return true;
}

void EarlyCalls::clear() noexcept {
  calls_.clear();
  bytes_ = 0;
}

std::deque<std::string> EarlyCalls::take() noexcept {
  bytes_ = 0;
  return std::exchange(calls_, {});
}

void EarlyCalls::restore(std::deque<std::string> calls) {
  calls_ = std::move(calls);
  for (const std::string& call : calls_) bytes_ += call.size();
}

}  // namespace signalr::detail::hub
