#include <doctest/doctest.h>

#include "protocol/user_identity.hpp"
#include "recordings.hpp"

using namespace signalr::detail::protocol;

TEST_CASE("P#107 P#140 a 403 is final only with the server's own text") {
  const char* text =
      "Unrecognized user identity.  The user identity cannot change during an active SignalR connection.";
  CHECK(is_user_identity_change(403, text));
  CHECK(is_final_refusal(403, text));
  CHECK_FALSE(is_user_identity_change(403, ""));
  CHECK_FALSE(is_user_identity_change(403, "Site stopped"));
  CHECK_FALSE(is_user_identity_change(401, text));
  CHECK_FALSE(is_user_identity_change(200, text));
}

TEST_CASE("P#107 a 400 is final only with one of the known texts") {
  CHECK(is_request_rejected(400, "The ConnectionId is in the incorrect format."));
  CHECK_FALSE(is_request_rejected(400, "Bad Request"));
  CHECK_FALSE(is_request_rejected(404, "The ConnectionId is in the incorrect format."));
  CHECK_FALSE(is_final_refusal(500, ""));
}

TEST_CASE("P#107 every recorded 400, and every 403 for a changed user, is recognised") {
  int rejected = 0, changed = 0;
  for (const auto& [name, file] : recordings::all()) {
    recordings::for_each_answer(file, [&](const std::string&, const auto&, const auto& response) {
      const std::string body = recordings::text(response, "body");
      const int status = response["status"].GetInt();
      if (status == 400) {
        CAPTURE(body);
        CHECK(is_request_rejected(status, body));
        ++rejected;
      } else if (status == 403) {
        CHECK(is_user_identity_change(status, body) == !body.empty());  // empty: JSONP is off
        changed += body.empty() ? 0 : 1;
      } else {
        CHECK_FALSE(is_final_refusal(status, body));
      }
    });
  }
  CHECK(rejected > 5);
  CHECK(changed > 1);
}
