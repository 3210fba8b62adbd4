// What kind of text an HTTP answer is: what it says of itself, and what it looks like.
#pragma once

#include <string_view>

namespace signalr::detail::protocol {

/// Whether a Content-Type names `type`; parameters and case don't matter.
bool is_media_type(std::string_view content_type, std::string_view type) noexcept;

/// Whether a body is a page of HTML, whatever its Content-Type says.
bool looks_like_html(std::string_view body) noexcept;

/// Ends the sentence of an error about such a page.
inline constexpr char kHtmlHint[] = "; it looks like HTML: a login page or a proxy's?";

}  // namespace signalr::detail::protocol
