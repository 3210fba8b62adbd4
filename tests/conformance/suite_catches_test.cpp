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
  return fault == Fault::none ? std::chrono::seconds(120) : kShortPatience;
}

class FaultyExecutorFixture final : public Fixture {
 public:
  ExecutorFault fault = ExecutorFault::none;
  std::chrono::milliseconds patience() const override { return patience_with(fault); }
  unsigned offers() const override { return Fixture::offers() | offer::stop; }
  std::shared_ptr<Executor> make_executor() override { return make_faulty_executor(fault); }
  void stop(Executor& executor) override { stop_faulty_executor(executor); }
};

class FaultyDialerFixture final : public Fixture {
 public:
  DialerFault fault = DialerFault::none;
  std::chrono::milliseconds patience() const override { return patience_with(fault); }
  std::shared_ptr<WebsocketDialer> make_dialer(const std::shared_ptr<Executor>&, Peer&) override {
    auto good = std::make_shared<BlockingWebsocketAdapter>([] { return std::make_unique<PlainWebsocket>(); });
    return make_faulty_dialer(std::move(good), fault);
  }
};

class FaultyHttpFixture final : public Fixture {
 public:
  HttpFault fault = HttpFault::none;
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
    fixture.fault = Fault::none;
    CHECK(run_named(checks, one.check, fixture) == "");
  }
}

constexpr Catch<ExecutorFault> kExecutorCatches[] = {
    {ExecutorFault::post_runs_inline, "post runs the task later, never inside the call"},
    {ExecutorFault::last_first, "tasks run in the order of their posting"},
    {ExecutorFault::last_first, "what a task posts runs after what was posted before"},
    {ExecutorFault::two_threads, "any thread may post, and tasks run one at a time"},
    {ExecutorFault::runs_twice, "a task runs once and is destroyed"},
    {ExecutorFault::always_here, "running_here is true inside a task, on its thread alone"},
    {ExecutorFault::never_here, "running_here is true inside a task, on its thread alone"},
    {ExecutorFault::here_for_all, "running_here tells executors apart"},
    {ExecutorFault::clock_goes_back, "now never goes back"},
    {ExecutorFault::early_timers, "schedule runs the task on the strand, never before its time"},
    {ExecutorFault::schedule_runs_inline, "schedule never runs the task inside the call"},
    {ExecutorFault::timers_in_order_of_scheduling, "scheduled tasks run in the order of their times"},
    {ExecutorFault::equal_times_backwards, "tasks due at the same time run in the order of their scheduling"},
    {ExecutorFault::ids_from_zero, "ids tell timers apart, and 0 names none"},
    {ExecutorFault::one_id_for_all, "ids tell timers apart, and 0 names none"},
    {ExecutorFault::cancel_is_ignored, "a canceled task never runs and is destroyed"},
    {ExecutorFault::cancel_is_ignored, "a timer may cancel one that is due at the same time"},
    {ExecutorFault::cancel_keeps_the_task, "a canceled task never runs and is destroyed"},
    {ExecutorFault::due_timers_cant_be_canceled, "a timer that came due meanwhile can still be canceled"},
    {ExecutorFault::posts_starve_timers, "posted tasks don't starve timers"},
    {ExecutorFault::timers_starve_posts, "timers don't starve posted tasks"},
    {ExecutorFault::timers_before_posts, "a timer runs after what was posted before its time"},
    {ExecutorFault::one_timer_a_turn, "all timers that are due run in one turn"},
    {ExecutorFault::new_timers_first, "a timer for the past doesn't starve those that are due"},
    {ExecutorFault::destructor_waits_for_itself, "the last owner may go on the executor's own thread"},
    {ExecutorFault::end_of_time_comes, "a timer at the end of time waits"},
    {ExecutorFault::keeps_queued_tasks, "queued tasks are destroyed with the executor"},
    {ExecutorFault::keeps_queued_tasks, "stopping destroys what is queued"},
    {ExecutorFault::keeps_tasks_after_stop,
     "after the stop tasks are destroyed at once, un-run, on the calling thread"},
    {ExecutorFault::run_one_lies, "run_one says whether it made progress"},
};

