// What of ours a server's text must not show, found in one pass however many secrets there are and however alike.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace signalr::detail::protocol {

class Secrets {
 public:
  /// They are looked for as they are, percent-encoded, and as a form's value means them. Shorter than 6 bytes they are
  /// no secrets.
  explicit Secrets(const std::vector<std::string>& texts);

  /// `text` without what it repeats of ours, as error pages do: the queries of URLs, and each secret, also where the
  /// end of the text, or anything else behind its first 64 bytes, cuts it off.
  std::string hidden_in(std::string_view text) const;

 private:
  struct Secret {
    std::string text;
    std::size_t needed = 0;  // so much of it, at the least, has to be there
  };

  void add(std::string text);
  std::size_t match(std::string_view rest) const;

  std::vector<Secret> sorted_;
};

}  // namespace signalr::detail::protocol
