// Bridge: an open connection on our loop whose caller is on an executor of its own. What comes in is read ahead, within
// bounds, and handed over by the batch: a switch of threads for each frame would cost more than the frame.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <signalr/executor.hpp>
#include <signalr/websocket.hpp>

#include "loop.hpp"

namespace signalr::net {

class Bridge final : public std::enable_shared_from_this<Bridge>, private WebsocketSink {
 public:
  Bridge(std::shared_ptr<Executor> caller, std::shared_ptr<Loop> loop, std::unique_ptr<WebsocketConn> inner);
  ~Bridge() override;

  // On the caller's strand: WebsocketConn's calls, and its destructor.
  void start(WebsocketSink& sink);
  void read();
  void write(MessageType type, std::string payload);
  void close(std::uint16_t code, std::string reason);
  void abandon();

 private:
  struct Frame {
    MessageType type;
    std::string payload;
  };

  // On the loop.
  void on_frame(MessageType type, std::string_view payload) override;
  void on_written(std::string buffer) override;
  void on_end(const TransportError& error) override;
  template <class Change>
  void bring(Change change);
  template <class Function>
  void on_loop(Function function);

  // On the caller's strand.
  void deliver();
  void hand_out();
  void made_room(std::size_t bytes);

  const std::shared_ptr<Executor> caller_;
  const std::shared_ptr<Loop> loop_;

  std::unique_ptr<WebsocketConn> inner_;  // the loop's

  std::mutex mutex_;  // guards what is on its way from the loop to the caller
  std::vector<Frame> frames_;
  std::vector<std::string> written_;
  std::optional<TransportError> end_;
  bool delivery_posted_ = false;
  std::size_t bytes_ahead_ = 0;  // of frames that the caller hasn't been given
  bool paused_ = false;

  // The caller's.
  WebsocketSink* sink_ = nullptr;
  std::vector<Frame> ready_;  // from next_ on
  std::size_t next_ = 0;
  bool read_wanted_ = false;
  bool reading_ = false;
  bool closing_ = false;
  bool handing_out_ = false;
};

}  // namespace signalr::net
