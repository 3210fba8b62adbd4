#include "upgrade.hpp"

#include <string_view>

#include <openssl/rand.h>
#include <openssl/sha.h>

#include "base64.hpp"
#include "http_answer.hpp"
#include "text.hpp"

namespace signalr::net {
namespace {

bool is_of_the_handshake(std::string_view name) {
  const std::string known = lower(name);
  constexpr std::string_view kPrefix = "sec-websocket-";
  return known == "host" || known == "connection" || known == "upgrade" || known == "content-length" ||
         known == "transfer-encoding" || known.compare(0, kPrefix.size(), kPrefix) == 0;
}

std::string accept_for(const std::string& key) {
  const std::string salted = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(salted.data()), salted.size(), digest);
  return base64({reinterpret_cast<const char*>(digest), sizeof digest});
}

}  // namespace

std::string header_problem(const Headers& headers) {
  for (const Header& field : headers) {
    if (!is_token(field.name)) return "a header's name is empty or has characters that none may have";
    if (!is_header_value(field.value))
      return "the header " + field.name + " has a line break or control character in it";
    if (is_of_the_handshake(field.name))
      return "the header " + field.name + " is the handshake's own and can't be given";
  }
  return {};
}

std::string make_websocket_key() {
  unsigned char nonce[16];
  if (RAND_bytes(nonce, sizeof nonce) != 1) return {};
  return base64({reinterpret_cast<const char*>(nonce), sizeof nonce});
}

std::string upgrade_request(const Url& url, const Headers& headers, const std::string& key) {
  std::string request = "GET " + url.target() + " HTTP/1.1\r\nHost: " + url.authority() +
                        "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: " +
                        key + "\r\n";
  for (const Header& field : headers) request += field.name + ": " + field.value + "\r\n";
  return request += "\r\n";
}

std::string upgrade_problem(const Headers& answer, const std::string& key) {
  if (!has_token(answer, "Upgrade", "websocket")) return "its Upgrade header doesn't say websocket";
  if (!has_token(answer, "Connection", "upgrade")) return "its Connection header doesn't say Upgrade";
  const std::string expected = accept_for(key);
  bool accepted = false;
  for (const Header& field : answer) {  // each of them, where a header is repeated
    if (same_ignoring_case(field.name, "Sec-WebSocket-Accept")) {
      accepted = field.value == expected;
      if (!accepted) break;
    } else if (same_ignoring_case(field.name, "Sec-WebSocket-Extensions") && !field.value.empty()) {
      return "it turns on an extension that was not offered";
    } else if (same_ignoring_case(field.name, "Sec-WebSocket-Protocol")) {
      return "it chooses a subprotocol that was not offered";
    }
  }
  return accepted ? std::string() : "its Sec-WebSocket-Accept is missing or not for our key";
}

}  // namespace signalr::net
