// Refusals that no retry can heal: the token belongs to another user, or can't be read any more.
#pragma once

#include <string_view>

namespace signalr::detail::protocol {

/// 403 "Unrecognized user identity. …": who we are isn't who negotiated (P§11). Ends the connection on whatever
/// request it comes (P#140). Other 403s don't mean it: front ends of stopped sites answer so.
bool is_user_identity_change(int status, std::string_view body) noexcept;

/// 400 with one of the texts with which the server rejects a request for good (P§4.1): a token that it can't read, or
/// a request that makes no sense. Other 400s may come from anything in between.
bool is_request_rejected(int status, std::string_view body) noexcept;

/// Either of them: reconnecting is pointless (P#107).
bool is_final_refusal(int status, std::string_view body) noexcept;

}  // namespace signalr::detail::protocol