constexpr Catch<DialerFault> kDialerCatches[] = {
    {DialerFault::handler_inline, "an accepted dial gives an open connection, 101 and the answer's headers"},
    {DialerFault::handler_off_strand, "the handler waits for the answer"},
    {DialerFault::handler_twice, "the handler waits for the answer"},
    {DialerFault::handler_after_cancel, "a canceled dial's handler doesn't run, also where its call was queued"},
    {DialerFault::never_calls, "the handler waits for the answer"},
    {DialerFault::drops_headers, "the request's headers go out as they are"},
    {DialerFault::drops_answer_headers, "an accepted dial gives an open connection, 101 and the answer's headers"},
    {DialerFault::drops_answer_headers, "a refusal is an HTTP answer, not a failure, and is not repeated"},
    {DialerFault::adds_credentials, "the upgrade has what RFC 6455 demands, and no cookies or credentials of its own"},
    {DialerFault::keeps_cookies, "cookies are not kept"},
    {DialerFault::retries_refusals, "a refusal is an HTTP answer, not a failure, and is not repeated"},
    {DialerFault::refusal_is_error, "a refusal is an HTTP answer, not a failure, and is not repeated"},
    {DialerFault::keeps_whole_body, "a refusal's body is cut to max_refusal_bytes"},
    {DialerFault::errors_claim_nothing_sent, "a connection cut before the answer is a failure, and something was sent"},
    {DialerFault::errors_claim_sent, "a refused connection is TransportFailure::connect, and nothing was sent"},
    {DialerFault::dial_blocks, "dial never blocks"},
    {DialerFault::cancel_blocks, "canceling a dial ends it at once, without a callback"},
    {DialerFault::cancel_leaks, "canceling a dial ends it at once, without a callback"},
    {DialerFault::operation_owns_connection, "a connection outlives its dial's operation"},
    {DialerFault::dialer_owns_connections, "dials and connections go on without their dialer"},
    {DialerFault::no_header_limit, "an answer beyond max_header_bytes is TransportFailure::limit"},
    {DialerFault::no_message_limit,
     "a message beyond max_message_bytes is TransportFailure::limit, with 1009 to the peer"},
    {DialerFault::frames_off_strand, "messages arrive whole and in order"},
    {DialerFault::frames_inside_read, "read inside on_frame doesn't recurse"},
    {DialerFault::frames_unasked, "one read gives one message, and asking twice does nothing"},
    {DialerFault::frames_after_destruction, "a destroyed connection calls nothing, also where the call was queued"},
    {DialerFault::frames_swapped, "messages arrive whole and in order"},
    {DialerFault::frames_all_text, "messages arrive whole and in order"},
    {DialerFault::payload_dies_with_connection, "on_frame may destroy the connection, the payload stays valid"},
    {DialerFault::reads_ahead, "not reading stops the peer after a bounded amount"},
    {DialerFault::written_inside_write, "writes arrive in order, as they are"},
    {DialerFault::written_other_buffer, "on_written gives the buffers back, oldest first"},
    {DialerFault::written_before_sent, "write never blocks, and on_written waits for the network"},
    {DialerFault::writes_after_close, "close comes after the writes so far; later writes and closes do nothing"},
    {DialerFault::drops_last_write, "writes go out without a read"},
    {DialerFault::end_twice, "the end without a close frame is 1006"},
    {DialerFault::end_always_1006, "the peer's close is TransportFailure::closed with its code and reason"},
    {DialerFault::end_without_reason, "the peer's close is TransportFailure::closed with its code and reason"},
    {DialerFault::end_inside_close, "close shakes hands and then ends with TransportFailure::closed"},
    {DialerFault::end_before_handshake, "close waits for the peer's frame and tells its code"},
    {DialerFault::end_swallowed, "the end without a close frame is 1006"},
    {DialerFault::calls_after_end, "calls after the end do nothing"},
    {DialerFault::destructor_shakes_hands, "destroying the connection ends it without a close frame"},
    {DialerFault::destructor_leaks, "destroying the connection ends it without a close frame"},
    {DialerFault::drops_early_frames, "messages that come before start are kept"},
    {DialerFault::end_always_1006, "a close frame without a code is 1005"},
    {DialerFault::end_always_1006, "closes that cross end with the peer's code"},
    {DialerFault::end_always_1006, "what comes after the peer's close frame is ignored"},
    {DialerFault::end_swallowed, "a reset connection is 1006"},
    {DialerFault::end_swallowed, "a cut instead of the peer's close frame is 1006"},
    {DialerFault::end_swallowed, "a connection cut inside a message is 1006"},
    {DialerFault::end_swallowed, "close ends a connection that nobody reads"},
    {DialerFault::forgives_handshakes, "the handshake is verified"},
    {DialerFault::forgives_handshakes, "extensions and subprotocols that nobody asked for are rejected"},
    {DialerFault::forgives_handshakes, "an answer to the upgrade that is no HTTP is a failure"},
    {DialerFault::forgives_handshakes,
     "headers of the answer to the upgrade that never end are TransportFailure::limit"},
    {DialerFault::forgives_violations, "a masked frame is a protocol error"},
    {DialerFault::forgives_violations, "reserved bits are a protocol error"},
    {DialerFault::forgives_violations, "unknown opcodes are a protocol error"},
    {DialerFault::forgives_violations, "fragmented, long and cut control frames are a protocol error"},
    {DialerFault::forgives_violations, "fragments out of place are a protocol error"},
    {DialerFault::forgives_violations, "close codes that are not for the wire are a protocol error"},
    {DialerFault::forgives_violations, "lengths beyond 2^63 or not in their shortest form are a protocol error"},
    {DialerFault::forgives_violations,
     "an announced length beyond max_message_bytes is TransportFailure::limit before it comes"},
    {DialerFault::forgives_violations, "invalid UTF-8 is TransportFailure::protocol, with 1007 to the peer"},
    {DialerFault::forgives_violations, "messages before a violation arrive, none after it"},
    {DialerFault::frames_swapped, "frames may come byte by byte"},
    {DialerFault::frames_swapped, "messages before the end arrive when they are asked for"},
};

