// The destructors of the seams: one place for their vtables.
#include <signalr/executor.hpp>
#include <signalr/http_client.hpp>
#include <signalr/operation.hpp>
#include <signalr/websocket.hpp>

namespace signalr {

Executor::~Executor() = default;
Operation::~Operation() = default;
HttpSink::~HttpSink() = default;
HttpOperation::~HttpOperation() = default;
HttpClient::~HttpClient() = default;
std::vector<std::string> HttpClient::secrets() const { return {}; }
WebsocketSink::~WebsocketSink() = default;
WebsocketConn::~WebsocketConn() = default;
WebsocketDialer::~WebsocketDialer() = default;

}  // namespace signalr
