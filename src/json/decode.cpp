#include <signalr/json/decode.hpp>

namespace signalr::detail {
namespace {

std::string place(std::size_t index) { return "argument " + std::to_string(index + 1); }

}  // namespace

void fail_argument(std::size_t index, const DecodeError& error) { throw error.within(place(index)); }

void fail_missing_argument(std::size_t index) {
  throw DecodeError(place(index), "a value", "none: the call has fewer arguments");
}

}  // namespace signalr::detail
