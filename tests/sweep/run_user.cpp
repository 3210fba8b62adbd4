// What the user of a run does: dials, calls, listens, reads, writes, closes, destroys.
#include "run.hpp"

namespace sweep {

using namespace signalr;

template <class Target>
void Run::dial_to(const std::string& url, Target target) {
  watch();
  attempt([&] {
    dialing_ = async_dial(url, std::move(target), options,
                          once<Conn>("dial",
                                     [this, account = account_](Result<Conn> dialed) {
                                       account->dial_failed = !dialed.ok();
                                       if (dialed.ok()) conn_.emplace(std::move(dialed).value());
                                     }),
                          CallOptions{{}, cancel.token()});
  });
  until([&] { return conn_.has_value() || account_->dial_failed || account_->gone; }, 10min);
}

void Run::dial() { dial_to(server.origin(), Hubs{{"chat"}}); }

void Run::dial_raw() { dial_to(server.origin() + "/raw", ConnectionData{}); }

void Run::tell(int count, const std::string& group) {
  // For ever then: what was missed is sent topic by topic.
  if (joined_ && !group.empty()) group_ = group;
  for (int i = 0; i < count; ++i) {
    const std::string args = "[" + std::to_string(++told_) + "]";
    if (group_.empty()) {
      server.broadcast("Chat", "number", args);
    } else {
      server.app().send_to_group(group_, "Chat", "number", args);
    }
  }
}

void Run::subscribe(const std::string& method) {
  client([&](Client& client) {
    subscriptions_.push_back(client.on(method, [this, heard = hub_handler()](const HubCallView& call) {
      trace.add("a hub handler: ", call);
      heard();
      strike_handler();
    }));
  });
}

void Run::count_numbers() {
  client([&](Client& client) {
    subscriptions_.push_back(client.on("number", [this, account = account_, heard = hub_handler()](int n) {
      trace.add("the handler of number: ", n);
      heard();
      account->numbers.on_number(n);
      if (busy_ != Duration::zero()) executor->sleep(busy_);
      strike_handler();
    }));
    account_->numbers.begin(told_);
  });
}

// What each handler of a subscription does first.
std::function<void()> Run::hub_handler() {
  return [this, account = account_, destroyed = handles_destroyed_] {
    account->on_handler(Account::Kind::message, "a hub handler");
    if (*destroyed) complain("a hub handler was called after its subscription was destroyed");
  };
}

void Run::stream(const std::string& method) {
  client([&](Client& client) {
    streams_.push_back(client.callback(method));
    read_stream(streams_.size() - 1);
  });
}

void Run::read_stream(std::size_t index) {
  if (index >= streams_.size()) return;
  attempt([&] {
    streams_[index].async_read(once<HubCall>("a stream's read", [this, index](Result<HubCall> call) {
      if (call.ok()) read_stream(index);
    }));
  });
}

void Run::keep(Invocation invocation) {
  invocation.then(once_over_transport<RawJson>("the call of " + invocation.method()));
  invocation.on_progress([this, account = account_](RawJsonView progress) {
    trace.add("progress ", progress.text());
    account->on_handler(Account::Kind::completion, "a progress handler");
    strike_handler();
  });
  calls_.push_back(std::move(invocation));
}

void Run::read_all() {
  account_->numbers.begin(dialed_at_);
  read_on();
}

void Run::read_on() {
  conn([&](Conn& conn) {
    conn.async_read_message(once<Message>("read_message", [this, account = account_](Result<Message> message) {
      if (!message.ok()) return;
      for (const auto& element : message.value().messages()) {
        if (element.method == "number") account->numbers.on_number(decode_json<int>(element.arg(0)));
      }
      read_on();
    }));
  });
}

void Run::write(const std::string& id, const std::string& method) {
  conn([&](Conn& conn) {
    ClientMsg message;
    message.invocation_id = id;
    message.hub = "chat";
    message.method = method;
    message.args.push_back(RawJson::parse("1"));
    // Over the others a write is a request of its own, which outlives the loss of the transport.
    if (options.transports.front() == TransportKind::websockets) {
      conn.async_write_message(message, once_over_transport("write_message"));
    } else {
      conn.async_write_message(message, once("write_message"));
    }
  });
}

void Run::on_raw(RawJsonView message) {
  trace.add("on_received ", message.text());
  account_->on_handler(Account::Kind::message, "on_received");
  strike_handler();
}

void Run::close() {
  if (!conn_) return cancel.cancel();
  conn([&](Conn& conn) { conn.async_close(once("close")); });
  executor->post([account = account_] { account->closing = true; });
}

void Run::let_go() {
  destroy_handles();
  destroy_conn();
  cancel = {};
}

void Run::destroy_conn() {
  for (const auto& account : accounts_) account->gone = true;
  dialing_ = {};
  conn_.reset();
}

void Run::destroy_handles() {
  *handles_destroyed_ = true;
  handles_destroyed_ = std::make_shared<bool>(false);
  account_->numbers.end();
  subscriptions_.clear();
  streams_.clear();
  calls_.clear();
  clients_.clear();
}

}  // namespace sweep
