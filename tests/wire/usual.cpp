#include "usual.hpp"

#include <utility>

namespace wire {
namespace {

RecordedExchange exchange(RecordedRequest request, double t_ms) {
  RecordedExchange result;
  result.t_ms = t_ms;
  result.request = std::move(request);
  result.ended_ms = t_ms;
  return result;
}

RecordedExchange exchange(RecordedRequest request, RecordedResponse response, double t_ms) {
  RecordedExchange result = exchange(std::move(request), t_ms);
  result.response = std::move(response);
  return result;
}

std::string init_message(const Position& position) {
  const std::string groups = position.groups_token.empty() ? "" : R"(","G":")" + position.groups_token;
  return R"({"C":")" + position.message_id + groups + R"(","S":1,"M":[]})";
}

}  // namespace

const char* const kUsualToken = "usual+token/of+a=server==";
const Position kUsualPosition{"d-USUAL-B,0|C,0", {}};

RecordedResponse usual_answer(int status, std::string body, double t_ms) {
  RecordedResponse response;
  response.t_ms = t_ms;
  response.complete_ms = t_ms;
  response.status = status;
  response.body = std::move(body);
  return response;
}

RecordedRequest usual_request(const Identity& identity, const std::string& command, const std::string& token) {
  RecordedRequest request;
  request.method = command == "abort" || command == "send" ? "POST" : "GET";
  request.path = identity.base + command;
  request.query = identity.query;
  request.headers = identity.headers;
  if (command == "negotiate") return request;
  request.query.emplace_back("transport", identity.transport);
  request.query.emplace_back("connectionToken", token);
  const bool opens = command == "connect" || command == "reconnect";
  if (opens && identity.transport == "webSockets") request.headers.emplace_back("Upgrade", "websocket");
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

RecordedExchange usual_connect(const Identity& identity, const std::string& token, double t_ms,
                               const Position& position) {
  RecordedRequest request = usual_request(identity, "connect", token);
  const std::string init = init_message(position);
  if (identity.transport == "longPolling") return exchange(std::move(request), usual_answer(200, init, t_ms), t_ms);
  if (identity.transport == "serverSentEvents") {
    RecordedResponse stream = usual_answer(200, {}, t_ms);
    stream.headers.emplace_back("Content-Type", "text/event-stream");
    stream.pieces = {{t_ms, "data: initialized\n\n"}, {t_ms, "data: " + init + "\n\n"}};
    stream.complete = false;
    return exchange(std::move(request), std::move(stream), t_ms);
  }
  RecordedExchange result = exchange(std::move(request), usual_answer(101, {}, t_ms), t_ms);
  RecordedFrame frame;
  frame.t_ms = t_ms;
  frame.from_server = true;
  frame.text = init;
  result.frames.push_back(std::move(frame));
  return result;
}

RecordedExchange usual_next(const Identity& identity, const std::string& command, const std::string& token, double t_ms,
                            const Position& position) {
  RecordedExchange next = exchange(usual_request(identity, command, token), t_ms);
  auto& query = next.request->query;
  if (!position.message_id.empty()) query.emplace_back("messageId", position.message_id);
  if (!position.groups_token.empty()) query.emplace_back("groupsToken", position.groups_token);
  return next;
}

RecordedExchange usual_send(const Identity& identity, const std::string& token, double t_ms, const std::string& data) {
  RecordedExchange send = exchange(usual_request(identity, "send", token), t_ms);
  send.request->form.emplace_back("data", data);
  return send;
}

RecordedExchange usual_start(const Identity& identity, const std::string& token, double t_ms) {
  return exchange(usual_request(identity, "start", token), usual_answer(200, R"({ "Response": "started" })", t_ms),
                  t_ms);
}

RecordedExchange usual_abort(const Identity& identity, const std::string& token, double t_ms) {
  return exchange(usual_request(identity, "abort", token), usual_answer(200, {}, t_ms), t_ms);
}

}  // namespace wire
