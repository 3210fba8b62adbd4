#include "protocol/secrets.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocol/percent_encoding.hpp"

namespace signalr::detail::protocol {
namespace {

constexpr std::size_t kShortest = 6;
constexpr std::size_t kNeeded = 64;
constexpr const char* kBlot = "***";

std::size_t common_beginning(std::string_view a, std::string_view b) {
  const auto size = static_cast<std::ptrdiff_t>(std::min(a.size(), b.size()));
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.begin() + size, b.begin()).first - a.begin());
}

std::string without_queries(std::string_view text) {
  std::string out;
  for (auto at = text.find('?'); at != std::string_view::npos; at = text.find('?')) {
    out.append(text.substr(0, at + 1));
    text.remove_prefix(at + 1);
    const std::string_view query = text.substr(0, text.find_first_of(" \t\r\n\"'<>()\\"));
    out.append(query.find('=') == std::string_view::npos ? query : kBlot);
    text.remove_prefix(query.size());
  }
  return out.append(text);
}

}  // namespace

Secrets::Secrets(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    std::string encoded;
    append_percent_encoded(encoded, text);
    add(std::move(encoded));
    add(decode_form(text));
    add(text);
  }
  std::sort(sorted_.begin(), sorted_.end(), [](const Secret& a, const Secret& b) { return a.text < b.text; });
  const auto same = [](const Secret& a, const Secret& b) { return a.text == b.text; };
  sorted_.erase(std::unique(sorted_.begin(), sorted_.end(), same), sorted_.end());
  // A secret that others begin with stands before them all, and is found where one of them is.
  std::string_view beginning;
  for (Secret& secret : sorted_) {
    if (beginning.empty() || common_beginning(secret.text, beginning) < beginning.size()) beginning = secret.text;
    secret.needed = std::min(beginning.size(), kNeeded);
  }
}

void Secrets::add(std::string text) {
  if (text.size() >= kShortest) sorted_.push_back({std::move(text), 0});
}

/// How much of a secret `rest` begins with; 0: not enough of any. Of all secrets those that would stand next to `rest`
/// have the most in common with it. No secret is compared beyond its first 64 bytes unless it is found.
std::size_t Secrets::match(std::string_view rest) const {
  const auto next = std::upper_bound(sorted_.begin(), sorted_.end(), rest,
                                     [](std::string_view text, const Secret& secret) { return text < secret.text; });
  std::size_t longest = 0;
  const auto look_at = [&](const Secret& secret) {
    const std::size_t common = common_beginning(rest, secret.text);
    const bool cut_off = common == rest.size() && common >= kShortest;
    if (common >= secret.needed || cut_off) longest = std::max(longest, common);
  };
  if (next != sorted_.end()) look_at(*next);
  if (next != sorted_.begin()) look_at(*std::prev(next));
  return longest;
}

std::string Secrets::hidden_in(std::string_view text) const {
  std::string out;
  while (!text.empty()) {
    const std::size_t found = match(text);
    if (found > 0) {
      out += kBlot;
    } else {
      out += text.front();
    }
    text.remove_prefix(std::max<std::size_t>(found, 1));
  }
  return without_queries(out);
}

}  // namespace signalr::detail::protocol
