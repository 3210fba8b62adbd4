// What is behind a Client, and outlives its connections: handlers, streams, state.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/call_options.hpp>
#include <signalr/callback_stream.hpp>

#include "hub/handler_table.hpp"
#include "hub/hub_states.hpp"

namespace signalr::detail::hub {

class StreamCore;

/// One for each Client. Any thread, unless a function says otherwise.
class Proxy final : public std::enable_shared_from_this<Proxy> {
 public:
  explicit Proxy(std::string hub);

  const std::string& hub() const noexcept { return hub_; }
  /// Of the connection that it is, or was last, dialed for. UsageError when there never was one.
  std::shared_ptr<Router> router() const;

  HandlerPtr on_call(std::string_view method, CallHandler call);
  HandlerPtr on_result(ResultHandler result);
  /// No call begins afterwards; waits for one that runs now, except on the strand.
  void remove(const HandlerPtr& handler) noexcept;
  /// The same without waiting.
  void drop(const HandlerPtr& handler) noexcept;
  /// It ends at the latest when `life` does.
  std::shared_ptr<StreamCore> add_stream(std::string_view method, const StreamOptions& options,
                                         const CallOptions& life);

  std::optional<RawJson> state(std::string_view name) const;
  void set_state(std::string_view name, RawJson value);
  Deadline default_timeout() const;
  void set_default_timeout(Deadline timeout);

  /// A connection for it is being dialed. UsageError while there is one, or another dial.
  void begin_dial(const std::shared_ptr<Router>& router);
  /// Its connection is there. On the strand, unless it has no handlers and no streams yet.
  void attach(const std::shared_ptr<Router>& router);

 private:
  HandlerPtr add(HandlerPtr handler);
  /// Nobody calls it any more. Gives the routers that may be calling it now.
  std::vector<std::shared_ptr<Router>> forget(const HandlerPtr& handler);
  std::shared_ptr<Router> last_router() const;

  const std::string hub_;

  mutable std::mutex mutex_;  // guards the rest; never held while anything of the user's runs or is destroyed
  std::map<std::uint64_t, HandlerPtr> handlers_;              // by number
  std::map<std::string, std::weak_ptr<StreamCore>> streams_;  // by method in lower case
  std::shared_ptr<HubStates> states_;                         // the router's, once there is one
  Deadline default_timeout_;
  std::atomic<bool> has_default_timeout_{false};  // read without the lock
  std::shared_ptr<Router> router_;
  std::weak_ptr<Router> dialing_;
  std::vector<std::weak_ptr<Router>> earlier_;  // a handler may still be running there, the one that ended it
};

}  // namespace signalr::detail::hub
