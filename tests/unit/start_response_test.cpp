#include <doctest/doctest.h>
#include <signalr/errors.hpp>

#include "protocol/start_response.hpp"
#include "recordings.hpp"

using namespace signalr;
using detail::protocol::check_start_response;

namespace {

std::string actual_of(std::string_view body) {
  try {
    check_start_response(body).value();
  } catch (const InvalidStartResponseError& error) {
    return error.actual();
  }
  return "(accepted)";
}

}  // namespace

TEST_CASE("P#43 started is accepted, with white space, other fields and a byte order mark around it") {
  for (const char* body :
       {R"({ "Response": "started" })", R"({"Response":"started"})", "\n {\"Response\" : \"started\"}\r\n",
        R"({"a":[{"Response":"no"}],"Response":"started","b":null})", R"({"Response":"start\u0065d"})",
        "\xEF\xBB\xBF{\"Response\":\"started\"}", R"({"Response":1,"Response":"started"})"}) {
    CAPTURE(body);
    CHECK(check_start_response(body).ok());
  }
}

TEST_CASE("P#43 anything else is an error that holds what came") {
  CHECK(actual_of(R"({"Response":"Started"})") == "\"Started\"");
  CHECK(actual_of(R"({"Response": null })") == "null");
  CHECK(actual_of(R"({"Response": -1.5e3 , "x":1})") == "-1.5e3");
  CHECK(actual_of(R"({"Response": ["started", {}] })") == R"(["started", {}])");
  CHECK(actual_of(R"({"Response":{"a":[[]]}})") == R"({"a":[[]]})");
  CHECK(actual_of(R"({"hello":"world"})") == R"({"hello":"world"})");
  CHECK(actual_of(R"({"response":"started"})") == R"({"response":"started"})");
  CHECK(actual_of("").empty());
  CHECK(actual_of("<html>") == "<html>");
  CHECK(actual_of("\"started\"") == "\"started\"");
  CHECK(actual_of("[\"started\"]") == "[\"started\"]");
}

TEST_CASE("P#43 broken JSON around the right answer is no success") {
  for (const char* body : {R"({"Response":"started")", R"({"Response":"started"}x)", R"(cb({"Response":"started"});)",
                           R"({"Response":"started"}{})", "{\"Response\":\"started\",\"a\":\"\xFF\"}"}) {
    CHECK(actual_of(body) == body);
  }
  CHECK_FALSE(check_start_response(std::string_view("{\"Response\":\"started\"}\0", 23)).ok());
}

TEST_CASE("every recorded answer to start is understood") {
  int accepted = 0;
  for (const auto& [name, file] : recordings::all()) {
    recordings::for_each_answer(file, [&](const std::string& path, const auto&, const auto& response) {
      if (path.size() < 6 || path.substr(path.size() - 6) != "/start" || response["status"].GetInt() != 200) return;
      const std::string body = recordings::text(response, "body");
      const bool jsonp = body.find('(') != std::string::npos;
      CHECK(check_start_response(body).ok() != jsonp);
      accepted += jsonp ? 0 : 1;
    });
  }
  CHECK(accepted > 50);
}
