#include <signalr/dial_options.hpp>

#include "protocol/request_url.hpp"

namespace signalr {

QueryParams::QueryParams(std::initializer_list<std::pair<std::string, std::string>> params) {
  for (const auto& [name, value] : params) {
    if (!text_.empty()) text_ += '&';
    detail::protocol::append_percent_encoded(text_, name);
    text_ += '=';
    detail::protocol::append_percent_encoded(text_, value);
  }
}

}  // namespace signalr
