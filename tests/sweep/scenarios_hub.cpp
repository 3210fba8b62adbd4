// What a connection is used for: calls, handlers, streams, reading and writing by hand.
#include "run.hpp"
#include "scenarios.hpp"

namespace sweep {

using namespace signalr;

namespace {

void calls(Run& run) {
  run.dial();
  run.call("Echo", 1);
  run.call("Fail");
  run.call("Nothing");
  run.settle();
  run.call("Work");
  run.call("NoSuchMethod");
  run.settle();
  run.call("Later");
  run.client([&](Client& chat) { chat.notify("Echo", 2); });
  run.go(4s);
}

void calls_with_deadlines(Run& run) {
  run.dial();
  run.client([&](Client& chat) {
    chat.set_default_timeout(2s);
    chat.invoke("Never").then(run.once<RawJson>("a call with a deadline"));
  });
  CancelSource source;
  run.client([&](Client& chat) {
    chat.invoke(CallOptions{{}, source.token()}, "Never").then(run.once<RawJson>("a call that is canceled"));
  });
  run.settle();
  source.cancel();
  run.go(3s);
}

void handlers(Run& run) {
  run.dial();
  run.subscribe("number");
  run.count_numbers();
  run.tell(3);
  run.settle();
  run.tell(25);  // more than one frame
  run.call("Echo", 1);
  run.settle();
}

void streams(Run& run) {
  run.dial();
  run.stream("number");
  run.count_numbers();
  run.tell(3);
  run.settle();
  run.stream("other");
  run.tell(2);
  run.settle();
}

void pushed_back(Run& run) {
  run.dial();
  run.client([&](Client& chat) {
    StreamOptions options;
    options.capacity = 2;
    options.overflow = OverflowPolicy::push_back;
    CallbackStream stream = chat.callback("number", options);
    run.tell(30);
    run.settle();
    for (int i = 0; i < 30; ++i) {
      stream.async_read(run.once<HubCall>("a read of the stream that pushes back"));
      run.settle();
    }
  });
}

void running(Run& run) {
  run.dial();
  run.client([&](Client& chat) { chat.async_run(run.once("run")); });
  run.tell(2);  // nobody takes them
  run.settle();
  run.client([&](Client& chat) { chat.set_state("name", RawJson::parse("1")); });
  run.call("Echo", 1);
  run.settle();
}

void reading(Run& run) {
  run.options.limits.max_receive_queue_messages = 2;
  run.dial();
  run.tell(35);
  run.settle();  // it does not read: back-pressure
  run.read_all();
  run.settle();
  run.write("1", "Echo");
  run.write("2", "Later");
  run.tell(1);
  run.go(4s);
}

void blocking(Run& run) {
  run.dial();
  run.tell(2);
  run.conn([](Conn& conn) { conn.read_message(CallOptions{30s}); });
  run.write("1", "Echo");
  run.conn([](Conn& conn) { conn.read_message(CallOptions{30s}); });
  run.conn([](Conn& conn) { conn.read_message(CallOptions{5s}); });
  run.conn([](Conn& conn) { conn.close(CallOptions{30s}); });
}

void blocking_calls(Run& run) {
  run.dial();
  const CallOptions options(30s);
  run.client([&](Client& chat) { chat.invoke(options, "Echo", 1).get<int>(); });
  run.client([&](Client& chat) { chat.invoke(options, "Fail").wait(); });
  run.tell(1);
  run.client([&](Client& chat) {
    CallbackStream stream = chat.callback("number");
    stream.read_raw(options);
    stream.read_raw(CallOptions{1s});
  });
}

void raw(Run& run) {
  run.dial_raw();
  run.conn([&](Conn& conn) {
    conn.async_send("first", run.once("send"));
    conn.on_received([&run](RawJsonView message) { run.on_raw(message); });
    conn.async_send("second", run.once("send"));
  });
  run.settle();
  run.server.app().raw_broadcast("raw", "7");
  run.settle();
}

}  // namespace

std::vector<Scenario> hub_scenarios() {
  return {{"calls", calls},
          {"calls-deadlines", calls_with_deadlines},
          {"handlers", handlers},
          {"streams", streams},
          {"push-back", pushed_back},
          {"run", running},
          {"read", reading},
          {"blocking", blocking},
          {"blocking-calls", blocking_calls},
          {"raw", raw}};
}

}  // namespace sweep