constexpr Catch<HttpFault> kHttpCatches[] = {
    {HttpFault::done_inline, "whole answers arrive"},
    {HttpFault::off_strand, "whole answers arrive"},
    {HttpFault::adds_header, "nothing goes out but what the caller gave and HTTP demands"},
    {HttpFault::drops_header, "the request's headers go out as they are"},
    {HttpFault::encodes_the_url, "the url's path and query go out as they are"},
    {HttpFault::drops_body, "a POST's body goes out as it is"},
    {HttpFault::posts_are_gets, "a POST has its Content-Length, also when it is empty"},
    {HttpFault::keeps_cookies, "cookies are not kept"},
    {HttpFault::follows_redirects, "redirects are not followed"},
    {HttpFault::retries_failures, "requests whose connection breaks are not sent again"},
    {HttpFault::dead_connections_claim_sent,
     "a request that finds its idle connection dead is sent once, or says that nothing was sent"},
    {HttpFault::send_blocks, "send never blocks"},
    {HttpFault::one_at_a_time, "requests run side by side"},
    {HttpFault::one_at_a_time, "a request without an answer waits and delays nobody"},
    {HttpFault::throws, "what is wrong with the request is told by on_done"},
    {HttpFault::errors_claim_nothing_sent, "a connection cut before the end of the answer is a failure"},
    {HttpFault::short_body_is_a_breach, "a connection cut before the end of the answer is a failure"},
    {HttpFault::errors_claim_sent, "a refused connection is TransportFailure::connect, and nothing was sent"},
    {HttpFault::no_header_limit, "an answer beyond max_header_bytes is TransportFailure::limit"},
    {HttpFault::drops_answer_headers, "headers arrive each and in order"},
    {HttpFault::headers_twice, "whole answers arrive"},
    {HttpFault::status_is_failure, "any status is a success"},
    {HttpFault::empty_data, "whole answers arrive"},
    {HttpFault::whole_body_at_once, "the body arrives as it comes"},
    {HttpFault::short_body_is_success, "a body that ends before its length or last chunk is a failure"},
    {HttpFault::done_twice, "whole answers arrive"},
    {HttpFault::done_swallowed, "whole answers arrive"},
    {HttpFault::ignores_pause, "after a pause nothing comes until resume"},
    {HttpFault::paused_chunk_comes_again, "a paused chunk counts as taken, each byte comes once"},
    {HttpFault::ends_during_pause, "the end of the answer waits for resume"},
    {HttpFault::holds_everything, "a pause stops the peer after a bounded amount"},
    {HttpFault::resume_inline, "after a pause nothing comes until resume"},
    {HttpFault::resume_without_pause, "resume without a pause does nothing"},
    {HttpFault::calls_after_destruction, "a destroyed request calls nothing, also where the call was queued"},
    {HttpFault::destructor_leaks, "canceling a request drops its connection at once"},
    {HttpFault::destructor_blocks, "canceling a request drops its connection at once"},
    {HttpFault::data_dies_with_operation, "on_data may destroy the request, the data stays valid"},
    {HttpFault::client_owns_requests, "requests go on without their client"},
    {HttpFault::short_body_is_success, "broken chunks are a failure"},
    {HttpFault::short_body_is_success, "an answer that is no HTTP is a failure"},
    {HttpFault::short_body_is_success, "headers that never end are TransportFailure::limit"},
    {HttpFault::short_body_is_success, "1xx answers that never end are TransportFailure::limit"},
    {HttpFault::short_body_is_success, "a reset connection is a failure"},
    {HttpFault::short_body_is_success, "a connection cut behind a pause is a failure"},
    {HttpFault::status_is_failure, "credentials are not offered, also when they are asked for"},
    {HttpFault::done_swallowed, "204 and 304 have no body"},
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
