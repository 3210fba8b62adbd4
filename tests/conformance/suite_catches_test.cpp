// The suite can see: each broken adapter is caught by the check whose rule it breaks, and an unbroken one by none.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/blocking_websocket.hpp>
#include <signalr/conformance/check.hpp>
#include <signalr/curl/http_client.hpp>

#include "../../examples/plain_websocket/websocket.hpp"
#include "faulty_dialer.hpp"
#include "faulty_executor.hpp"
#include "faulty_http_client.hpp"

using namespace signalr;
using namespace signalr::conformance;

namespace {

/// A fault, and the check that is to catch it.
template <class Fault>
struct Catch {
  Fault fault;
  std::string_view check;
};

/// Long enough for whatever happens at all; what a fault keeps from happening takes so long.
constexpr std::chrono::seconds kShortPatience{2};

template <class Fault>
std::chrono::milliseconds patience_with(Fault fault) {
  return fault == Fault::kNone ? std::chrono::seconds(120) : kShortPatience;
}

class FaultyExecutorFixture final : public Fixture {
 public:
  ExecutorFault fault = ExecutorFault::kNone;
  std::chrono::milliseconds patience() const override { return patience_with(fault); }
  unsigned offers() const override { return Fixture::offers() | kOffersStop; }
  std::shared_ptr<Executor> make_executor() override { return make_faulty_executor(fault); }
  void stop(Executor& executor) override { stop_faulty_executor(executor); }
};

class FaultyDialerFixture final : public Fixture {
 public:
  DialerFault fault = DialerFault::kNone;
  std::chrono::milliseconds patience() const override { return patience_with(fault); }
  std::shared_ptr<WebsocketDialer> make_dialer(const std::shared_ptr<Executor>&, Peer&) override {
    auto good = std::make_shared<BlockingWebsocketAdapter>([] { return std::make_unique<PlainWebsocket>(); });
    return make_faulty_dialer(std::move(good), fault);
  }
};

class FaultyHttpFixture final : public Fixture {
 public:
  HttpFault fault = HttpFault::kNone;
  std::chrono::milliseconds patience() const override { return patience_with(fault); }
  std::shared_ptr<HttpClient> make_http_client(const std::shared_ptr<Executor>&, Peer&) override {
    return make_faulty_http_client(make_curl_http_client(), fault);
  }
};

std::string run_named(const std::vector<Check>& checks, std::string_view name, Fixture& fixture) {
  const auto check = std::find_if(checks.begin(), checks.end(), [&](const Check& each) { return each.name == name; });
  REQUIRE_MESSAGE(check != checks.end(), "there is no check \"", std::string(name), '"');
  return check->run(fixture).value_or(std::string());
}

/// The check must break with the fault, and hold without it.
template <class FaultyFixtureType, class Fault, std::size_t kCount>
void catch_all(const std::vector<Check>& checks, const Catch<Fault> (&catches)[kCount]) {
  FaultyFixtureType fixture;
  for (const Catch<Fault>& one : catches) {
    INFO("fault number ", static_cast<int>(one.fault), " and the check \"", std::string(one.check), '"');
    fixture.fault = one.fault;
    CHECK_FALSE(run_named(checks, one.check, fixture).empty());
    fixture.fault = Fault::kNone;
    CHECK(run_named(checks, one.check, fixture) == "");
  }
}

constexpr Catch<ExecutorFault> kExecutorCatches[] = {
    {ExecutorFault::kPostRunsInline, "post runs the task later, never inside the call"},
    {ExecutorFault::kLastFirst, "tasks run in the order of their posting"},
    {ExecutorFault::kLastFirst, "what a task posts runs after what was posted before"},
    {ExecutorFault::kTwoThreads, "any thread may post, and tasks run one at a time"},
    {ExecutorFault::kRunsTwice, "a task runs once and is destroyed"},
    {ExecutorFault::kAlwaysHere, "running_here is true inside a task, on its thread alone"},
    {ExecutorFault::kNeverHere, "running_here is true inside a task, on its thread alone"},
    {ExecutorFault::kHereForAll, "running_here tells executors apart"},
    {ExecutorFault::kClockGoesBack, "now never goes back"},
    {ExecutorFault::kEarlyTimers, "schedule runs the task on the strand, never before its time"},
    {ExecutorFault::kScheduleRunsInline, "schedule never runs the task inside the call"},
    {ExecutorFault::kTimersInOrderOfScheduling, "scheduled tasks run in the order of their times"},
    {ExecutorFault::kEqualTimesBackwards, "tasks due at the same time run in the order of their scheduling"},
    {ExecutorFault::kIdsFromZero, "ids tell timers apart, and 0 names none"},
    {ExecutorFault::kOneIdForAll, "ids tell timers apart, and 0 names none"},
    {ExecutorFault::kCancelIsIgnored, "a cancelled task never runs and is destroyed"},
    {ExecutorFault::kCancelIsIgnored, "a timer may cancel one that is due at the same time"},
    {ExecutorFault::kCancelKeepsTheTask, "a cancelled task never runs and is destroyed"},
    {ExecutorFault::kDueTimersCantBeCancelled, "a timer that came due meanwhile can still be cancelled"},
    {ExecutorFault::kPostsStarveTimers, "posted tasks don't starve timers"},
    {ExecutorFault::kTimersStarvePosts, "timers don't starve posted tasks"},
    {ExecutorFault::kTimersBeforePosts, "a timer runs after what was posted before its time"},
    {ExecutorFault::kOneTimerATurn, "all timers that are due run in one turn"},
    {ExecutorFault::kNewTimersFirst, "a timer for the past doesn't starve those that are due"},
    {ExecutorFault::kDestructorWaitsForItself, "the last owner may go on the executor's own thread"},
    {ExecutorFault::kEndOfTimeComes, "a timer at the end of time waits"},
    {ExecutorFault::kKeepsQueuedTasks, "queued tasks are destroyed with the executor"},
    {ExecutorFault::kKeepsQueuedTasks, "stopping destroys what is queued"},
    {ExecutorFault::kKeepsTasksAfterStop, "after the stop tasks are destroyed at once, un-run, on the calling thread"},
    {ExecutorFault::kHelpLies, "help says whether it made progress"},
};

constexpr Catch<DialerFault> kDialerCatches[] = {
    {DialerFault::kHandlerInline, "an accepted dial gives an open connection, 101 and the answer's headers"},
    {DialerFault::kHandlerOffStrand, "the handler waits for the answer"},
    {DialerFault::kHandlerTwice, "the handler waits for the answer"},
    {DialerFault::kHandlerAfterCancel, "a cancelled dial's handler doesn't run, also where its call was queued"},
    {DialerFault::kNeverCalls, "the handler waits for the answer"},
    {DialerFault::kDropsHeaders, "the request's headers go out as they are"},
    {DialerFault::kDropsAnswerHeaders, "an accepted dial gives an open connection, 101 and the answer's headers"},
    {DialerFault::kDropsAnswerHeaders, "a refusal is an HTTP answer, not a failure, and is not repeated"},
    {DialerFault::kAddsCredentials, "the upgrade has what RFC 6455 demands, and no cookies or credentials of its own"},
    {DialerFault::kKeepsCookies, "cookies are not kept"},
    {DialerFault::kRetriesRefusals, "a refusal is an HTTP answer, not a failure, and is not repeated"},
    {DialerFault::kRefusalIsError, "a refusal is an HTTP answer, not a failure, and is not repeated"},
    {DialerFault::kKeepsWholeBody, "a refusal's body is cut to max_refusal_bytes"},
    {DialerFault::kErrorsClaimNothingSent, "a connection cut before the answer is a failure, and something was sent"},
    {DialerFault::kErrorsClaimSent, "a refused connection is kConnect, and nothing was sent"},
    {DialerFault::kDialBlocks, "dial never blocks"},
    {DialerFault::kCancelBlocks, "cancelling a dial ends it at once, without a callback"},
    {DialerFault::kCancelLeaks, "cancelling a dial ends it at once, without a callback"},
    {DialerFault::kOperationOwnsConnection, "a connection outlives its dial's operation"},
    {DialerFault::kDialerOwnsConnections, "dials and connections go on without their dialer"},
    {DialerFault::kNoHeaderLimit, "an answer beyond max_header_bytes is kLimit"},
    {DialerFault::kNoMessageLimit, "a message beyond max_message_bytes is kLimit, with 1009 to the peer"},
    {DialerFault::kFramesOffStrand, "messages arrive whole and in order"},
    {DialerFault::kFramesInsideRead, "read inside on_frame doesn't recurse"},
    {DialerFault::kFramesUnasked, "one read gives one message, and asking twice does nothing"},
    {DialerFault::kFramesAfterDestruction, "a destroyed connection calls nothing, also where the call was queued"},
    {DialerFault::kFramesSwapped, "messages arrive whole and in order"},
    {DialerFault::kFramesAllText, "messages arrive whole and in order"},
    {DialerFault::kPayloadDiesWithConnection, "on_frame may destroy the connection, the payload stays valid"},
    {DialerFault::kReadsAhead, "not reading stops the peer after a bounded amount"},
    {DialerFault::kWrittenInsideWrite, "writes arrive in order, as they are"},
    {DialerFault::kWrittenOtherBuffer, "on_written gives the buffers back, oldest first"},
    {DialerFault::kWrittenBeforeSent, "write never blocks, and on_written waits for the network"},
    {DialerFault::kWritesAfterClose, "close comes after the writes so far; later writes and closes do nothing"},
    {DialerFault::kDropsLastWrite, "writes go out without a read"},
    {DialerFault::kEndTwice, "the end without a close frame is 1006"},
    {DialerFault::kEndAlways1006, "the peer's close is kClosed with its code and reason"},
    {DialerFault::kEndWithoutReason, "the peer's close is kClosed with its code and reason"},
    {DialerFault::kEndInsideClose, "close shakes hands and then ends with kClosed"},
    {DialerFault::kEndBeforeHandshake, "close waits for the peer's frame and tells its code"},
    {DialerFault::kEndSwallowed, "the end without a close frame is 1006"},
    {DialerFault::kCallsAfterEnd, "calls after the end do nothing"},
    {DialerFault::kDestructorShakesHands, "destroying the connection ends it without a close frame"},
    {DialerFault::kDestructorLeaks, "destroying the connection ends it without a close frame"},
    {DialerFault::kDropsEarlyFrames, "messages that come before start are kept"},
    {DialerFault::kEndAlways1006, "a close frame without a code is 1005"},
    {DialerFault::kEndAlways1006, "closes that cross end with the peer's code"},
    {DialerFault::kEndAlways1006, "what comes after the peer's close frame is ignored"},
    {DialerFault::kEndSwallowed, "a reset connection is 1006"},
    {DialerFault::kEndSwallowed, "a cut instead of the peer's close frame is 1006"},
    {DialerFault::kEndSwallowed, "a connection cut inside a message is 1006"},
    {DialerFault::kEndSwallowed, "close ends a connection that nobody reads"},
    {DialerFault::kForgivesHandshakes, "the handshake is verified"},
    {DialerFault::kForgivesHandshakes, "extensions and subprotocols that nobody asked for are rejected"},
    {DialerFault::kForgivesHandshakes, "an answer to the upgrade that is no HTTP is a failure"},
    {DialerFault::kForgivesHandshakes, "headers of the answer to the upgrade that never end are kLimit"},
    {DialerFault::kForgivesViolations, "a masked frame is a protocol error"},
    {DialerFault::kForgivesViolations, "reserved bits are a protocol error"},
    {DialerFault::kForgivesViolations, "unknown opcodes are a protocol error"},
    {DialerFault::kForgivesViolations, "fragmented, long and cut control frames are a protocol error"},
    {DialerFault::kForgivesViolations, "fragments out of place are a protocol error"},
    {DialerFault::kForgivesViolations, "close codes that are not for the wire are a protocol error"},
    {DialerFault::kForgivesViolations, "lengths beyond 2^63 or not in their shortest form are a protocol error"},
    {DialerFault::kForgivesViolations, "an announced length beyond max_message_bytes is kLimit before it comes"},
    {DialerFault::kForgivesViolations, "invalid UTF-8 is kProtocol, with 1007 to the peer"},
    {DialerFault::kForgivesViolations, "messages before a violation arrive, none after it"},
    {DialerFault::kFramesSwapped, "frames may come byte by byte"},
    {DialerFault::kFramesSwapped, "messages before the end arrive when they are asked for"},
};

constexpr Catch<HttpFault> kHttpCatches[] = {
    {HttpFault::kDoneInline, "whole answers arrive"},
    {HttpFault::kOffStrand, "whole answers arrive"},
    {HttpFault::kAddsHeader, "nothing goes out but what the caller gave and HTTP demands"},
    {HttpFault::kDropsHeader, "the request's headers go out as they are"},
    {HttpFault::kEncodesTheUrl, "the url's path and query go out as they are"},
    {HttpFault::kDropsBody, "a POST's body goes out as it is"},
    {HttpFault::kPostsAreGets, "a POST has its Content-Length, also when it is empty"},
    {HttpFault::kKeepsCookies, "cookies are not kept"},
    {HttpFault::kFollowsRedirects, "redirects are not followed"},
    {HttpFault::kRetriesFailures, "requests whose connection breaks are not sent again"},
    {HttpFault::kDeadConnectionsClaimSent,
     "a request that finds its idle connection dead is sent once, or says that nothing was sent"},
    {HttpFault::kSendBlocks, "send never blocks"},
    {HttpFault::kOneAtATime, "requests run side by side"},
    {HttpFault::kOneAtATime, "a request without an answer waits and delays nobody"},
    {HttpFault::kThrows, "what is wrong with the request is told by on_done"},
    {HttpFault::kErrorsClaimNothingSent, "a connection cut before the end of the answer is a failure"},
    {HttpFault::kShortBodyIsABreach, "a connection cut before the end of the answer is a failure"},
    {HttpFault::kErrorsClaimSent, "a refused connection is kConnect, and nothing was sent"},
    {HttpFault::kNoHeaderLimit, "an answer beyond max_header_bytes is kLimit"},
    {HttpFault::kDropsAnswerHeaders, "headers arrive each and in order"},
    {HttpFault::kHeadersTwice, "whole answers arrive"},
    {HttpFault::kStatusIsFailure, "any status is a success"},
    {HttpFault::kEmptyData, "whole answers arrive"},
    {HttpFault::kWholeBodyAtOnce, "the body arrives as it comes"},
    {HttpFault::kShortBodyIsSuccess, "a body that ends before its length or last chunk is a failure"},
    {HttpFault::kDoneTwice, "whole answers arrive"},
    {HttpFault::kDoneSwallowed, "whole answers arrive"},
    {HttpFault::kIgnoresPause, "after a pause nothing comes until resume"},
    {HttpFault::kPausedChunkComesAgain, "a paused chunk counts as taken, each byte comes once"},
    {HttpFault::kEndsDuringPause, "the end of the answer waits for resume"},
    {HttpFault::kHoldsEverything, "a pause stops the peer after a bounded amount"},
    {HttpFault::kResumeInline, "after a pause nothing comes until resume"},
    {HttpFault::kResumeWithoutPause, "resume without a pause does nothing"},
    {HttpFault::kCallsAfterDestruction, "a destroyed request calls nothing, also where the call was queued"},
    {HttpFault::kDestructorLeaks, "cancelling a request drops its connection at once"},
    {HttpFault::kDestructorBlocks, "cancelling a request drops its connection at once"},
    {HttpFault::kDataDiesWithOperation, "on_data may destroy the request, the data stays valid"},
    {HttpFault::kClientOwnsRequests, "requests go on without their client"},
    {HttpFault::kShortBodyIsSuccess, "broken chunks are a failure"},
    {HttpFault::kShortBodyIsSuccess, "an answer that is no HTTP is a failure"},
    {HttpFault::kShortBodyIsSuccess, "headers that never end are kLimit"},
    {HttpFault::kShortBodyIsSuccess, "1xx answers that never end are kLimit"},
    {HttpFault::kShortBodyIsSuccess, "a reset connection is a failure"},
    {HttpFault::kShortBodyIsSuccess, "a connection cut behind a pause is a failure"},
    {HttpFault::kStatusIsFailure, "credentials are not offered, also when they are asked for"},
    {HttpFault::kDoneSwallowed, "204 and 304 have no body"},
};

}  // namespace

TEST_CASE("the suite catches broken executors") {
  catch_all<FaultyExecutorFixture>(executor_checks(), kExecutorCatches);
}

TEST_CASE("the suite catches broken dialers and connections") {
  catch_all<FaultyDialerFixture>(dialer_checks(), kDialerCatches);
}

TEST_CASE("the suite catches broken HTTP clients") { catch_all<FaultyHttpFixture>(http_client_checks(), kHttpCatches); }

TEST_CASE("the names of the checks are unique") {
  for (const auto* list : {&executor_checks(), &dialer_checks(), &http_client_checks()}) {
    std::vector<std::string> names;
    for (const Check& check : *list) names.push_back(check.name);
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  }
}
