// A thread that does anything at all with a connection and its hubs, at random: for tests in which many of them do.
#pragma once

#include <chrono>
#include <deque>
#include <random>
#include <string>
#include <utility>

#include <signalr/client.hpp>

#include "tally.hpp"

namespace signalr::test {

class Anything {
 public:
  /// Without `conn`, where that may go meanwhile. The client may be that of other threads, too.
  Anything(Conn* conn, Client& client, Tally& tally, unsigned seed)
      : conn_(conn), client_(client), tally_(tally), random_(seed) {}

  void act() {
    try {
      if (one_of(3) == 0 && conn_ != nullptr) {
        ask_connection();
      } else if (one_of(2) == 0) {
        call();
      } else {
        listen();
      }
    } catch (const Error&) {  // of a connection that is lost, or over
    }
  }

 private:
  static CallOptions shortly() { return {std::chrono::milliseconds(2)}; }
  unsigned one_of(unsigned count) { return static_cast<unsigned>(random_() % count); }

  void call() {
    switch (one_of(6)) {
      case 0:
        return client_.notify("Echo", 1);
      case 1:
        return static_cast<void>(client_.invoke(shortly(), "Echo", 1).get<int>());
      case 2:
        return client_.invoke("Echo", 1).then(Tally::Handler(tally_)).cancel();
      case 3: {
        Tally::Handler handler(tally_);
        client_.invoke("Echo", 1).on_progress([](RawJsonView) {}).async_exec([](const Result<void>&) {});
        client_.invoke("NoSuchMethod").then(std::move(handler));
        return;
      }
      case 4:
        client_.set_state("name", RawJson::parse("1"));
        return static_cast<void>(client_.state("name"));
      default:
        client_.invoke("Echo", std::string(one_of(3000), 'x')).then(Tally::Handler(tally_));
    }
  }

  void listen() {
    switch (one_of(7)) {
      case 0:
        subscriptions_.push_back(
            client_.on("tick", [this] { client_.invoke("Echo", 2).then(Tally::Handler(tally_)); }));
        break;
      case 1:
        subscriptions_.push_back(client_.on_any([](const HubCallView&) {}));
        break;
      case 2:
        streams_.push_back(client_.callback(one_of(2) == 0 ? "tick" : "tock", stream_options()));
        break;
      case 3:
        if (!streams_.empty()) static_cast<void>(streams_.front().read_raw(shortly()));
        break;
      case 4:
        if (!streams_.empty()) streams_.front().async_read([](const Result<HubCall>&) {}, shortly());
        break;
      case 5:
        if (!streams_.empty()) streams_.front().close();
        break;
      default:
        break;
    }
    if (subscriptions_.size() > one_of(4)) subscriptions_.pop_front();
    if (streams_.size() > one_of(4)) streams_.pop_front();
  }

  StreamOptions stream_options() {
    StreamOptions options;
    options.capacity = 1 + one_of(3);
    options.overflow = one_of(2) == 0 ? OverflowPolicy::drop_oldest : OverflowPolicy::end;
    options.patience = std::chrono::milliseconds(1);
    return options;
  }

  void ask_connection() {
    switch (one_of(8)) {
      case 0:
        return static_cast<void>(conn_->state());
      case 1:
        return static_cast<void>(conn_->stats());
      case 2:
        return static_cast<void>(conn_->transport());
      case 3:
        return conn_->on_reconnecting([](const Error&, int) {});
      case 4:
        return conn_->on_gap([](const Gap&) {});
      case 5:
        return conn_->async_send(
            "{no call of a hub", [](const Result<void>&) {}, shortly());
      case 6:
        return client_.async_run([](const Result<void>&) {}, shortly());
      default:
        Client another(client_.hub(), *conn_);
        return another.notify("Echo", 3);
    }
  }

  Conn* const conn_;
  Client& client_;
  Tally& tally_;
  std::minstd_rand random_;
  std::deque<Subscription> subscriptions_;
  std::deque<CallbackStream> streams_;
};

}  // namespace signalr::test
