#include "session/raw_receiver.hpp"

#include <utility>

namespace signalr::detail::session {

void RawReceiver::set_handler(const std::shared_ptr<Session>& session, Handler handler) {
  session->claim(ConsumerKind::received);
  // The handler is there before the frames are: this is posted before the consumer's attachment.
  session->post([handler = std::make_shared<Handler>(std::move(handler))](Session& strand) mutable {
    const auto receiver = strand.consumer<RawReceiver>(ConsumerKind::received,
                                                       [&] { return std::make_shared<RawReceiver>(strand.context()); });
    receiver->handler_ = std::move(handler);
  });
}

std::size_t RawReceiver::on_frame(std::string_view text, const protocol::Frame& frame, std::size_t first) {
  if (frame.kind == protocol::FrameKind::result) {
    hand_on(RawJsonView(text));
    context_.turns->spent();
    return 0;
  }
  while (first < frame.elements.size()) {
    hand_on(RawJsonView(frame.elements[first++].json));
    if (context_.turns->spent()) break;
  }
  return first;
}

void RawReceiver::hand_on(RawJsonView message) {
  const auto handler = handler_;
  context_.guard("on_received", [&] { (*handler)(message); });  // does nothing once a handler has ended the connection
}

void RawReceiver::on_gone() noexcept { handler_.reset(); }

}  // namespace signalr::detail::session
