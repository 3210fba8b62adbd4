#include "http_link.hpp"

#include <utility>

namespace signalr::memory {
namespace {

class MemoryExchange final : public server::Exchange {
 public:
  explicit MemoryExchange(std::shared_ptr<HttpLink> link) : link_(std::move(link)) {}
  const server::Request& request() const override { return link_->request(); }
  bool open() const override { return link_->server_open(); }
  void start(int status, Headers headers) override { link_->start_answer(status, std::move(headers)); }
  void write(std::string data) override { link_->write(std::move(data)); }
  void end() override { link_->end(); }
  void fail(TransportFailure failure, std::string message) override { link_->fail(failure, std::move(message)); }
  void on_gone(UniqueFunction<void()> handler) override { link_->on_gone(std::move(handler)); }

 private:
  std::shared_ptr<HttpLink> link_;
};

class MemoryHttpOperation final : public HttpOperation {
 public:
  MemoryHttpOperation(std::shared_ptr<Executor> executor, std::shared_ptr<HttpLink> link)
      : executor_(std::move(executor)), link_(std::move(link)) {}
  ~MemoryHttpOperation() override { link_->client_gone(); }
  void resume() override { link_->resume(); }

 private:
  std::shared_ptr<Executor> executor_;  // kept, as operations do; the link itself does not
  std::shared_ptr<HttpLink> link_;
};

}  // namespace

HttpLink::HttpLink(Network::State& network, const std::shared_ptr<Executor>& executor, std::size_t max_header_bytes,
                   HttpSink& sink)
    : Link(network, executor), sink_(&sink), max_header_bytes_(max_header_bytes) {}

void HttpLink::begin(server::Request request) {
  request_ = std::move(request);
  path_ = request_.url.path;
  send(to_server_, bound(*this, [](HttpLink& link) { link.arrive_at_server(); }));
}

void HttpLink::refuse(TransportError error) {
  answered_ = true;
  post(bound(*this, [error](HttpLink& link) { link.end_client(error); }));
}

void HttpLink::arrive_at_server() {
  if (gone_ || sink_ == nullptr) return;  // canceled before it was sent
  if (found_dead_connection()) {
    answered_ = true;
    end_client(
        {TransportFailure::closed, "the connection had been closed while it was idle, nothing was sent", Sent::no});
    return;
  }
  Route route = this->route(request_);
  if (route.error) {
    answered_ = true;
    end_client(*route.error);
    return;
  }
  if (route.site == nullptr || !arrives(StepKind::request) || gone_) return;
  route.site->on_request(std::make_shared<MemoryExchange>(std::static_pointer_cast<HttpLink>(shared_from_this())));
}

void HttpLink::start_answer(int status, Headers headers) {
  if (!server_open() || started_) return;
  started_ = true;
  Event event;
  event.status = status;
  event.headers = std::move(headers);
  send(to_client_, bound(*this, [event = std::move(event)](HttpLink& link) mutable {
         link.arrive_at_client(StepKind::headers, std::move(event));
       }));
}

void HttpLink::write(std::string data) {
  if (!server_open()) return;
  start_answer(200, {});
  if (data.empty()) return;
  Event event;
  event.data = std::move(data);
  send(to_client_, bound(*this, [event = std::move(event)](HttpLink& link) mutable {
         link.arrive_at_client(StepKind::data, std::move(event));
       }));
}

void HttpLink::end() {
  if (!server_open()) return;
  start_answer(200, {});
  answered_ = true;
  on_gone_ = nullptr;
  Event event;
  event.done = true;
  send(to_client_, bound(*this, [event = std::move(event)](HttpLink& link) mutable {
         link.arrive_at_client(StepKind::done, std::move(event));
       }));
}

void HttpLink::fail(TransportFailure failure, std::string message) {
  if (!server_open()) return;
  answered_ = true;
  on_gone_ = nullptr;
  TransportError error(failure, std::move(message), Sent::maybe);
  send(to_client_, bound(*this, [error](HttpLink& link) {
         if (link.arrives(StepKind::done)) link.end_client(error);
       }));
}

void HttpLink::on_gone(UniqueFunction<void()> handler) {
  if (server_open()) on_gone_ = std::move(handler);
}

void HttpLink::arrive_at_client(StepKind kind, Event event) {
  if (sink_ == nullptr || end_arrived_) return;
  const int copies = this->copies(kind, event.data);
  if (copies == 0) return;
  if (event.status != 0 && size_of(event.headers) > max_header_bytes_) {
    end_client({TransportFailure::limit, "the answer's headers exceed HttpRequest::max_header_bytes", Sent::maybe});
    tell_server_gone();
    return;
  }
  end_arrived_ = event.done;
  if (copies == 2 && kind == StepKind::data) inbox_.push_back(event);
  inbox_.push_back(std::move(event));
  pump();
}

void HttpLink::end_client(TransportError error) {
  if (sink_ == nullptr || end_arrived_) return;
  end_arrived_ = true;
  Event event;
  event.done = true;
  event.error.emplace(std::move(error));
  inbox_.push_back(std::move(event));
  pump();
}

void HttpLink::pump() {
  if (pumping_) return;  // inside one of the sink's calls: the loop below goes on
  const auto self = shared_from_this();
  const Running running(pumping_);
  while (sink_ != nullptr && !inbox_.empty() && (!paused_ || inbox_.front().error.has_value())) {
    Event event = std::move(inbox_.front());
    inbox_.pop_front();
    deliver(std::move(event));
  }
}

void HttpLink::deliver(Event event) {
  HttpSink& sink = *sink_;
  if (event.done) {
    sink_ = nullptr;
    sink.on_done(event.error ? &*event.error : nullptr);
  } else if (event.status != 0) {
    sink.on_headers(event.status, event.headers);
  } else {
    // Set before the call: the sink may resume inside it and then say pause, which counts.
    if (sink.on_data(event.data) == Flow::pause) paused_ = true;
  }
}

void HttpLink::resume() {
  if (!paused_) return;
  paused_ = false;
  post(bound(*this, [](HttpLink& link) { link.pump(); }));
}

void HttpLink::client_gone() {
  if (sink_ == nullptr) return;
  sink_ = nullptr;
  inbox_.clear();
  send(to_server_, bound(*this, [](HttpLink& link) {
         if (!link.stalled()) link.tell_server_gone();
       }));
}

void HttpLink::tell_server_gone() {
  if (!server_open()) return;
  gone_ = true;
  post(bound(*this, [](HttpLink& link) {
    if (UniqueFunction<void()> handler = std::move(link.on_gone_)) handler();
  }));
}

void HttpLink::cut() {
  if (stalled()) return;
  if (sink_ != nullptr) {
    send(to_client_, bound(*this, [](HttpLink& link) { link.end_client(reset_error()); }));
  }
  tell_server_gone();
}

void HttpLink::break_now() {
  end_client(reset_error());
  tell_server_gone();
}

void HttpLink::detach() {
  stall();
  gone_ = true;
  on_gone_ = nullptr;
}

std::unique_ptr<HttpOperation> send_in_memory(const std::shared_ptr<Network::State>& network,
                                              const std::shared_ptr<Executor>& executor, HttpRequest request,
                                              HttpSink& sink) {
  auto link = std::make_shared<HttpLink>(*network, executor, request.max_header_bytes, sink);
  network->add(link);
  server::Request seen;
  const auto url = Url::parse(request.url);
  if (executor != network->executor) {
    link->refuse(unsupported("runs on one executor: give the one of Network::executor() to the client as well"));
  } else if (!url || (url->scheme != "http" && url->scheme != "https") || url->has_fragment) {
    link->refuse(unsupported("takes absolute http and https URLs without a fragment"));
  } else if (request.method != "GET" && request.method != "POST") {
    link->refuse(unsupported("takes GET and POST, not " + request.method));
  } else {
    seen.method = std::move(request.method);
    seen.url = *url;
    seen.headers = std::move(request.headers);
    if (seen.method == "POST") seen.body = std::move(request.body);
    link->begin(std::move(seen));
  }
  return std::make_unique<MemoryHttpOperation>(executor, std::move(link));
}

}  // namespace signalr::memory
