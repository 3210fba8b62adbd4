// One connection: brings negotiation, transport, queues and events together, on one strand.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/conn.hpp>

#include "protocol/cursor_gap.hpp"
#include "protocol/envelope.hpp"
#include "protocol/negotiate_response.hpp"
#include "protocol/reconnect_policy.hpp"
#include "protocol/restart_policy.hpp"
#include "protocol/start_sequence.hpp"
#include "session/backlog.hpp"
#include "session/completion.hpp"
#include "session/consumer_slot.hpp"
#include "session/context.hpp"
#include "session/http_exchange.hpp"
#include "session/http_sender.hpp"
#include "session/negotiator.hpp"
#include "session/published_state.hpp"
#include "session/receive_queue.hpp"
#include "session/requests.hpp"
#include "session/send_queue.hpp"
#include "session/silence_watch.hpp"
#include "session/timer.hpp"
#include "session/transport.hpp"
#include "session/turns.hpp"

namespace signalr::detail::session {

/// Public functions are for any thread; private ones run on the strand, inside the gate, unless they say otherwise.
class Session final : public std::enable_shared_from_this<Session>,
                      private TransportSink,
                      private HttpSender::Sink,
                      private Turns::Member {
 public:
  /// What has been checked and brought into form before any I/O.
  struct Target {
    std::string base_url;
    std::string connection_data;
    std::string user_query;
    std::optional<std::vector<std::string>> hubs;  ///< their names; none: connectionData is the user's text
  };

  Session(DialOptions options, Target target);
  ~Session() override;

  /// Begins. The handler is called once: connected, or over with that error.
  void dial(Conn::DoneHandler handler, CallOptions options);

  /// Claims the frames; UsageError when another kind has done so before.
  void claim(ConsumerKind kind) { consumers_.claim(kind); }
  /// The consumer of that kind; the first who asks makes it, and frames that waited and all later ones go there.
  template <class T, class Make>
  std::shared_ptr<T> consumer(ConsumerKind kind, Make make) {
    claim(kind);
    return consumers_.get<T>(std::move(make), [this] { post([](Session& self) { self.attach_consumer(); }); });
  }
  /// The same before `dial`, with one that nobody has yet.
  void set_consumer(ConsumerKind kind, std::shared_ptr<Consumer> consumer);
  /// A consumer that wanted no more can take frames again.
  void resume_reading();

  /// Exchanges `message` with the oldest frame that waits; false when none does.
  bool try_read(Message& message);
  void async_read(Conn::ReadHandler handler, CallOptions options);
  /// An empty text of re-used memory, to write a message into.
  std::string take_buffer() { return sending_.take_buffer(); }
  /// The write that waits for its turn; once it is done or abandoned, it isn't sent any more. Null: it can't be.
  SendQueue::Done async_write(std::string text, Conn::DoneHandler handler, CallOptions options);
  /// Like async_write for a message whose end nobody waits for. Null: it is queued; else the reason why not.
  ErrorPtr write_unwatched(std::string text);
  void async_close(Conn::DoneHandler handler, CallOptions options);
  /// When the connection is over; fails with the reason, unless that was `close`.
  void async_wait_end(Conn::DoneHandler handler, CallOptions options);
  /// Whether the connection was dialed for that hub.
  bool names_hub(std::string_view hub) const;

  /// Runs `work` later on the strand, inside the gate, unless the session has gone by then.
  template <class Work>
  void post(Work work) {
    context_.executor->post([self = shared_from_this(), work = std::move(work)]() mutable {
      const Entry entry(self->context_.gate);
      if (entry) work(*self);
    });
  }
  /// The same for work that runs a handler: in its turn.
  template <class Work>
  void post_handler(Work work) {
    post([work = std::move(work)](Session& self) mutable { self.run_in_turn(std::move(work)); });
  }
  /// For consumers, on the strand.
  Context& context() noexcept { return context_; }
  void report_dropped_calls(const Error& error);

  State state() const { return published_.load(); }
  ConnStats stats() const;
  ConnectionState connection_state() const noexcept { return state_.load(std::memory_order_acquire); }
  TransportKind transport_kind() const noexcept { return transport_kind_.load(std::memory_order_acquire); }
  /// Whether each message is answered, with the result of a call if it was one, before its write is done.
  bool answers_writes() const noexcept { return traits_of(transport_kind()).own_sends; }
  const std::shared_ptr<Executor>& executor() const noexcept { return context_.executor; }

  /// Replaces one of the events' handlers.
  template <class Handler>
  void set_handler(Handler ConnEvents::*event, Handler handler) {
    post([event, handler = std::move(handler)](Session& self) mutable { self.events_.*event = std::move(handler); });
  }
  /// Gaps are looked for from the last cursor on: without a handler that work isn't done.
  void set_on_gap(std::function<void(const Gap& gap)> handler);
  /// This one is called also when the connection is over already.
  void set_on_closed(std::function<void(const Error*)> handler);

  /// The owner has gone: no handler runs any more when this returns (on the strand: after the handler that is running
  /// now), and everything is dropped soon after.
  void abandon();
  /// Waits for the handler that is running now, if any; does nothing on the strand.
  void wait_until_outside();
  /// Whether its owner, or its executor, has gone. Any thread.
  bool gone() const noexcept { return context_.gate.closed() || dropping_.load(std::memory_order_acquire); }

 private:
  enum class Phase {
    idle,
    negotiating,
    opening,  ///< a transport; until init
    starting,
    connected,
    reconnecting,
    draining,  ///< it is over, but not told: frames that came before wait for their turn
    closing,   ///< the user asked for it, or /start failed: the server is told
    pausing,   ///< before it is dialed anew
    over,
  };
  class Beginning;
  class Farewell;
  class StopWatch;

  /// Whether the owner has destroyed the connection, perhaps in a handler that has just run. Nothing else can have
  /// changed in there, since what a handler asks for is posted; and no handler runs any more, so that this matters only
  /// before something is sent or opened.
  bool abandoned() const noexcept { return context_.gate.closed(); }
  /// Of the current transport.
  TransportTraits traits() const noexcept { return traits_of(transports_.front()); }

  // session_start.cpp: from dial to connected
  void begin();
  void negotiate();
  void on_negotiated(Result<protocol::NegotiateResponse> response);
  void choose_transports();
  ErrorPtr obstacle_to(TransportKind kind) const;
  void give_up_transport(TransportKind kind, ErrorPtr reason);
  void open_current_transport();
  void on_open_failed(ErrorPtr error);
  void on_init_timeout();
  void advance(protocol::StartSequence::Next next);
  void send_start();
  void on_start_answer(Result<HttpAnswer> answer);
  void fail_start(ErrorPtr error, const std::string& where);
  ErrorPtr dial_given_up(const Error& error) const;
  ErrorPtr in_step(ErrorPtr error) const;
  void become_connected();

  // session_reconnect.cpp: when the transport is lost, or falls silent
  void begin_reconnect(ErrorPtr reason, bool at_once);
  void follow(const protocol::ReconnectStep& step);
  void attempt_reconnect();
  void on_attempt_failed(ErrorPtr error);
  void on_reopened();
  void give_up(protocol::GiveUp why, const ErrorPtr& cause);
  void watch_silence();
  void on_silence(SilenceWatch::Verdict verdict);

  // session_restart.cpp: the connection is over; perhaps it is dialed anew
  void end(ErrorPtr reason);
  void drain(ErrorPtr reason);
  void pause_and_redial(const ErrorPtr& reason, const protocol::RestartPolicy::Step& step);
  void forget_connection();
  void redial();
  void tell_restarted();

  // session_frames.cpp: what the transport brings
  Position position(protocol::Command command) override;
  void on_open() override;
  FrameNotes on_frame(std::string_view text) override;
  void on_problem(const Error& error) override;
  void on_lost(ErrorPtr error) override;
  void lose(ErrorPtr error, bool at_once);
  protocol::GapReport gap_before(const protocol::Frame& frame, std::string_view cursor);
  void note_gap(protocol::GapReport report);
  void reject_frame(protocol::ScanError error, std::size_t size);
  void apply(std::string_view text, const protocol::Frame& frame);
  ErrorPtr token_too_long(const protocol::Frame& frame) const;
  void apply_persistent(std::string_view text, const protocol::Frame& frame);
  template <class Work>
  bool with_memory(std::string_view frame, Work work);
  bool deliver(std::string_view text, const protocol::Frame& frame, SendQueue::Done* done = nullptr);
  bool starting_up() const noexcept { return phase_ == Phase::opening || phase_ == Phase::starting; }
  bool stalled();
  void read_on();
  void unpause();

  // session_turns.cpp: frames on their way to who gets them, now or in their turn
  using HandlerWork = UniqueFunction<void(Session& self)>;
  bool behind() const noexcept { return !backlog_.empty() || context_.turns->over(); }
  void hand_on_in_turn(std::string_view text, const protocol::Frame& frame, SendQueue::Done* done);
  void wait_for_turn(std::string_view text, const protocol::Frame& frame, std::size_t next, SendQueue::Done* done);
  std::size_t hand_on(std::string_view text, const protocol::Frame& frame, std::size_t first);
  void run_in_turn(HandlerWork work);
  void join_line();
  void take_turn() override;
  void serve_oldest();
  const protocol::Frame& scanned(std::string_view text);
  bool has_enough();
  void tell_answers();
  void lose_waiting_frame();
  void drop_backlog();

  // session_sends.cpp: messages on their way to the server
  void flush_soon();
  void flush_sends();
  bool may_send();
  void on_sent(std::string buffer) override;
  void on_send_answered(SendQueue::Sent sent, Result<HttpAnswer> answer) override;
  ErrorPtr take_answer(const HttpAnswer& answer, SendQueue::Done& done);
  void fail_writes(const ErrorPtr& reason);
  ErrorPtr with_size_hint(ErrorPtr loss);

  // session_calls.cpp: what the user asks for
  void add_reader(ReceiveQueue::Waiter reader);
  void attach_consumer();
  void begin_close(std::shared_ptr<Completion<void>> closer);
  void take_leave();

  // session.cpp: the end
  void abort(UniqueFunction<void(bool told)> then, int attempts = 2);
  void poll_once_more(UniqueFunction<void(bool told)> then);
  void finish_if_closed();
  void finish(ErrorPtr reason);
  void fail_pending();
  ErrorPtr end_reason() const;
  void set_state(ConnectionState to);
  void report(const Error& error);
  void tell_gap(const Gap& gap);
  void tell_closed();
  bool watch_executor();
  void unwatch_executor() noexcept;
  void drop_activities() noexcept;
  void drop_everything() noexcept;

  Context context_;
  Requests requests_;
  const std::optional<std::vector<std::string>> hubs_;  // that it was dialed for; none: unknown
  ConnEvents events_;
  Phase phase_ = Phase::idle;
  ErrorPtr reason_;   // why it is over; null: close() asked for it
  Timer step_timer_;  // the deadline of the present step, or the pause before the next attempt

  // From dial to connected.
  std::shared_ptr<Completion<void>> dialing_;
  std::unique_ptr<Negotiator> negotiator_;
  std::optional<protocol::NegotiateResponse> negotiated_;
  std::vector<TransportKind> transports_;  // still to be tried, the current one first
  std::vector<GivenUpTransport> given_up_;
  std::optional<protocol::StartSequence> sequence_;
  protocol::RetryCount connect_retries_;
  protocol::RetryCount start_retries_;
  std::string last_status_;                 // the last `S` that was no init, for the error
  std::unique_ptr<HttpExchange> exchange_;  // start, or abort
  std::unique_ptr<Transport> transport_;
  bool dialed_ = false;  // has been connected, so that the Conn was handed over

  // When it is lost, and when it is over.
  SilenceWatch silence_;
  std::optional<protocol::ReconnectPolicy> reconnect_policy_;
  Timer window_timer_;  // when reconnecting has taken too long, or the last messages before the leave
  ErrorPtr loss_;       // why the transport, or the last attempt to open it again, was lost
  TimePoint lost_at_{};
  int attempt_ = 0;
  std::optional<protocol::RestartPolicy> restart_policy_;
  std::vector<std::shared_ptr<Completion<void>>> closers_;
  std::vector<std::shared_ptr<Completion<void>>> end_waiters_;
  bool leave_taken_ = false;

  // Frames.
  protocol::EnvelopeScanner scanner_;
  std::string decoded_;  // scratch for strings with escapes
  protocol::CursorGapDetector gap_detector_;
  ReceiveQueue receiving_;
  Backlog backlog_;
  protocol::EnvelopeScanner backlog_scanner_;
  const char* scanned_ = nullptr;      // the text of the backlog that it has scanned
  std::deque<HandlerWork> late_work_;  // what runs handlers and waits for a turn
  ErrorPtr last_words_;                // how it ends, when the backlog is empty
  ConsumerSlot consumers_;
  Consumer* consumer_ = nullptr;  // the one in there, once it is attached

  // Messages.
  SendQueue sending_;
  std::deque<SendQueue::Sent> on_their_way_;  // over the transport
  struct BigSend {
    std::size_t bytes;
    std::uint64_t frames_before;  // received by then
  };
  std::optional<BigSend> big_send_;     // the last message over the transport that a server may find too big
  std::unique_ptr<HttpSender> sender_;  // for transports that don't take messages along
  std::atomic<bool> flush_posted_{false};

  // What any thread may ask.
  PublishedState published_;
  std::atomic<ConnectionState> state_{ConnectionState::disconnected};
  std::atomic<TransportKind> transport_kind_{TransportKind::websockets};

  // The end of its memory.
  TimerId stop_watch_ = 0;
  std::atomic<bool> dropping_{false};
  std::atomic<bool> dropped_{false};
};

}  // namespace signalr::detail::session
