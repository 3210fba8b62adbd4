// How a run on the in-memory network looks from outside, in text: what the user is told, what is asked for, what goes
// over the wire, each with its virtual time. A change of the library that mustn't change its behaviour mustn't change
// these lines.
#pragma once

#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <signalr/client.hpp>
#include <signalr/memory/network.hpp>

namespace tracing {

// What a line is made of; mostly what handlers get.
inline std::string text_of(std::string_view text) { return std::string(text); }
inline std::string text_of(int number) { return std::to_string(number); }
inline std::string text_of(std::size_t number) { return std::to_string(number); }
std::string text_of(signalr::Duration time);
std::string text_of(const signalr::Error& error);  ///< its type, its words, the server's, and its causes
std::string text_of(const signalr::Error* error);
std::string text_of(const signalr::Gap& gap);
std::string text_of(const signalr::Headers& headers);
std::string text_of(const signalr::HubCall& call);
inline std::string text_of(const signalr::HubCallView& call) { return std::string(call.json.text()); }
inline std::string text_of(const signalr::Message& message) { return std::string(message.text()); }
inline std::string text_of(const signalr::RawJson& json) { return json.text(); }
inline std::string text_of(const signalr::Conn&) { return "a Conn"; }

template <class Value>
std::string text_of(const signalr::Result<Value>& result) {
  if (!result.ok()) return text_of(result.error());
  if constexpr (std::is_void_v<Value>) {
    return "done";
  } else {
    return text_of(result.value());
  }
}

class Trace {
 public:
  explicit Trace(std::shared_ptr<signalr::Executor> executor) : executor_(std::move(executor)) {}

  /// Without it nothing is kept.
  void begin() { begun_ = true; }
  /// Something that a user or a server notices.
  template <class... Parts>
  void add(const Parts&... parts) {
    if (begun_) push((std::string() + ... + text_of(parts)), true);
  }
  /// A line of the library's log: for people, not to be compared.
  void add_log(std::string_view line) {
    if (begun_) push(line, false);
  }
  /// What is asked of the network is noted when it is asked. The trace outlives the connection.
  void watch(signalr::DialOptions& options);

  void print(std::ostream& out, bool with_log) const;

 private:
  struct Line {
    std::string text;
    bool compared = true;
  };
  void push(std::string_view line, bool compared);

  const std::shared_ptr<signalr::Executor> executor_;
  std::vector<Line> lines_;
  bool begun_ = false;
};

/// The file NAME.txt in the folder that SIGNALR_TRACES names; not open where nobody asked for it. Runs begin with a
/// line
/// "== NAME" in it: scripts/compare-traces compares such folders.
std::ofstream open_traces(std::string name);

}  // namespace tracing
