// How recordings are read.
#include <doctest/doctest.h>

#include <stdexcept>

#include "recording.hpp"

using namespace wire;

namespace {

Recording one_exchange(const std::string& members) {
  return parse_recording(R"({"client":"c","exchanges":[{"t_ms":5,"tcp":1,)" + members + "}]}", "test");
}

}  // namespace

TEST_CASE("a request is read with its decoded parameters, as object or as pairs") {
  const auto object = one_exchange(R"("request":{"method":"GET","path":"/signalr/Connect","query":{"a":"1 2"},
                                      "headers":[["Upgrade","websocket"]]},"response":null)");
  const RecordedRequest& request = *object.exchanges[0].request;
  CHECK(request.command() == "connect");
  CHECK(request.base() == "/signalr/");
  CHECK(request.parameter("A") == "1 2");
  CHECK(request.upgrade());
  CHECK_FALSE(object.exchanges[0].response);
  const auto pairs = one_exchange(R"("request":{"method":"GET","path":"/x","query":[["a","1"],["b","2"]]})");
  CHECK(pairs.exchanges[0].request->parameter("b") == "2");
}

TEST_CASE("fragments become one message, pings are left out") {
  const auto recording = one_exchange(R"("request":null,"websocket":[
      {"t_ms":1,"from":"client","opcode":"text","fin":false,"text":"{\"H\":"},
      {"t_ms":2,"from":"server","opcode":"text","fin":true,"text":"between"},
      {"t_ms":3,"from":"client","opcode":"ping","fin":true,"text":"x"},
      {"t_ms":4,"from":"client","opcode":"continuation","fin":true,"text":"1}"},
      {"t_ms":5,"from":"server","opcode":"close","fin":true,"code":1001,"reason":"bye"}])");
  const auto& frames = recording.exchanges[0].frames;
  REQUIRE(frames.size() == 3);
  CHECK(frames[0].text == "between");
  CHECK(frames[1].text == "{\"H\":1}");
  CHECK_FALSE(frames[1].from_server);
  CHECK(frames[2].kind == FrameKind::close);
  CHECK(frames[2].code == 1001);
}

TEST_CASE("a chunked body comes in pieces and as a whole") {
  const auto recording = one_exchange(R"("request":null,"response":{"t_ms":6,"status":200,"headers":[],
      "complete":false,"sse":[{"t_ms":7,"raw":"data: a\n\n"},{"t_ms":9,"raw":"data: b\n\n"}]},
      "ended":"server closed the TCP connection","ended_ms":11)");
  const RecordedExchange& exchange = recording.exchanges[0];
  CHECK(exchange.response->body == "data: a\n\ndata: b\n\n");
  CHECK(exchange.response->pieces.size() == 2);
  CHECK_FALSE(exchange.response->complete);
  CHECK(exchange.ended_by == EndedBy::server);
  CHECK(exchange.last_ms() == 11);
}

TEST_CASE("shortened runs are restored") {
  CHECK(with_runs_restored("\"LLLLL…[12 times 'L' in all]…LLLLL\"") == "\"LLLLLLLLLLLL\"");
  CHECK(with_runs_restored("a…[3 times 'b' in all]…c") == "abbbc");
  CHECK(with_runs_restored("xx…[3 times 'x' in all]…xyy…[4 times 'y' in all]…y") == "xxxyyyy");
  CHECK(with_runs_restored("no run … here […]") == "no run … here […]");
  CHECK(with_runs_restored("…[99999999999999999999 times 'x' in all]…") == "…[99999999999999999999 times 'x' in all]…");
}

TEST_CASE("what is no recording is refused") {
  CHECK_THROWS_AS(parse_recording("{", "x"), std::runtime_error);
  CHECK_THROWS_AS(parse_recording("{}", "x"), std::runtime_error);
  CHECK_THROWS_AS(one_exchange(R"("request":{"path":"/x"})"), std::runtime_error);
  CHECK_THROWS_AS(load_recording("no/such/file.json", "x"), std::runtime_error);
}
