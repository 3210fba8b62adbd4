#include "usual.hpp"

#include <utility>

namespace wire {
namespace {

RecordedExchange exchange(RecordedRequest request, RecordedResponse response, double t_ms) {
  RecordedExchange result;
  result.t_ms = t_ms;
  result.request = std::move(request);
  result.response = std::move(response);
  result.ended_ms = t_ms;
  return result;
}

}  // namespace

const char* const kUsualToken = "usual+token/of+a=server==";
const char* const kUsualMessageId = "d-USUAL-B,0|C,0";

RecordedResponse usual_answer(int status, std::string body, double t_ms) {
  RecordedResponse response;
  response.t_ms = t_ms;
  response.complete_ms = t_ms;
  response.status = status;
  response.body = std::move(body);
  return response;
}

RecordedFrame usual_init(double t_ms) {
  RecordedFrame frame;
  frame.t_ms = t_ms;
  frame.from_server = true;
  frame.text = std::string(R"({"C":")") + kUsualMessageId + R"(","S":1,"M":[]})";
  return frame;
}

RecordedRequest usual_request(const Identity& identity, const std::string& command, const std::string& token) {
  RecordedRequest request;
  request.method = command == "abort" ? "POST" : "GET";
  request.path = identity.base + command;
  request.query = identity.query;
  request.headers = identity.headers;
  if (command == "negotiate") return request;
  request.query.emplace_back("transport", "webSockets");
  request.query.emplace_back("connectionToken", token);
  if (command == "connect" || command == "reconnect") request.headers.emplace_back("Upgrade", "websocket");
  return request;
}

RecordedExchange usual_negotiate(const Identity& identity, double t_ms) {
  return exchange(usual_request(identity, "negotiate", {}),
                  usual_answer(200,
                               std::string(R"({"Url":"/signalr","ConnectionToken":")") + kUsualToken +
                                   R"(","ConnectionId":"usual-id","KeepAliveTimeout":null,"DisconnectTimeout":30.0,)"
                                   R"("ConnectionTimeout":110.0,"TryWebSockets":true,"ProtocolVersion":"1.5",)"
                                   R"("TransportConnectTimeout":5.0,"LongPollDelay":0.0})",
                               t_ms),
                  t_ms);
}

RecordedExchange usual_connect(const Identity& identity, const std::string& token, double t_ms) {
  RecordedExchange result = exchange(usual_request(identity, "connect", token), usual_answer(101, {}, t_ms), t_ms);
  result.frames.push_back(usual_init(t_ms));
  return result;
}

RecordedExchange usual_start(const Identity& identity, const std::string& token, double t_ms) {
  return exchange(usual_request(identity, "start", token), usual_answer(200, R"({ "Response": "started" })", t_ms),
                  t_ms);
}

RecordedExchange usual_abort(const Identity& identity, const std::string& token, double t_ms) {
  return exchange(usual_request(identity, "abort", token), usual_answer(200, {}, t_ms), t_ms);
}

}  // namespace wire
