// Recordings made by hand for the tests of the judge.
#pragma once

#include "recording.hpp"
#include "usual.hpp"

namespace wire {

inline Identity sample_identity() {
  return {"/signalr/", {{"clientProtocol", "1.5"}, {"connectionData", R"([{"name":"chat"}])"}}, {}};
}

inline RecordedFrame frame(double t_ms, bool from_server, std::string text) {
  RecordedFrame result;
  result.t_ms = t_ms;
  result.from_server = from_server;
  result.text = std::move(text);
  return result;
}

inline RecordedFrame close_frame(double t_ms, bool from_server, std::uint16_t code = 1000) {
  RecordedFrame result = frame(t_ms, from_server, {});
  result.kind = FrameKind::close;
  result.code = code;
  return result;
}

inline Recording recording_of(std::vector<RecordedExchange> exchanges) {
  Recording recording;
  recording.name = "sample";
  recording.exchanges = std::move(exchanges);
  for (std::size_t i = 0; i < recording.exchanges.size(); ++i) recording.exchanges[i].number = i;
  return recording;
}

/// negotiate, connect, start, one call with its result, a call from the server, abort.
inline Recording plain_session() {
  const Identity identity = sample_identity();
  RecordedExchange connect = usual_connect(identity, kUsualToken, 10);
  connect.frames.push_back(frame(30, false, R"({"I":"0","H":"chat","M":"Add","A":[1,2]})"));
  connect.frames.push_back(frame(31, true, R"({"I":"0","R":3})"));
  connect.frames.push_back(frame(40, true, R"({"C":"d-1","M":[{"H":"Chat","M":"said","A":["hi"]}]})"));
  connect.frames.push_back(close_frame(51, true));
  connect.ended_by = EndedBy::server;
  connect.ended_ms = 51;
  return recording_of({usual_negotiate(identity, 0), connect, usual_start(identity, kUsualToken, 20),
                       usual_abort(identity, kUsualToken, 50)});
}

inline std::vector<std::string> plain_sights() {
  return {"> start",
          "  state Disconnected -> Connecting",
          "  state Connecting -> Connected",
          "> invoke [\"Add\",1,2]",
          "  = 3",
          "  recv said \"hi\"",
          "> stop",
          "  state Connected -> Disconnected",
          "  closed"};
}

}  // namespace wire
