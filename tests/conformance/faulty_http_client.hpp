// An HttpClient that breaks one rule of its contract, over one that keeps it, to see whether the suite sees it.
#pragma once

#include <memory>

#include <signalr/http_client.hpp>

namespace signalr::conformance {

enum class HttpFault {
  none,
  done_inline,
  off_strand,
  adds_header,
  drops_header,
  encodes_the_url,
  drops_body,
  posts_are_gets,
  keeps_cookies,
  follows_redirects,
  retries_failures,
  dead_connections_claim_sent,
  send_blocks,
  one_at_a_time,
  throws,
  errors_claim_nothing_sent,
  errors_claim_sent,
  no_header_limit,
  drops_answer_headers,
  headers_twice,
  status_is_failure,
  empty_data,
  whole_body_at_once,
  short_body_is_success,
  short_body_is_a_breach,
  done_twice,
  done_swallowed,
  ignores_pause,
  paused_chunk_comes_again,
  ends_during_pause,
  holds_everything,
  resume_inline,
  resume_without_pause,
  calls_after_destruction,
  destructor_leaks,
  destructor_blocks,
  data_dies_with_operation,
  client_owns_requests,
};

std::shared_ptr<HttpClient> make_faulty_http_client(std::shared_ptr<HttpClient> good, HttpFault fault);

}  // namespace signalr::conformance
