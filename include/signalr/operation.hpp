// Something under way that its owner may give up.
#pragma once

#include <signalr/export.hpp>

namespace signalr {

/// Destroying it cancels: the handler that was given with it never runs afterwards, also where its call was
/// queued already. Destroying a finished one does nothing. To be destroyed on the strand of the executor
/// that it was started with (or anywhere, after that executor has stopped); also inside its own handler.
class SIGNALR_API Operation {
 public:
  Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  virtual ~Operation();
};

}  // namespace signalr
