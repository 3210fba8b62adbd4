// RFC 6455's frames, by websocketpp; this file hides it. Bytes in, one event at a time out: what isn't asked for stays
// in the caller's buffer, which is all that back-pressure needs. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <signalr/websocket.hpp>

namespace signalr::net {

class Codec {
 public:
  explicit Codec(std::size_t max_message_bytes);
  ~Codec();

  enum class Kind {
    more,     ///< feed on, what is left of the buffer included
    message,  ///< `payload`, of `type`
    ping,     ///< to be answered with `payload`
    pong,
    close,   ///< the peer's close frame: `code` (close_no_status without one) and `payload`, its reason
    broken,  ///< by the peer: to be closed with `code`; `payload` is the reason, in our words
  };
  struct Event {
    Kind kind;
    MessageType type = MessageType::text;
    std::uint16_t code = 0;
    std::string_view payload = {};  ///< into the buffer or the codec: valid until both are used again
  };

  /// Takes `used` bytes of the buffer, which it may overwrite. After `close` or `broken` it must not be called again.
  Event decode(char* data, std::size_t size, std::size_t& used);

  // Append a frame. Payloads of control frames beyond 125 bytes, and codes that must not be sent, are cut to fit.
  static void encode(MessageType type, std::string_view payload, std::string& out);
  static void encode_pong(std::string_view payload, std::string& out);
  static void encode_close(std::uint16_t code, std::string_view reason, std::string& out);

 private:
  struct Processor;

  /// Of the frame that begins here.
  struct Header {
    unsigned char flags;
    std::size_t bytes;
    std::uint64_t payload;
  };
  static bool read_header(const char* data, std::size_t size, Header& header);
  bool is_whole_message(const Header& header, std::size_t size) const;
  Event message_event();
  Event close_event(std::string_view payload);

  const std::size_t max_message_bytes_;
  std::unique_ptr<Processor> processor_;
  std::uint64_t frame_left_ = 0;  // of the frame that is being fed to the processor
  bool in_message_ = false;       // a data message has begun and not ended
};

}  // namespace signalr::net
