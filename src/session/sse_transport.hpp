// Frames as server-sent events: the body of an HTTP answer that doesn't end (P§5.4).
#pragma once

#include <memory>
#include <string>

#include "protocol/sse_parser.hpp"
#include "session/http_fetch.hpp"
#include "session/timer.hpp"
#include "session/transport.hpp"

namespace signalr::detail::session {

class SseTransport final : public Transport, private HttpFetch::Sink {
 public:
  explicit SseTransport(const TransportSetup& setup);
  ~SseTransport() override;

  void read() override;
  bool end_refusal() override { return fetch_->end_refusal(); }
  void close() override;

 private:
  bool wants(int status, const Headers& headers) override;
  void on_headers() override;
  Flow on_data(std::string_view data) override;
  void on_done(ErrorPtr error) override;
  void on_refused(int status, std::string body) override;
  /// Hands events over as long as they are wanted. False: this object may be gone.
  bool hand_over();
  void lose_for_memory();
  void go_on();

  const Requests& requests_;
  TransportSink& sink_;
  protocol::SseParser parser_;
  const std::size_t max_event_bytes_;
  std::shared_ptr<char> life_ = std::make_shared<char>();  // tells whether a call has destroyed this object
  std::string type_;                                       // the answer's Content-Type
  std::string held_;                                       // what came and isn't wanted yet
  bool wanted_ = false;                                    // read() was called
  bool handing_ = false;                                   // inside hand_over
  bool paused_ = false;                                    // the stream waits for resume
  Timer soon_;                                             // what has to be done outside of the present call
  std::unique_ptr<HttpFetch> fetch_;
};

}  // namespace signalr::detail::session
