// Hands what comes over a raw persistent connection to one handler (P§6.7).
#pragma once

#include <memory>

#include <signalr/function.hpp>
#include <signalr/raw_json.hpp>

#include "session/consumer.hpp"
#include "session/session.hpp"

namespace signalr::detail::session {

class RawReceiver final : public Consumer {
 public:
  using Handler = UniqueFunction<void(RawJsonView message)>;

  /// Any thread. UsageError when the frames go elsewhere already.
  static void set_handler(const std::shared_ptr<Session>& session, Handler handler);

  explicit RawReceiver(Context& context) noexcept : context_(context) {}

  std::size_t on_frame(std::string_view text, const protocol::Frame& frame, std::size_t first) override;
  void on_reconnecting(const ErrorPtr&) override {}
  void on_restarting(const ErrorPtr&) override {}
  void on_over(const ErrorPtr&) override {}
  void on_gone() noexcept override;

 private:
  void hand_on(RawJsonView message);

  Context& context_;
  std::shared_ptr<Handler> handler_;  // kept by whoever calls it: it may replace itself
};

}  // namespace signalr::detail::session
