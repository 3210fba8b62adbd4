// HttpClient, HttpOperation: destroying anything at any moment.
#include <chrono>
#include <memory>
#include <string>

#include "bench.hpp"
#include "check_lists.hpp"
#include "http_probe.hpp"

namespace signalr::conformance {
namespace {

constexpr int kRounds = 300;

void a_canceled_request_is_gone(Bench& b) {
  for (const bool answered : {false, true}) {
    const Duration fastest = fastest_of(5, [&] {
      const SentRequest sent = send_get(b);
      if (answered) {
        sent.peer->start_answer(200, {});
        sent.peer->write_chunk("a first piece");
        b.until([&] { return sent.http.chunks != 0; }, "the first piece of a body");
      }
      const Duration taken = b.strand([&] { return time_of([&] { sent.http.destroy(); }); });
      await_gone(b, *sent.peer, "a canceled request");
      return taken;
    });
    b.require(fastest < std::chrono::milliseconds(50), "canceling a request took more than 50 ms");
  }
}

void a_request_may_be_canceled_at_once(Bench& b) {
  for (const std::string& url :
       {b.peer().http_url("/"), std::string("http://no-such-name.invalid/"), std::string("nonsense:")}) {
    const Duration fastest = fastest_of(5, [&] {
      HttpProbe& http = b.http();
      return b.strand([&] {
        http.send(get_request(url));
        return time_of([&] { http.destroy(); });
      });
    });
    b.require(fastest < std::chrono::milliseconds(50), "canceling a request that has just begun took more than 50 ms");
  }
  b.settle();
}

void a_finished_request_may_be_destroyed(Bench& b) {
  const SentRequest sent = send_get(b);
  sent.peer->answer(200, {}, "body");
  require_success(b, sent.http);
  b.strand([&] { sent.http.destroy(); });
  const SentRequest next = send_get(b, "/next");
  next.peer->answer(200, {}, "body");
  require_success(b, next.http);
}

void on_headers_may_destroy(Bench& b) {
  const SentRequest sent = send_get(b);
  b.strand([&] { sent.http.on_headers_hook = [](HttpProbe& http) { http.destroy(); }; });
  sent.peer->start_answer(200, {{"X-Long", std::string(1000, 'x')}});
  sent.peer->write_chunk("never told");
  await_gone(b, *sent.peer, "a request destroyed inside on_headers");
}

void on_data_may_destroy(Bench& b) {
  for (const Flow flow : {Flow::more, Flow::pause}) {
    const SentRequest sent = send_get(b);
    b.strand([&] {
      sent.http.on_data_hook = [flow](HttpProbe& http) {
        http.destroy();  // the probe then looks at the data again
        return flow;
      };
    });
    sent.peer->start_answer(200, {});
    for (int i = 0; i < 10; ++i) sent.peer->write_chunk(std::string(10'000, 'x'));
    await_gone(b, *sent.peer, "a request destroyed inside on_data");
    b.strand([&] { b.require(sent.http.chunks == 1, "on_data came after it had destroyed the request"); });
  }
}

void on_done_may_destroy(Bench& b) {
  for (const bool success : {true, false}) {
    const SentRequest sent = send_get(b);
    b.strand([&] { sent.http.on_done_hook = [](HttpProbe& http) { http.destroy(); }; });
    if (success) {
      sent.peer->answer(200, {}, "body");
    } else {
      sent.peer->cut();
    }
    await_done(b, sent.http);
  }
}

void on_done_may_send_again(Bench& b) {
  HttpProbe& second = b.http();
  const SentRequest first = send_get(b, "/first");
  b.strand([&] {
    first.http.on_done_hook = [&second, request = get_request(b.peer().http_url("/second"))](HttpProbe& http) {
      http.destroy();
      second.send(request);
    };
  });
  first.peer->answer(200, {}, "");
  const auto exchange = b.arrival(1);
  exchange->answer(200, {}, "again");
  require_success(b, second);
  b.strand([&] { b.require(second.body == "again", "a request sent inside on_done got another answer"); });
}

void a_paused_request_may_be_destroyed(Bench& b) {
  const SentRequest sent = send_get(b);
  b.strand([&] { sent.http.on_data_hook = [](HttpProbe&) { return Flow::pause; }; });
  sent.peer->start_answer(200, {});
  sent.peer->write_chunk("one");
  sent.peer->write_chunk(std::string(300'000, 'x'));
  b.until([&] { return sent.http.chunks == 1; }, "the first piece of a body");
  b.strand([&] { sent.http.destroy(); });
  await_gone(b, *sent.peer, "a request destroyed after a pause");
}

void queued_callbacks_never_come(Bench& b) {
  for (int i = 0; i < 20; ++i) {
    const SentRequest sent = send_get(b);
    b.strand([&] {
      if (i % 2 == 0) {
        sent.peer->answer(200, {}, "a whole answer");
      } else {
        sent.peer->start_answer(200, {});
        sent.peer->write_chunk("a part of one");
        if (i % 4 == 1) sent.peer->cut();
      }
      let_callbacks_queue_up();
      sent.http.destroy();
    });
  }
}

void requests_may_be_canceled_at_any_moment(Bench& b) {
  b.peer().on_request([](PeerExchange& exchange) {
    switch (exchange.request().target.size() % 3) {
      case 0:
        exchange.answer(200, {{"X-Test", "x"}}, std::string(20'000, 'x'));
        break;
      case 1:
        exchange.start_answer(200, {});
        for (int i = 0; i < 20; ++i) exchange.write_chunk(std::string(500, 'x'));
        exchange.finish_answer();
        break;
      default:
        exchange.start_answer(200, {});
        exchange.write_chunk("cut");
        exchange.cut();
        break;
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    HttpProbe& http = b.http();
    const std::string url = b.peer().http_url("/" + std::string(static_cast<std::size_t>(i % 3), 'x'));
    b.strand([&] {
      if (i % 4 == 3) {
        http.on_data_hook = [](HttpProbe& probe) {
          probe.resume_later();
          return Flow::pause;
        };
      }
      http.send(get_request(url));
    });
    if (i % 3 == 0) b.until([&] { return http.status.has_value() || http.done; }, "the beginning of an answer");
    for (int hop = i % 23; hop > 0; --hop) b.strand([] {});
    b.strand([&] { http.destroy(); });
  }
}

void the_client_may_go_first(Bench& b) {
  const SentRequest waiting = send_get(b, "/waiting");
  const SentRequest streaming = send_get(b, "/streaming");
  streaming.peer->start_answer(200, {});
  streaming.peer->write_chunk("one ");
  b.until([&] { return streaming.http.chunks == 1; }, "the first piece of a body");
  b.strand([&] { b.release_client(); });
  streaming.peer->write_chunk("two");
  streaming.peer->finish_answer();
  waiting.peer->answer(200, {}, "late");
  require_success(b, streaming.http);
  require_success(b, waiting.http);
  b.strand([&] {
    b.require(streaming.http.body == "one two" && waiting.http.body == "late",
              "an answer arrived changed when its client was gone");
  });
}

void the_client_may_go_inside_a_callback(Bench& b) {
  const SentRequest sent = send_get(b);
  b.strand([&] {
    sent.http.on_done_hook = [client = b.take_client()](HttpProbe& http) mutable {
      http.destroy();
      client = nullptr;
    };
  });
  sent.peer->answer(200, {}, "body");
  await_done(b, sent.http);
  b.settle();
}

/// A sink for a request that the bench doesn't own.
class DeafSink final : public HttpSink {
 public:
  void on_headers(int, const Headers&) override {}
  Flow on_data(std::string_view) override { return Flow::more; }
  void on_done(const TransportError*) override {}
};

void executors_are_kept(Bench& b) {
  auto executor = b.fixture().make_executor();
  const std::weak_ptr<Executor> watch = executor;
  static auto& sink = *new DeafSink;  // never destroyed, as a probe is
  OnStrand kept(executor);
  HttpClient& client = b.client();
  b.strand_of(executor, [&] { kept.operation = client.send(executor, get_request(b.peer().http_url("/")), sink); });
  b.arrival();
  executor = nullptr;
  executor = watch.lock();
  b.require(executor != nullptr, "a request does not keep its executor");
  b.strand_of(executor, [&] { kept.operation = nullptr; });
}

void they_survive_the_executor(Bench& b) {
  const SentRequest waiting = send_get(b, "/waiting");
  const SentRequest streaming = send_get(b, "/streaming");
  const SentRequest silent = send_get(b, "/silent");
  streaming.peer->start_answer(200, {});
  streaming.peer->write_chunk("before the stop");
  b.until([&] { return streaming.http.chunks == 1; }, "the first piece of a body");
  b.stop_executor();
  waiting.peer->answer(200, {}, "after the stop");
  streaming.peer->write_chunk("after the stop");
  streaming.peer->finish_answer();
  b.settle();
  // Destroyed on this thread, which is no strand; a callback now would be reported as one off the strand.
  waiting.http.destroy();
  streaming.http.destroy();
  b.release_client();
  b.settle();
  silent.http.destroy();
}

}  // namespace

void add_http_lifetime_checks(Checks& checks) {
  const auto add = [&](const char* name, void (*body)(Bench&), unsigned needs = 0) {
    checks.push_back(make_check(name, needs, body));
  };
  add("canceling a request drops its connection at once", a_canceled_request_is_gone);
  add("a request may be canceled when it has just begun", a_request_may_be_canceled_at_once);
  add("destroying a finished request does nothing", a_finished_request_may_be_destroyed);
  add("on_headers may destroy the request", on_headers_may_destroy);
  add("on_data may destroy the request, the data stays valid", on_data_may_destroy);
  add("on_done may destroy the request", on_done_may_destroy);
  add("on_done may send the next request", on_done_may_send_again);
  add("a paused request may be destroyed", a_paused_request_may_be_destroyed);
  add("a destroyed request calls nothing, also where the call was queued", queued_callbacks_never_come);
  add("requests may be canceled at any moment", requests_may_be_canceled_at_any_moment);
  add("requests go on without their client", the_client_may_go_first);
  add("the client may be destroyed inside a callback", the_client_may_go_inside_a_callback);
  add("a request keeps its executor", executors_are_kept, offer::network);
  add("requests survive the executor's stop", they_survive_the_executor, offer::stop);
}

}  // namespace signalr::conformance
