// Calls by the server that came before anybody asked for them.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include <signalr/limits.hpp>
#include <signalr/message.hpp>

#include "protocol/envelope.hpp"

namespace signalr::detail::hub {

/// Kept in order, within limits. On the strand.
class EarlyCalls {
 public:
  explicit EarlyCalls(const Limits& limits) : limits_(limits), scanner_(limits.max_depth, limits.max_frame_elements) {}

  /// False when there is no room; it isn't kept then.
  bool keep(const HubCallView& call);
  /// Hands each call to `wanted(element, frame)`, in order; those for which it says true are gone afterwards. It may
  /// also clear this.
  template <class Wanted>
  void offer(Wanted wanted) {
    std::deque<std::string> left;
    for (std::deque<std::string> calls = take(); !calls.empty(); calls.pop_front()) {
      scanner_.scan(calls.front());
      if (!wanted(scanner_.frame().elements.at(0), scanner_.frame())) left.push_back(std::move(calls.front()));
    }
    restore(std::move(left));
  }
  void clear() noexcept;
  bool empty() const noexcept { return calls_.empty(); }

 private:
  std::deque<std::string> take() noexcept;
  void restore(std::deque<std::string> calls);

  const Limits& limits_;
  std::deque<std::string> calls_;  // each as a frame of its own
  std::size_t bytes_ = 0;
  protocol::EnvelopeScanner scanner_;
};

}  // namespace signalr::detail::hub
