// Server-sent events (P§5.4): bytes in, the data of whole events out, wherever the network cut the bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace signalr::detail::protocol {

/// Feed it with `push`, then call `next` until it wants more. What it skips: comments, `event`, `id`, `retry` and
/// unknown fields, events without data, and SignalR's greeting `initialized`. An event that isn't ended by an empty
/// line is never given out (P#69). The text isn't checked for UTF-8.
class SseParser {
 public:
  enum class Next {
    event,      ///< `data()` is the next event's data
    need_more,  ///< all of what was pushed is used up
    too_big,    ///< a line, an event, or what is skipped between two events exceeds the limit; from now on always
  };

  explicit SseParser(std::size_t max_event_bytes) : max_bytes_(max_event_bytes) {}

  /// The next piece of the answer's body. Only after `next` has asked for more; the bytes must stay until it does
  /// again. Between two calls of `next`, what is `unread` may be moved and pushed from its new place.
  void push(std::string_view bytes) noexcept { input_ = bytes; }
  std::string_view unread() const noexcept { return input_; }

  Next next();

  /// Multi-line data is joined by '\n'. Valid until the next call of `next`; mostly a view into what was pushed,
  /// without a copy.
  std::string_view data() const noexcept { return data_is_owned_ ? std::string_view(data_) : data_view_; }

 private:
  bool take_line(std::string_view& line);
  /// Whether the line ended an event that is worth giving out.
  bool end_of_event(std::string_view line);
  void add_data(std::string_view value);
  void skip(std::size_t bytes) noexcept;
  /// Before what the data is a view of goes away.
  void own_data();
  void forget_data() noexcept;

  std::string_view input_;
  std::size_t max_bytes_;
  std::string line_;             // the beginning of a line, from earlier pieces
  std::string data_;             // the event's data so far, if it is owned
  std::string_view data_view_;   // … or else here
  std::size_t event_bytes_ = 0;  // of the data's lines
  std::size_t skipped_ = 0;      // since the last event
  bool data_is_owned_ = false;
  bool has_data_ = false;        // a data field has been seen
  bool given_out_ = false;       // the data is that of an event which `next` has announced
  bool line_is_pieced_ = false;  // the line being looked at is line_, not a part of input_
  bool first_line_ = true;
  bool after_cr_ = false;  // a '\n' that comes now belongs to the line end before
  bool too_big_ = false;
};

}  // namespace signalr::detail::protocol
