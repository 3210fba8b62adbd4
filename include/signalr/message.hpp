// What goes over the wire, as the Go library names it: Message from the server, ClientMsg from either side, State.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/export.hpp>
#include <signalr/raw_json.hpp>

namespace signalr {

namespace detail::protocol {
struct Frame;
struct JsonString;
}  // namespace detail::protocol

/// A call from the client to a hub (P§6.2).
struct ClientMsg {
  std::string invocation_id;     ///< `I`: unique among the calls under way; the server echoes it in the result
  std::string hub;               ///< `H`
  std::string method;            ///< `M`
  std::vector<RawJson> args;     ///< `A`: positional
  std::optional<RawJson> state;  ///< `S`: the hub proxy's state, an object; left out when not set
};

/// One element of a message's `M`: a call from the server to the client, or whatever a persistent connection sent.
/// A view into its Message; valid until that is changed or destroyed.
struct HubCallView {
  RawJsonView json;         ///< the whole element
  std::string_view hub;     ///< `H`, in the server's spelling; empty when missing
  std::string_view method;  ///< `M`; empty when missing
  const RawJsonView* first_arg = nullptr;
  std::size_t arg_count = 0;
  bool has_args = false;         ///< whether there is an array of arguments, be it empty; else there are none
  RawJsonView state;             ///< `S`: state that the server changed; mostly missing
  std::string_view progress_id;  ///< the call that this reports progress of; empty for all other elements
  RawJsonView progress;          ///< what it reports; missing means null

  const RawJsonView* begin() const noexcept { return first_arg; }
  const RawJsonView* end() const noexcept { return first_arg + arg_count; }
  /// The n-th argument; missing when there are fewer.
  RawJsonView arg(std::size_t n) const noexcept { return n < arg_count ? first_arg[n] : RawJsonView(); }
};

/// One frame from the server that isn't a mere keep-alive. Owns its text; copying and moving are safe. Reading into
/// the same Message again re-uses its memory and leaves nothing of the old one behind.
class SIGNALR_API Message {
 public:
  Message() = default;
  Message(const Message& other);
  Message(Message&& other) noexcept;
  Message& operator=(const Message& other);
  Message& operator=(Message&& other) noexcept;
  ~Message() = default;

  /// The frame's text as it came.
  std::string_view text() const noexcept { return std::string_view(buffer_).substr(0, members_.text_size); }

  std::string_view message_id() const noexcept { return view(members_.message_id); }      ///< `C`: the cursor; opaque
  std::string_view groups_token() const noexcept { return view(members_.groups_token); }  ///< `G`; opaque, a secret
  const std::vector<HubCallView>& messages() const noexcept { return messages_; }         ///< `M`
  bool init() const noexcept { return members_.init; }  ///< `S`:1, the first frame of a connection
  bool should_reconnect() const noexcept { return members_.should_reconnect; }  ///< `T`:1, the server is shutting down
  std::chrono::milliseconds poll_delay() const noexcept { return members_.poll_delay; }  ///< `L`; 0 when missing

  /// Whether this is the result of a call: the members below have meaning only then.
  bool is_result() const noexcept { return members_.is_result; }
  std::string_view invocation_id() const noexcept { return view(members_.invocation_id); }  ///< `I`
  RawJsonView result() const noexcept { return json(members_.result); }     ///< `R`; missing for void and for null
  bool failed() const noexcept { return members_.failed; }                  ///< whether there is an `E`
  std::string_view error() const noexcept { return view(members_.error); }  ///< `E`, decoded
  bool hub_error() const noexcept { return members_.hub_error; }            ///< `H`: thrown as a HubException
  RawJsonView error_detail() const noexcept { return json(members_.error_detail); }  ///< `D`: the HubException's data
  RawJsonView state() const noexcept { return json(members_.state); }  ///< `S`: state that the server changed

  /// Takes over a frame that was scanned from `text`, which is not this Message's. For the library's own use.
  void assign(std::string_view text, const detail::protocol::Frame& frame);

 private:
  struct Span {
    std::size_t offset = 0;
    std::size_t size = 0;
  };
  struct Members {
    std::size_t text_size = 0;
    Span message_id, groups_token, invocation_id, result, error, error_detail, state;
    std::chrono::milliseconds poll_delay{0};
    bool init = false;
    bool should_reconnect = false;
    bool is_result = false;
    bool failed = false;
    bool hub_error = false;
  };

  std::string_view view(Span span) const noexcept { return std::string_view(buffer_).substr(span.offset, span.size); }
  RawJsonView json(Span span) const noexcept { return RawJsonView(view(span)); }
  std::string_view kept(std::string_view text, std::string_view part) const noexcept;
  std::string_view kept(std::string_view text, const std::optional<detail::protocol::JsonString>& part);
  Span span(std::string_view view) const noexcept;
  void rebase(const char* old_buffer, const RawJsonView* old_args) noexcept;
  void clear() noexcept;

  std::string buffer_;                 // the frame's text, then the decoded forms of strings with escapes
  std::vector<HubCallView> messages_;  // of buffer_ and args_
  std::vector<RawJsonView> args_;      // of buffer_
  Members members_;
};

/// What a connection knows of itself. The tokens are secrets.
struct State {
  std::string connection_data;
  std::string connection_id;
  std::string connection_token;
  std::string groups_token;
  std::string message_id;
  std::string protocol;  ///< the version that the server negotiated
};

/// Where a connection is in its life (P§1).
enum class ConnectionState { disconnected, connecting, connected, reconnecting };

SIGNALR_API std::string_view to_string(ConnectionState state) noexcept;

}  // namespace signalr
