#include <signalr/json/arrays.hpp>

#include "json/base64.hpp"

namespace signalr::detail {

std::string decode_base64(const JsonValue& json) {
  const std::string text = json.string();
  try {
    Base64Reader reader(text);
    std::string bytes(text.size() / 4 * 3 + 3, '\0');  // room for a multiple of 3
    bytes.resize(reader.read(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size()));
    return bytes;
  } catch (const Base64Error&) {
    json.fail("an array, or bytes as base64");
  }
}

}  // namespace signalr::detail
