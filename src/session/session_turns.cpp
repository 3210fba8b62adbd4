// Frames on their way to who gets them: at once, or, when handlers have had the strand for long enough, in their turn.
#include <new>
#include <utility>

#include "session/no_memory.hpp"
#include "session/session.hpp"

namespace signalr::detail::session {

using protocol::Frame;

// Before Connected nobody is called: frames wait (P#49). What waits for its turn takes `done` with it.
void Session::hand_on_in_turn(std::string_view text, const Frame& frame, SendQueue::Done* done) {
  const bool runs_no_handler = consumer_ == nullptr && backlog_.empty() && !receiving_.awaited();
  if (starting_up() || runs_no_handler) return receiving_.push(text, frame);
  if (behind()) return wait_for_turn(text, frame, 0, done);
  context_.turns->begin(*this);
  const std::size_t next = hand_on(text, frame, 0);
  if (next < frame.elements.size() && !abandoned()) wait_for_turn(text, frame, next, nullptr);
}

// From that one of its messages on.
void Session::wait_for_turn(std::string_view text, const Frame& frame, std::size_t next, SendQueue::Done* done) {
  Backlog::Entry entry = backlog_.entry_of(text);
  entry.next = next;
  entry.answer = next == 0 && consumer_ != nullptr && consumer_->note(frame);
  if (done != nullptr) entry.done = std::move(*done);
  backlog_.push(std::move(entry));
  join_line();
}

// Tells how many of its messages are done with.
std::size_t Session::hand_on(std::string_view text, const Frame& frame, std::size_t first) {
  if (consumer_ != nullptr) return consumer_->on_frame(text, frame, first);
  receiving_.push(text, frame);
  context_.turns->spent();
  return frame.elements.size();
}

void Session::run_in_turn(HandlerWork work) {
  if (context_.turns->over() || !late_work_.empty()) {
    late_work_.push_back(std::move(work));
    return join_line();
  }
  context_.turns->begin(*this);
  work(*this);
  context_.turns->spent();
}

void Session::join_line() {
  context_.turns->join(std::shared_ptr<Turns::Member>(shared_from_this(), static_cast<Turns::Member*>(this)));
}

void Session::take_turn() {
  const auto self = shared_from_this();
  const Entry entry(context_.gate);
  const auto may_go_on = [this] { return !context_.turns->over() && !abandoned(); };
  while (!late_work_.empty() && may_go_on()) {
    HandlerWork work = std::move(late_work_.front());
    late_work_.pop_front();
    context_.turns->begin(*this);
    work(*this);
    context_.turns->spent();
  }
  while (!backlog_.empty() && !has_enough() && may_go_on()) serve_oldest();
  // Whoever pushes back keeps calls waiting, but no answer that has come: no deadline watches that any more.
  if (!backlog_.empty() && !abandoned() && has_enough()) tell_answers();
  if (abandoned()) return;
  if (!late_work_.empty() || (!backlog_.empty() && !has_enough())) join_line();
  if (phase_ == Phase::draining && backlog_.empty()) return end(std::exchange(last_words_, nullptr));
  if (phase_ == Phase::connected) unpause();
  flush_sends();  // they may have waited for room for their answers
}

void Session::serve_oldest() {
  Backlog::Entry entry = backlog_.take();
  context_.turns->begin(*this);
  if (entry.gap) tell_gap(*std::exchange(entry.gap, std::nullopt));
  if (!entry.text.empty() && !abandoned()) {
    try {
      const Frame& frame = scanned(entry.text);
      entry.next = hand_on(entry.text, frame, entry.next);
      if (entry.next < frame.elements.size() && !abandoned()) return backlog_.put_back(std::move(entry));
    } catch (const std::bad_alloc&) {
      lose_waiting_frame();
    }
  }
  scanned_ = nullptr;
  if (entry.done != nullptr) entry.done->complete(Result<void>());
  backlog_.recycle(std::move(entry));
}

// Once for a frame that takes several turns.
const Frame& Session::scanned(std::string_view text) {
  if (scanned_ != text.data()) {
    scanned_ = nullptr;
    backlog_scanner_.scan(text);
    scanned_ = text.data();
  }
  return backlog_scanner_.frame();
}

// There was no memory for one whose turn it was. The loss of the transport ends the calls, one that it answered too.
void Session::lose_waiting_frame() {
  context_.counters.frames_dropped.add();
  tell_gap({Gap::Reason::frame_dropped, true, {}, 0});
  if (phase_ == Phase::connected && !abandoned())
    lose(no_memory_for("a frame of the server"), traits().reconnects_at_once);
}

// Whether who gets the frames wants no more for now. At the end it gets them all.
bool Session::has_enough() {
  if (phase_ == Phase::draining) return false;
  return consumer_ != nullptr ? !consumer_->wants_more() : receiving_.full();
}

// Before their calls could fail, and so before what came earlier and waits.
void Session::tell_answers() {
  for (Backlog::Entry& entry : backlog_.take_answers()) {
    scanned_ = nullptr;
    context_.turns->begin(*this);
    try {
      hand_on(entry.text, scanned(entry.text), 0);
    } catch (const std::bad_alloc&) {
      lose_waiting_frame();
    }
    if (entry.done != nullptr) entry.done->complete(Result<void>());
  }
  scanned_ = nullptr;
}

// Nobody is called any more but for what has been asked for; what waits to be read can be read.
void Session::drop_backlog() {
  tell_answers();
  for (Backlog::Entry& entry : backlog_.take_all()) {
    scanned_ = nullptr;
    if (consumer_ == nullptr && !entry.text.empty()) {
      try {
        receiving_.push(entry.text, scanned(entry.text));
      } catch (const std::bad_alloc&) {
        lose_waiting_frame();
      }
    }
    if (entry.done != nullptr) entry.done->complete(Result<void>());
  }
  scanned_ = nullptr;
}

}  // namespace signalr::detail::session
