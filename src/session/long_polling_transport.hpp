// Frames as answers to polls, one at a time (P§5.5).
#pragma once

#include <memory>
#include <string>

#include "protocol/poll_loop.hpp"
#include "session/http_fetch.hpp"
#include "session/timer.hpp"
#include "session/transport.hpp"

namespace signalr::detail::session {

class LongPollingTransport final : public Transport, private HttpFetch::Sink {
 public:
  explicit LongPollingTransport(const TransportSetup& setup);
  ~LongPollingTransport() override;

  void read() override;
  bool end_refusal() override { return fetch_ != nullptr && fetch_->end_refusal(); }
  void leave() override;
  void close() override;

 private:
  void ask(protocol::Command command);
  void ask_when_due();
  bool wants(int status, const Headers& headers) override;
  void on_headers() override;
  Flow on_data(std::string_view data) override;
  void on_done(ErrorPtr error) override;
  void on_refused(int status, std::string body) override;
  void hand_over();
  void look_at(std::string_view data);
  void open_soon();
  void ask_once_more();
  void wait_shortly();
  /// False: this object may be gone.
  bool open();

  Context& context_;
  Requests& requests_;
  TransportSink& sink_;
  protocol::PollLoop loop_;
  std::shared_ptr<char> life_ = std::make_shared<char>();  // tells whether a call has destroyed this object
  std::string body_;                                       // without the spaces that keep the answer alive
  std::size_t bytes_ = 0;                                  // of the answer, with them
  bool wanted_ = false;                                    // read() was called
  bool waiting_ = false;                                   // body_ is complete, and waits to be wanted
  bool busy_ = false;  // inside a call to the sink: what read() asks for follows by itself
  bool opened_ = false;
  bool says_json_ = false;  // the answer's headers do
  bool leaving_ = false;
  bool abort_read_ = false;           // by the server: the last answer held nothing
  bool closing_ = false;              // the server has taken the abort, and may have to read it still
  bool last_ = false;                 // the poll under way follows the abort
  TimePoint due_ = TimePoint::min();  // when the next request may go out
  Timer next_;                        // the next request, or what has to be done outside of the present call
  Timer deadline_;                    // of the request under way
  Timer opening_;                     // when it counts as open, without an answer or with the beginning of one
  std::unique_ptr<HttpFetch> fetch_;
};

}  // namespace signalr::detail::session
