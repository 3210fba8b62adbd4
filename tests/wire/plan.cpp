#include "plan.hpp"

#include <algorithm>
#include <deque>

#include "attribution.hpp"
#include "session_shape.hpp"
#include "transports.hpp"

namespace wire {
namespace {

struct Session {
  SessionShape shape;
  Outline outline;
};

void add_need(std::string& needs, const std::string& what) {
  if (needs.find(what) != needs.npos) return;
  needs += (needs.empty() ? "" : ", ") + what;
}

void note_needs(std::string& needs, const SessionShape& shape) {
  if (shape.jsonp()) return add_need(needs, "JSONP");
  if (!shape.transport_name().empty() && !kind_of(shape.transport_name())) add_need(needs, shape.transport_name());
}

/// When the client began to end the transport; negative when it didn't.
double client_close_ms(const RecordedExchange& transport) {
  for (const RecordedFrame& frame : transport.frames) {
    if (frame.kind == FrameKind::close) return frame.from_server ? -1 : frame.t_ms;
  }
  return -1;
}

/// Decides how the session ends and what has to be added to it so that our client can live it.
void complete(Session& session, const Recording& recording) {
  Outline& outline = session.outline;
  const SessionShape& shape = session.shape;
  for (const std::size_t index : outline.exchanges) {
    outline.end_ms = std::max(outline.end_ms, recording.exchanges[index].last_ms());
  }
  const RecordedExchange& last = recording.exchanges[outline.exchanges.back()];
  outline.repeats = shape.negotiation().kind == Negotiation::Kind::redirect;
  if (outline.repeats) outline.left_out = recording.left_out;
  if (shape.negotiation().kind != Negotiation::Kind::token) return;
  if (shape.transport() == nullptr) {
    if (last.request->command() == "connect") return;  // refused
    outline.usual_connect = true;
    outline.usual_start = shape.negotiation().needs_start();
    outline.usual_abort = true;
    outline.ending = Ending::close;
    return;
  }
  outline.usual_start = !shape.started() && shape.negotiation().needs_start();
  const double closed_ms = client_close_ms(*shape.transport());
  if (shape.aborted()) {
    outline.ending = Ending::close;
    outline.end_ms = closed_ms >= 0 ? std::min(last.t_ms, closed_ms) : last.t_ms;
  } else if (closed_ms >= 0) {
    outline.ending = Ending::close;
    outline.usual_abort = true;
    outline.end_ms = closed_ms;
  } else if (shape.transport()->ended_by == EndedBy::client) {
    outline.end_ms = shape.transport()->ended_ms;
  }
}

std::deque<Session>::iterator session_of(std::deque<Session>& sessions, const RecordedExchange& exchange) {
  const RecordedRequest& request = *exchange.request;
  return std::find_if(sessions.begin(), sessions.end(), [&](Session& session) {
    if (request.command() == "negotiate") {
      if (!session.shape.continues_with(exchange)) return false;
      session.shape.add_negotiate(exchange);
      return true;
    }
    return session.shape.token() == request.parameter("connectionToken") && session.shape.add(exchange);
  });
}

}  // namespace

Plan make_plan(const Recording& recording) {
  std::deque<Session> sessions;
  Plan plan;
  for (std::size_t index = 0; index < recording.exchanges.size(); ++index) {
    const RecordedExchange& exchange = recording.exchanges[index];
    if (!exchange.request) continue;
    if (const auto session = session_of(sessions, exchange); session != sessions.end()) {
      session->outline.exchanges.push_back(index);
    } else if (exchange.request->command() == "negotiate" && SessionShape::can_begin(*exchange.request)) {
      sessions.push_back({SessionShape(exchange), {}});
      sessions.back().outline.exchanges.push_back(index);
    } else {
      Outline fed;
      fed.fed = true;
      fed.exchanges.push_back(index);
      fed.end_ms = exchange.last_ms();
      plan.episodes.push_back(fed);
    }
  }
  for (Session& session : sessions) {
    note_needs(plan.needs, session.shape);
    complete(session, recording);
    plan.episodes.push_back(session.outline);
  }
  std::sort(plan.episodes.begin(), plan.episodes.end(),
            [](const Outline& a, const Outline& b) { return a.exchanges.front() < b.exchanges.front(); });
  attribute_sights(recording, plan);
  return plan;
}

}  // namespace wire
