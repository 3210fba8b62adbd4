// A WebsocketDialer that breaks one rule of its contract, over one that keeps it, to see whether the suite sees it.
#pragma once

#include <memory>

#include <signalr/websocket.hpp>

namespace signalr::conformance {

enum class DialerFault {
  none,
  // The dial.
  handler_inline,
  handler_off_strand,
  handler_twice,
  handler_after_cancel,
  never_calls,
  drops_headers,
  drops_answer_headers,
  adds_credentials,
  keeps_cookies,
  retries_refusals,
  refusal_is_error,
  keeps_whole_body,
  errors_claim_nothing_sent,
  errors_claim_sent,
  dial_blocks,
  cancel_blocks,
  cancel_leaks,
  operation_owns_connection,
  dialer_owns_connections,
  no_header_limit,
  no_message_limit,
  forgives_handshakes,
  // The connection.
  frames_off_strand,
  frames_inside_read,
  frames_unasked,
  frames_after_destruction,
  frames_swapped,
  frames_all_text,
  payload_dies_with_connection,
  reads_ahead,
  written_inside_write,
  written_other_buffer,
  written_before_sent,
  writes_after_close,
  drops_last_write,
  end_twice,
  end_always_1006,
  end_without_reason,
  end_inside_close,
  end_before_handshake,
  end_swallowed,
  calls_after_end,
  destructor_shakes_hands,
  destructor_leaks,
  drops_early_frames,
  forgives_violations,
};

std::shared_ptr<WebsocketDialer> make_faulty_dialer(std::shared_ptr<WebsocketDialer> good, DialerFault fault);

}  // namespace signalr::conformance
