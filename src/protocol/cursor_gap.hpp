// Were messages lost? The server never says so, but its cursors (`C`) count the messages of each topic, and where they
// jump, something was skipped (P§5.6, the table of ten rules).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/gap.hpp>

#include "protocol/request_url.hpp"

namespace signalr::detail::protocol {

/// What a cursor tells about loss. Certain and possible losses may well be of messages that weren't for us.
struct GapReport {
  enum class Kind : std::uint8_t { nothing, complete, possible, certain };

  Kind kind = Kind::nothing;
  Gap::Reason reason{};  ///< of possible and certain losses
  std::string topic;     ///< as in Gap
  std::uint64_t count = 0;
};

/// What the rules need of a persistent frame.
struct CursorFrame {
  std::string_view cursor;  ///< `C`, decoded; empty: none
  bool has_groups_token = false;
  bool init = false;
  bool should_reconnect = false;
  std::size_t messages = 0;  ///< elements of `M`
};

/// Follows the cursors of one connection. Bounded: cursors of more than 64 KiB are taken as unreadable.
class CursorGapDetector {
 public:
  /// A connect, poll or reconnect goes out with this messageId (empty: without one).
  void on_request(Command command, TransportKind transport, std::string_view message_id);
  /// The frames up to this cursor (empty: none) were not shown to the detector; it goes on from there.
  void go_on_from(std::string_view cursor);
  /// A persistent frame came in answer to it. Not to be called for frames that were dropped.
  GapReport on_frame(const CursorFrame& frame);
  /// A frame came and was dropped: unreadable, too deep, over a limit (rule 10). The next cursor jumps by what it held,
  /// so that jump isn't reported again.
  GapReport on_dropped_frame() noexcept;

 private:
  struct Topic {
    std::size_t key_begin = 0;
    std::size_t key_size = 0;
    std::uint64_t id = 0;
    bool since_init = false;  // subscribed without a break since the init frame
  };
  struct Cursor {
    std::string text;
    char kind = 0;  // 'd', 's', or 0 when there is none or it can't be read
    std::size_t prefix_size = 0;
    std::vector<Topic> topics;  // by key

    void read(std::string_view from);
    std::string_view prefix() const noexcept { return std::string_view(text).substr(0, prefix_size); }
    std::string_view key(const Topic& topic) const noexcept {
      return std::string_view(text).substr(topic.key_begin, topic.key_size);
    }

   private:
    bool read_topics();
  };
  /// How the topics moved between two cursors.
  struct Moves {
    bool new_key = false;
    bool lost_key = false;
    bool backwards = false;
    std::size_t advanced = 0;       // topics
    std::uint64_t sum = 0;          // of all advances, saturated
    std::uint64_t largest = 0;      // advance of one topic
    std::uint64_t certain = 0;      // messages skipped in topics since init
    const Topic* jumped = nullptr;  // the topic of `certain` or `largest`, if it is one
    bool several_jumped = false;
  };

  GapReport judge(const CursorFrame& frame, bool first_of_reconnect, bool after_drop);
  Moves compare(std::uint64_t per_frame);

  Cursor before_, now_;
  TransportKind transport_ = TransportKind::websockets;
  bool first_of_reconnect_ = false;
  bool dropped_ = false;
};

}  // namespace signalr::detail::protocol
