// An HttpClient that breaks one rule of its contract, over one that keeps it, to see whether the suite sees it.
#pragma once

#include <memory>

#include <signalr/http_client.hpp>

namespace signalr::conformance {

enum class HttpFault {
  kNone,
  kDoneInline,
  kOffStrand,
  kAddsHeader,
  kDropsHeader,
  kEncodesTheUrl,
  kDropsBody,
  kPostsAreGets,
  kKeepsCookies,
  kFollowsRedirects,
  kRetriesFailures,
  kDeadConnectionsClaimSent,
  kSendBlocks,
  kOneAtATime,
  kThrows,
  kErrorsClaimNothingSent,
  kErrorsClaimSent,
  kNoHeaderLimit,
  kDropsAnswerHeaders,
  kHeadersTwice,
  kStatusIsFailure,
  kEmptyData,
  kWholeBodyAtOnce,
  kShortBodyIsSuccess,
  kShortBodyIsABreach,
  kDoneTwice,
  kDoneSwallowed,
  kIgnoresPause,
  kPausedChunkComesAgain,
  kEndsDuringPause,
  kHoldsEverything,
  kResumeInline,
  kResumeWithoutPause,
  kCallsAfterDestruction,
  kDestructorLeaks,
  kDestructorBlocks,
  kDataDiesWithOperation,
  kClientOwnsRequests,
};

std::shared_ptr<HttpClient> make_faulty_http_client(std::shared_ptr<HttpClient> good, HttpFault fault);

}  // namespace signalr::conformance
