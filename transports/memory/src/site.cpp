// What a request says, and the answers that are made of other answers.
#include <signalr/server/site.hpp>

#include "ascii.hpp"

namespace signalr::server {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

// Repeated names are one value with commas between, as Katana reads them (P§2.4).
std::string joined(std::string_view text, std::string_view separators, std::string_view name, bool& found) {
  std::string value;
  for (auto& [key, part] : decode_pairs(text, separators)) {
    if (!equal_ignoring_case(key, name)) continue;
    if (found) value += ',';
    value += part;
    found = true;
  }
  return value;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> decode_pairs(std::string_view text, std::string_view separators) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find_first_of(separators));
    text.remove_prefix(part.size() < text.size() ? part.size() + 1 : part.size());
    if (part.empty()) continue;
    const auto equals = part.find('=');
    pairs.emplace_back(decode(part.substr(0, equals)),
                       equals == std::string_view::npos ? std::string() : decode(part.substr(equals + 1)));
  }
  return pairs;
}

std::string Request::query(std::string_view name) const {
  bool found = false;
  return joined(url.query, "&;", name, found);
}

bool Request::has_query(std::string_view name) const {
  bool found = false;
  joined(url.query, "&;", name, found);
  return found;
}

std::string Request::form(std::string_view name) const {
  bool found = false;
  return joined(body, "&", name, found);
}

std::string Request::command() const { return to_lower(std::string_view(url.path).substr(url.path.rfind('/') + 1)); }

std::string Request::line() const { return method + ' ' + url.target(); }

Exchange::~Exchange() = default;
Socket::~Socket() = default;
Upgrade::~Upgrade() = default;
Site::~Site() = default;

void Exchange::answer(int status, Headers headers, std::string body) {
  if (headers.find("Content-Length") == nullptr) headers.add("Content-Length", std::to_string(body.size()));
  start(status, std::move(headers));
  write(std::move(body));
  end();
}

void Exchange::answer_json(std::string body) {
  answer(200, {{"Content-Type", "application/json; charset=UTF-8"}}, std::move(body));
}

void Site::on_upgrade(std::shared_ptr<Upgrade> upgrade) { upgrade->refuse(400, {}, "Not a valid web socket request."); }

}  // namespace signalr::server
