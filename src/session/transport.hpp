// The seam inside the session: one way to carry frames to and from the server. The session doesn't know which it has.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <signalr/dial_options.hpp>
#include <signalr/error.hpp>

#include "session/context.hpp"
#include "session/requests.hpp"

namespace signalr::session {

/// How a transport is opened.
enum class OpenMode {
  connect,    ///< first time: the server answers with an init frame
  reconnect,  ///< again, with cursor and groups token: the server goes on where it was
};

/// Where a transport's events go; on the strand, never inside a call to the transport, and inside the gate.
class TransportSink {
 public:
  /// Once: frames may flow.
  virtual void on_open() = 0;
  /// Answers one `read()`. The view is valid during the call.
  virtual void on_frame(std::string_view text) = 0;
  /// The oldest `send` not yet reported was handed to the network.
  virtual void on_sent(std::string buffer) = 0;
  /// Something that arrived was ignored; the transport goes on.
  virtual void on_problem(const Error& error) = 0;
  /// Once, last: it is over, or could not be opened.
  virtual void on_lost(ErrorPtr error) = 0;

 protected:
  ~TransportSink() = default;
};

/// On the strand. Destroying it drops the connection; the sink is not called afterwards.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// Asks for one frame; not asking is the back-pressure.
  virtual void read() = 0;
  virtual void send(std::string text) = 0;
  /// Ends it in order; on_lost follows.
  virtual void close() = 0;
};

/// The cursor and the groups token to go on from; both empty when connecting first.
struct Position {
  std::string message_id;
  std::string groups_token;
};

/// Makes a transport and begins to open it.
std::unique_ptr<Transport> open_transport(TransportKind kind, Context& context, Requests& requests, OpenMode mode,
                                          const Position& position, TransportSink& sink);

}  // namespace signalr::session
