// websocketpp, as its frame codec is used here. Whatever includes websocketpp includes this file and nothing of it
// besides: the specialisation below must be seen before anything of websocketpp uses what it replaces.
#pragma once

#include <websocketpp/utf8_validator.hpp>

#include "utf8.hpp"

namespace websocketpp::utf8_validator {

/// In place of a table look-up for each byte, which is 65% of what a small message costs.
template <>
inline bool validator::decode<std::string::iterator>(std::string::iterator begin, std::string::iterator end) {
  while (begin != end) {
    if (m_state == utf8_accept) {
      begin +=
          static_cast<std::ptrdiff_t>(signalr::net::valid_utf8_prefix(&*begin, static_cast<std::size_t>(end - begin)));
      if (begin == end) break;
    }
    // What is here is invalid, or goes on in the next piece: byte by byte it comes out.
    if (!consume(static_cast<std::uint8_t>(*begin))) return false;
    ++begin;
  }
  return true;
}

}  // namespace websocketpp::utf8_validator

#include <websocketpp/close.hpp>
#include <websocketpp/config/core_client.hpp>
#include <websocketpp/processors/hybi13.hpp>

#include "random.hpp"

namespace signalr::net {

/// Hands the same messages out again: at most one data and one control message are in use at a time.
template <class Message>
class PoolingMessages : public std::enable_shared_from_this<PoolingMessages<Message>> {
 public:
  using ptr = std::shared_ptr<PoolingMessages>;
  using weak_ptr = std::weak_ptr<PoolingMessages>;
  using message_ptr = std::shared_ptr<Message>;

  message_ptr get_message(::websocketpp::frame::opcode::value opcode, std::size_t size) {
    message_ptr& slot = ::websocketpp::frame::opcode::is_control(opcode) ? control_ : data_;
    if (slot == nullptr || slot.use_count() != 1 || slot->get_payload().capacity() > kMaxKept) {
      // A length is only claimed: the room for it comes as the bytes do.
      slot = std::make_shared<Message>(this->shared_from_this(), opcode, std::min(size, kMaxReserved));
    }
    slot->set_opcode(opcode);
    slot->get_raw_payload().clear();
    return slot;
  }
  bool recycle(Message*) { return false; }  // websocketpp demands it

 private:
  static constexpr std::size_t kMaxReserved = 64 * 1024;
  static constexpr std::size_t kMaxKept = 1024 * 1024;

  message_ptr data_;
  message_ptr control_;
};

struct CodecConfig : ::websocketpp::config::core_client {
  using message_type = ::websocketpp::message_buffer::message<PoolingMessages>;
  using con_msg_manager_type = PoolingMessages<message_type>;
  using rng_type = RandomSource;
};

}  // namespace signalr::net
