// One request's answer on its way from curl's thread to the sink's strand: bounded, in order, gone once it is closed.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <signalr/http_client.hpp>

namespace signalr::curl {

class Answer : public std::enable_shared_from_this<Answer> {
 public:
  /// How many bytes wait here before curl is told to wait too.
  static constexpr std::size_t kWindow = 128 * 1024;

  /// `executor` outlives the call of `close`; curl's thread never owns it, and so can't be the one that destroys it.
  /// `make_room` is called on the strand when bytes that `offer` refused may come now.
  Answer(Executor& executor, HttpSink& sink, Task make_room)
      : executor_(&executor), sink_(sink), make_room_(std::move(make_room)) {}

  // Any thread, one at a time.
  void head(int status, Headers headers);
  /// False: there is no room; offer it again after `make_room`.
  bool offer(std::string_view data);
  void end(std::optional<TransportError> error);

  // The strand.
  void resume();
  /// Nothing is delivered any more.
  void close();

 private:
  struct Head {
    int status;
    Headers headers;
  };
  struct End {
    std::optional<TransportError> error;
  };

  void deliver();
  bool deliver_data();
  void deliver_end();
  void post_delivery();  // with the lock held

  std::mutex mutex_;
  Executor* executor_;  // null: closed
  std::optional<Head> head_;
  std::string arrived_;
  std::optional<End> end_;
  bool posted_ = false;  // a delivery is on its way
  bool refused_ = false;

  // The strand only.
  HttpSink& sink_;
  Task make_room_;
  std::string delivering_;
  bool paused_ = false;
  bool closed_ = false;
};

}  // namespace signalr::curl
