// The seam inside the session: one way to carry frames from the server, and perhaps to it. Beyond the traits below the
// session doesn't know which it has.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <signalr/dial_options.hpp>
#include <signalr/error_base.hpp>

#include "session/context.hpp"
#include "session/requests.hpp"

namespace signalr::detail::session {

/// What the session has to know of a transport.
struct TransportTraits {
  bool keep_alives;         ///< the server's silence is a loss (P#100)
  bool reconnects_at_once;  ///< the first attempt needs no pause (P§7.4)
  bool own_sends;           ///< messages travel apart from it, in requests whose answers bring the results (P§8)
  bool polls;               ///< `T` means that the server stops (P#60); a reconnect opens by itself, in time (P§5.5)
};
TransportTraits traits_of(TransportKind kind) noexcept;

/// How a transport is opened.
enum class OpenMode {
  connect,    ///< first time: the server answers with an init frame
  reconnect,  ///< again, with cursor and groups token: the server goes on where it was
};

/// What became of a frame, for a transport that asks for each.
struct FrameNotes {
  bool understood = true;           ///< false: it was dropped, and an error told
  bool has_messages = false;        ///< `M` isn't empty
  std::uint64_t poll_delay_ms = 0;  ///< `L`
};

/// Where a transport's events go; on the strand, never inside a call to the transport, and inside the gate. Each may
/// destroy the transport.
class TransportSink {
 public:
  /// Where the server is to go on; asked for right before each request that says so. A question: it comes inside of
  /// calls, too.
  virtual Position position(protocol::Command command) = 0;
  /// Once: frames may flow.
  virtual void on_open() = 0;
  /// Answers one `read()`. The view is valid during the call.
  virtual FrameNotes on_frame(std::string_view text) = 0;
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
  /// For those without TransportTraits::own_sends.
  virtual void send(std::string) {}
  /// The time to open it is over: when the server has refused it, on_lost says how. False: it has not.
  virtual bool end_refusal() { return false; }
  /// The connection is about to be closed: reads on, but asks the server for nothing new.
  virtual void leave() { read(); }
  /// Ends it in order; on_lost follows.
  virtual void close() = 0;
};

/// What a transport is made with.
struct TransportSetup {
  Context& context;
  Requests& requests;
  OpenMode mode;
  Duration connection_timeout;  ///< the server's: how long it lets a poll wait
  Duration taken_as_open;       ///< after so long without an answer a reconnect by poll counts as done
  TransportSink& sink;
};

/// Makes a transport and begins to open it.
std::unique_ptr<Transport> open_transport(TransportKind kind, const TransportSetup& setup);

}  // namespace signalr::detail::session
