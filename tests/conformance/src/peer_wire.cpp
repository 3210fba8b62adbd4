#include "peer_wire.hpp"

#include <algorithm>
#include <cstdlib>

#include "handshake_key.hpp"

namespace signalr::conformance {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Takes a line from the front, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find(kLineEnd), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + kLineEnd.size(), text.size()));
  return line;
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
  return value;
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>((value >> shift) & 0xFF));
}

void append_fields(std::string& head, const Headers& headers) {
  for (const Header& field : headers) head += field.name + ": " + field.value + "\r\n";
}

}  // namespace

Parse take_request(std::string& in, PeerRequest& request) {
  const std::size_t head_end = in.find("\r\n\r\n");
  if (head_end == std::string::npos) return Parse::incomplete;
  std::string_view head(in.data(), head_end);

  PeerRequest found;
  const std::string_view line = take_line(head);
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return Parse::broken;
  found.method = line.substr(0, first);
  found.target = line.substr(first + 1, last - first - 1);
  while (!head.empty()) {
    const std::string_view field = take_line(head);
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos) return Parse::broken;
    found.headers.add(std::string(field.substr(0, colon)), std::string(trimmed(field.substr(colon + 1))));
  }

  std::size_t length = 0;
  if (const std::string* given = found.headers.find("Content-Length"))
    length = std::strtoul(given->c_str(), nullptr, 10);
  const std::size_t body = head_end + 4;
  if (in.size() - body < length) return Parse::incomplete;
  found.body = in.substr(body, length);
  found.upgrade = found.headers.find("Sec-WebSocket-Key") != nullptr;
  in.erase(0, body + length);
  request = std::move(found);
  return Parse::done;
}

Parse take_frame(std::string& in, ClientFrame& frame) {
  if (in.size() < 2) return Parse::incomplete;
  const auto first = static_cast<unsigned char>(in[0]);
  const auto second = static_cast<unsigned char>(in[1]);
  if ((second & 0x80) == 0 || (first & 0x70) != 0) return Parse::broken;
  std::size_t head = 2;
  std::uint64_t length = second & 0x7F;
  const std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (in.size() < head + extended + 4) return Parse::incomplete;
  if (extended != 0) length = big_endian(std::string_view(in).substr(head, extended));
  head += extended;
  if (length > in.size() - head - 4) return Parse::incomplete;

  const std::string mask = in.substr(head, 4);
  frame.fin = (first & 0x80) != 0;
  frame.opcode = first & 0x0F;
  frame.payload = in.substr(head + 4, static_cast<std::size_t>(length));
  for (std::size_t i = 0; i < frame.payload.size(); ++i) {
    frame.payload[i] = static_cast<char>(frame.payload[i] ^ mask[i % 4]);
  }
  in.erase(0, head + 4 + static_cast<std::size_t>(length));
  return Parse::done;
}

std::string server_frame(unsigned char first, std::string_view payload) {
  std::string frame(1, static_cast<char>(first));
  if (payload.size() < 126) {
    frame.push_back(static_cast<char>(payload.size()));
  } else if (payload.size() < 65536) {
    frame.push_back(126);
    append_big_endian(frame, payload.size(), 2);
  } else {
    frame.push_back(127);
    append_big_endian(frame, payload.size(), 8);
  }
  frame += payload;
  return frame;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  std::string payload;
  if (code == close_code::no_status) return payload;
  append_big_endian(payload, code, 2);
  payload += reason;
  return payload;
}

std::string answer_head(int status, const Headers& headers) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + " Said by the test\r\n";
  append_fields(head, headers);
  return head + "\r\n";
}

std::string upgrade_head(const PeerRequest& request, const Headers& headers) {
  const std::string* key = request.headers.find("Sec-WebSocket-Key");
  std::string head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  head += "Sec-WebSocket-Accept: " + websocket_accept(key != nullptr ? *key : std::string()) + "\r\n";
  append_fields(head, headers);
  return head + "\r\n";
}

}  // namespace signalr::conformance
