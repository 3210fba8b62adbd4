#include <signalr/json/decode.hpp>

#include "protocol/safe_text.hpp"

namespace signalr {

std::string ArgumentDecoder::place(std::size_t index) const {
  return "argument " + std::to_string(index + 1) + " of \"" + protocol::printable(method_) + '"';
}

void ArgumentDecoder::fail_missing(std::size_t index) const {
  throw DecodeError(place(index), "a value", "none: the call has fewer arguments");
}

}  // namespace signalr
