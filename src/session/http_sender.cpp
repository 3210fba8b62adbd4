#include "session/http_sender.hpp"

#include <utility>

namespace signalr::detail::session {

void HttpSender::send(SendQueue::Item item) {
  const auto place =
      under_way_.insert(under_way_.end(), UnderWay{{std::move(item.done), item.text.size()}, true, nullptr});
  ++in_line_;
  place->exchange = std::make_unique<HttpExchange>(
      context_, requests_, requests_.send(kind_, item.text), "send", Timeout{Duration::max(), ""},
      [this, place](Result<HttpAnswer> answer) { on_answer(place, std::move(answer)); }, BodyLimit::message);
}

void HttpSender::on_answer(std::list<UnderWay>::iterator place, Result<HttpAnswer> answer) {
  UnderWay ended = std::move(*place);  // the exchange lives on until this returns
  under_way_.erase(place);
  if (ended.in_line) --in_line_;
  sink_.on_send_answered(std::move(ended.sent), std::move(answer));
}

void HttpSender::set_aside() {
  for (UnderWay& one : under_way_) one.in_line = false;
  in_line_ = 0;
}

std::vector<SendQueue::Sent> HttpSender::drop_all() {
  std::vector<SendQueue::Sent> dropped;
  for (UnderWay& one : under_way_) dropped.push_back(std::move(one.sent));
  under_way_.clear();
  in_line_ = 0;
  return dropped;
}

}  // namespace signalr::detail::session
