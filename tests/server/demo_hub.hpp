// What the hubs of the demo have in common: they move with its clock, and forget who has gone.
#pragma once

#include <cstddef>
#include <signalr/json.hpp>
#include <signalr/server/hub_server.hpp>
#include <string>

namespace signalr::test {

class DemoHub {
 public:
  DemoHub() = default;
  DemoHub(const DemoHub&) = delete;
  DemoHub& operator=(const DemoHub&) = delete;
  virtual ~DemoHub() = default;

  virtual void tick() {}
  virtual void forget(const std::string& /*connection_id*/) {}
};

/// The n-th argument. What isn't right is thrown, and so becomes the call's error.
template <class T>
T argument(const server::Call& call, std::size_t n) {
  const auto& args = call.args();
  return decode_argument<T>(n, n < args.size() ? RawJsonView(args[n]) : RawJsonView());
}

template <class T>
std::string to_text(const T& value) {
  std::string text;
  append_json(text, value);
  return text;
}

/// The arguments of a call to a client.
template <class... Args>
std::string arguments(const Args&... args) {
  std::string text = "[";
  ((text.size() > 1 ? text.push_back(',') : void(), append_json(text, args)), ...);
  return text + "]";
}

}  // namespace signalr::test
