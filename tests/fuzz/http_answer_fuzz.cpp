// Answers to the upgrade and to CONNECT: however the bytes are cut the answer is the same, and within its limits. The
// first byte says how they are cut.
#include <algorithm>
#include <string>

#include "fuzz.hpp"
#include "http_answer.hpp"

namespace {

using namespace signalr;
using net::HttpAnswer;

constexpr std::size_t kMaxHeader = 500;
constexpr std::size_t kKept = 100;

struct Seen {
  HttpAnswer::State state = HttpAnswer::State::more;
  int status = 0;
  std::string headers;
  std::string body;
};

Seen read(std::string_view bytes, std::size_t piece) {
  HttpAnswer answer(kMaxHeader, kKept);
  Seen seen;
  bool enough = false;
  while (!bytes.empty() && !enough) {
    const std::string part(bytes.substr(0, piece));
    bytes.remove_prefix(part.size());
    if (seen.state == HttpAnswer::State::head) {
      enough = answer.feed_body(part);
      continue;
    }
    seen.state = answer.feed(part);
    if (seen.state == HttpAnswer::State::head) enough = answer.feed_body({});
    if (seen.state == HttpAnswer::State::broken || seen.state == HttpAnswer::State::too_long) return seen;
  }
  if (seen.state != HttpAnswer::State::head) return seen;
  seen.status = answer.status();
  std::size_t bytes_of_headers = 0;
  for (const Header& field : answer.headers()) {
    fuzz::require(net::is_token(field.name), "a header's name that is none");
    fuzz::require(net::is_header_value(field.value), "a header's value with control characters");
    seen.headers += field.name + ": " + field.value + '\n';
    bytes_of_headers += field.name.size() + field.value.size();
  }
  fuzz::require(bytes_of_headers <= kMaxHeader, "more headers than the limit allows");
  fuzz::require(seen.status >= 100 && seen.status <= 999, "a status of other than three digits");
  seen.body = answer.body();
  fuzz::require(seen.body.size() <= kKept, "more of the body than is to be kept");
  return seen;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
  const Seen whole = read(bytes, std::max<std::size_t>(bytes.size(), 1));
  const Seen cut = read(bytes, 1u + data[0] % 32);
  fuzz::require(whole.state == cut.state && whole.status == cut.status && whole.headers == cut.headers,
                "the head depends on how the bytes are cut");
  // Of a body that is mostly chunk lines, less may be kept.
  const std::size_t both = std::min(whole.body.size(), cut.body.size());
  fuzz::require(whole.body.compare(0, both, cut.body, 0, both) == 0, "the body depends on how the bytes are cut");
  return 0;
}
