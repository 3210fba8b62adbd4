// Which orders of requests our client can have: decides, request by request, whether it would have sent it as well.
#pragma once

#include <string>
#include <vector>

#include "negotiation.hpp"
#include "recording.hpp"
#include "usual.hpp"

namespace wire {

/// Whether it was the server, or the network, that ended a transport: then clients reconnect.
bool ended_by_server(const RecordedExchange& transport);

/// Whether the server was silent for so long that the client gave the transport up, before `until_ms` (P§7.2).
bool lost_by_silence(const RecordedExchange& transport, double keep_alive_ms, double until_ms);

/// Whether the client just went away: nothing that follows is the same connection any more.
bool is_cut_by_client(const RecordedExchange& transport);

/// The requests of one connection so far.
class SessionShape {
 public:
  /// Begins with a request for negotiate that our client can send.
  explicit SessionShape(const RecordedExchange& negotiate);

  /// Whether a client of ours can send this to begin a connection.
  static bool can_begin(const RecordedRequest& negotiate);

  /// Whether `negotiate` is the next one of this connection, after a redirect.
  bool continues_with(const RecordedExchange& negotiate) const;
  void add_negotiate(const RecordedExchange& negotiate);

  /// Whether our client would send this with this connection's token at this point; if so it is counted in.
  bool add(const RecordedExchange& exchange);

  const Negotiation& negotiation() const { return negotiation_; }
  const std::string& token() const { return negotiation_.token; }
  /// Whether it went to where negotiate was asked for, and not to where HTTP redirects led that: recorded clients
  /// follow for that one request, ours with the whole connection (P§3.3).
  bool stayed_behind(const RecordedRequest& request) const;

  /// What later requests of our client have in common: redirects, tokens and cookies are counted in.
  const Identity& identity() const { return identity_; }

  const RecordedExchange* transport() const { return transport_; }  ///< the last one that opened; null: none
  bool started() const { return started_; }
  bool aborted() const { return aborted_; }
  bool jsonp() const { return jsonp_; }
  const std::string& transport_name() const { return transport_name_; }

 private:
  bool is_ours(const RecordedRequest& request) const;
  bool add_connect(const RecordedExchange& exchange);
  bool add_reconnect(const RecordedExchange& exchange);
  bool was_silent_until(double t_ms) const;
  void take_cookies(const RecordedExchange& exchange);

  Identity identity_;
  std::string base_left_;  // the base before HTTP redirects; empty: none
  Negotiation negotiation_;
  const RecordedExchange* transport_ = nullptr;
  std::string transport_name_;
  std::vector<std::string> refused_;  // transports
  bool started_ = false;
  bool aborted_ = false;
  bool jsonp_ = false;
};

}  // namespace wire
