// Messages by requests of their own (P§8): POST /send, whose answers bring the results of calls.
#pragma once

#include <list>
#include <memory>

#include "session/http_exchange.hpp"
#include "session/send_queue.hpp"

namespace signalr::detail::session {

/// On the strand. Destroying it cancels what is under way. No deadline: a method may take its time, and may even wait
/// for a later poll (P#76); a call that gives up has a deadline of its own.
class HttpSender {
 public:
  class Sink {
   public:
    /// What a message was answered with. May destroy the sender.
    virtual void on_send_answered(SendQueue::Sent sent, Result<HttpAnswer> answer) = 0;

   protected:
    ~Sink() = default;
  };

  HttpSender(Context& context, Requests& requests, TransportKind kind, Sink& sink)
      : context_(context), requests_(requests), kind_(kind), sink_(sink) {}

  /// Whether one more may go out now (DialOptions::parallel_sends).
  bool ready() const noexcept { return in_line_ < context_.options.parallel_sends; }
  void send(SendQueue::Item item);
  /// The transport was lost, and perhaps the network with it: what is under way goes on, but others need not wait for
  /// it any more.
  void set_aside();
  /// Cancels everything.
  std::vector<SendQueue::Sent> drop_all();

 private:
  struct UnderWay {
    SendQueue::Sent sent;
    bool in_line = true;
    std::unique_ptr<HttpExchange> exchange;
  };
  void on_answer(std::list<UnderWay>::iterator place, Result<HttpAnswer> answer);

  Context& context_;
  Requests& requests_;
  const TransportKind kind_;
  Sink& sink_;
  std::list<UnderWay> under_way_;
  int in_line_ = 0;
};

}  // namespace signalr::detail::session
