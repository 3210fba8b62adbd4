// The parts that the public lists are put together from, one function a file.
#pragma once

#include <vector>

#include <signalr/conformance/check.hpp>

namespace signalr::conformance {

using Checks = std::vector<Check>;

void add_task_checks(Checks& checks);
void add_timer_checks(Checks& checks);
void add_executor_end_checks(Checks& checks);

void add_dial_checks(Checks& checks);
void add_message_checks(Checks& checks);
void add_close_checks(Checks& checks);
void add_websocket_pressure_checks(Checks& checks);
void add_websocket_lifetime_checks(Checks& checks);
void add_websocket_end_checks(Checks& checks);
void add_hostile_handshake_checks(Checks& checks);
void add_hostile_frame_checks(Checks& checks);

void add_http_request_checks(Checks& checks);
void add_http_answer_checks(Checks& checks);
void add_http_pressure_checks(Checks& checks);
void add_http_lifetime_checks(Checks& checks);
void add_hostile_http_checks(Checks& checks);

}  // namespace signalr::conformance
