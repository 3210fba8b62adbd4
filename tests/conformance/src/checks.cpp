// The public lists, and the defaults of the fixture and the peer.
#include <signalr/conformance/check.hpp>
#include <signalr/conformance/socket_peer.hpp>
#include <signalr/event_loop.hpp>

#include "check_lists.hpp"

namespace signalr::conformance {

const std::vector<Check>& executor_checks() {
  static const Checks all = [] {
    Checks checks;
    add_task_checks(checks);
    add_timer_checks(checks);
    add_executor_end_checks(checks);
    return checks;
  }();
  return all;
}

const std::vector<Check>& dialer_checks() {
  static const Checks all = [] {
    Checks checks;
    add_dial_checks(checks);
    add_message_checks(checks);
    add_close_checks(checks);
    add_websocket_pressure_checks(checks);
    add_websocket_lifetime_checks(checks);
    add_websocket_end_checks(checks);
    add_hostile_handshake_checks(checks);
    add_hostile_frame_checks(checks);
    return checks;
  }();
  return all;
}

const std::vector<Check>& http_client_checks() {
  static const Checks all = [] {
    Checks checks;
    add_http_request_checks(checks);
    add_http_answer_checks(checks);
    add_http_pressure_checks(checks);
    add_http_lifetime_checks(checks);
    add_hostile_http_checks(checks);
    return checks;
  }();
  return all;
}

Fixture::~Fixture() = default;
std::shared_ptr<Executor> Fixture::make_executor() { return make_event_loop(); }
void Fixture::stop(Executor&) {}
std::unique_ptr<Peer> Fixture::make_peer(const std::shared_ptr<Executor>&) { return make_socket_peer(); }
std::shared_ptr<WebsocketDialer> Fixture::make_dialer(const std::shared_ptr<Executor>&, Peer&) { return nullptr; }
std::shared_ptr<HttpClient> Fixture::make_http_client(const std::shared_ptr<Executor>&, Peer&) { return nullptr; }

PeerExchange::~PeerExchange() = default;
void PeerExchange::send_raw(std::string) {}
std::vector<std::string> PeerExchange::pongs() const { return {}; }
std::size_t PeerExchange::taken_bytes() const { return 0; }

Peer::~Peer() = default;
std::string Peer::refused_authority() const { return {}; }
std::string Peer::named_authority() const { return {}; }

}  // namespace signalr::conformance
