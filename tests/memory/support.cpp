#include "support.hpp"

#include <algorithm>

namespace memory_test {

std::string_view name_of(TransportFailure failure) {
  switch (failure) {
    case TransportFailure::unsupported:
      return "unsupported";
    case TransportFailure::resolve:
      return "resolve";
    case TransportFailure::connect:
      return "connect";
    case TransportFailure::proxy:
      return "proxy";
    case TransportFailure::tls:
      return "tls";
    case TransportFailure::protocol:
      return "protocol";
    case TransportFailure::limit:
      return "limit";
    case TransportFailure::closed:
      return "closed";
    case TransportFailure::io:
      return "io";
  }
  return "unknown";
}

void Answer::on_headers(int new_status, const Headers& new_headers) {
  log.push_back("headers " + std::to_string(new_status));
  status = new_status;
  headers = new_headers;
  if (on_headers_do) on_headers_do();
}

Flow Answer::on_data(std::string_view data) {
  log.push_back("data " + std::string(data));
  body += data;
  return on_data_do ? on_data_do(data) : Flow::more;
}

void Answer::on_done(const TransportError* failure) {
  log.push_back(failure == nullptr ? std::string("done") : "failed " + std::string(name_of(failure->failure())));
  done = true;
  if (failure != nullptr) error.emplace(*failure);
  if (on_done_do) on_done_do();
}

void Ear::on_frame(MessageType type, std::string_view payload) {
  log.push_back((type == MessageType::text ? "text " : "binary ") + std::string(payload));
  if (type == MessageType::text) texts.emplace_back(payload);
  if (read_on) conn->read();
  if (on_frame_do) on_frame_do();
}

void Ear::on_written(std::string buffer) {
  log.push_back("written " + buffer);
  if (on_written_do) on_written_do();
}

void Ear::on_end(const TransportError& error) {
  log.push_back("end " + std::string(name_of(error.failure())) + ' ' + std::to_string(error.close_code().value_or(0)));
  end.emplace(error);
}

void Dialed::start_reading() {
  ear().conn = &conn();
  conn().start(ear());
  conn().read();
}

Request Client::send(std::string method, std::string url, std::string body, Headers headers) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.body = std::move(body);
  request.headers = std::move(headers);
  Request sent;
  sent.op = server.http_client()->send(server.executor(), std::move(request), *sent.answer);
  return sent;
}

Dialed Client::dial(std::string url, Headers headers) {
  DialRequest request;
  request.url = std::move(url);
  request.headers = std::move(headers);
  Dialed dialed;
  dialed.op =
      server.dialer()->dial(server.executor(), std::move(request),
                            [kept = dialed.kept.get()](DialResult result) { kept->result.emplace(std::move(result)); });
  return dialed;
}

std::string Client::negotiate(std::string_view hub_names, std::string_view client_protocol) {
  hubs = hub_names;
  protocol = client_protocol;
  std::string text = base + "/negotiate?clientProtocol=" + protocol;
  if (!hubs.empty()) text += "&connectionData=" + encoded(hubs);
  const Request answer = send("GET", text);
  server.clock().run_ready();
  REQUIRE(answer->status == 200);
  token = member(answer->body, "ConnectionToken");
  return answer->body;
}

std::string Client::url(std::string_view command, std::string_view transport, std::string_view more) const {
  std::string text = base + '/' + std::string(command) + "?clientProtocol=" + protocol +
                     "&transport=" + std::string(transport) + "&connectionToken=" + encoded(token);
  if (!hubs.empty()) text += "&connectionData=" + encoded(hubs);
  return text + std::string(more);
}

Request Client::request(std::string_view command, std::string_view transport, std::string_view more) {
  Request sent =
      send(command == "start" || transport == "serverSentEvents" ? "GET" : "POST", url(command, transport, more));
  server.clock().run_ready();
  return sent;
}

Request Client::send_text(std::string_view transport, std::string_view text) {
  Request sent = send("POST", url("send", transport), "data=" + encoded(text));
  server.clock().run_ready();
  return sent;
}

Dialed Client::open(std::string_view command, std::string_view more) {
  Dialed dialed = dial("ws" + url(command, "webSockets", more).substr(4));
  server.clock().run_ready();
  REQUIRE(dialed.over());
  REQUIRE(dialed.kept->result->conn != nullptr);
  dialed.start_reading();
  server.clock().run_ready();
  return dialed;
}

std::string encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  static constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

std::string member(std::string_view json, std::string_view name) {
  const std::string key = '"' + std::string(name) + "\":";
  const auto found = json.find(key);
  if (found == std::string_view::npos) return {};
  json.remove_prefix(found + key.size());
  if (json.front() != '"') return std::string(json.substr(0, json.find_first_of(",}")));
  return std::string(json.substr(1, json.find('"', 1) - 1));
}

Lines events(std::string_view stream) {
  Lines found;
  while (!stream.empty()) {
    const std::string_view event = stream.substr(0, stream.find("\n\n"));
    REQUIRE(event.substr(0, 6) == "data: ");
    found.emplace_back(event.substr(6));
    stream.remove_prefix(std::min(event.size() + 2, stream.size()));
  }
  return found;
}

Lines life(memory::FakeServer& server) {
  Lines found;
  for (const auto& event : server.app().events()) found.push_back(to_string(event));
  return found;
}

}  // namespace memory_test
