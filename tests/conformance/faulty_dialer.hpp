// A WebsocketDialer that breaks one rule of its contract, over one that keeps it, to see whether the suite sees it.
#pragma once

#include <memory>

#include <signalr/websocket.hpp>

namespace signalr::conformance {

enum class DialerFault {
  kNone,
  // The dial.
  kHandlerInline,
  kHandlerOffStrand,
  kHandlerTwice,
  kHandlerAfterCancel,
  kNeverCalls,
  kDropsHeaders,
  kDropsAnswerHeaders,
  kAddsCredentials,
  kKeepsCookies,
  kRetriesRefusals,
  kRefusalIsError,
  kKeepsWholeBody,
  kErrorsClaimNothingSent,
  kErrorsClaimSent,
  kDialBlocks,
  kCancelBlocks,
  kCancelLeaks,
  kOperationOwnsConnection,
  kDialerOwnsConnections,
  kNoHeaderLimit,
  kNoMessageLimit,
  kForgivesHandshakes,
  // The connection.
  kFramesOffStrand,
  kFramesInsideRead,
  kFramesUnasked,
  kFramesAfterDestruction,
  kFramesSwapped,
  kFramesAllText,
  kPayloadDiesWithConnection,
  kReadsAhead,
  kWrittenInsideWrite,
  kWrittenOtherBuffer,
  kWrittenBeforeSent,
  kWritesAfterClose,
  kDropsLastWrite,
  kEndTwice,
  kEndAlways1006,
  kEndWithoutReason,
  kEndInsideClose,
  kEndBeforeHandshake,
  kEndSwallowed,
  kCallsAfterEnd,
  kDestructorShakesHands,
  kDestructorLeaks,
  kDropsEarlyFrames,
  kForgivesViolations,
};

std::shared_ptr<WebsocketDialer> make_faulty_dialer(std::shared_ptr<WebsocketDialer> good, DialerFault fault);

}  // namespace signalr::conformance
