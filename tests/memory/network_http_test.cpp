// The HttpClient of the in-memory network keeps the seam's contract.
#include "http_net.hpp"

using namespace memory_test;

TEST_CASE("a request arrives whole, and its answer too") {
  HttpNet net;
  HttpRequest request;
  request.method = "POST";
  request.url = "http://a.test/x?y=1";
  request.headers = {{"Cookie", "c=1"}};
  request.body = "hello";
  const Request sent = net.send(std::move(request));
  CHECK(net.site.asked.empty());  // not inside the call
  Exchange& exchange = net.asked();
  CHECK(exchange.request().line() == "POST /x?y=1");
  CHECK(*exchange.request().headers.find("cookie") == "c=1");
  CHECK(exchange.request().body == "hello");
  CHECK_FALSE(exchange.request().upgrade);
  CHECK(exchange.open());

  exchange.answer(404, {{"X-Why", "because"}}, "no");
  CHECK(sent->log.empty());  // not inside the call
  CHECK_FALSE(exchange.open());
  net.clock->run_ready();
  CHECK(sent->log == Lines{"headers 404", "data no", "done"});
  CHECK(*sent->headers.find("X-Why") == "because");
  CHECK(net.network.open_connections() == 0);
}

TEST_CASE("an answer may come in pieces, later; after its end nothing comes") {
  HttpNet net;
  const Request sent = net.get();
  Exchange& exchange = net.asked();
  exchange.start(200, {});
  net.clock->run_ready();
  CHECK(sent->log == Lines{"headers 200"});
  net.clock->advance(1h);
  exchange.write("one");
  exchange.write("");
  exchange.write("two");
  net.clock->run_ready();
  CHECK(sent->log == Lines{"headers 200", "data one", "data two"});
  exchange.end();
  exchange.write("three");
  exchange.end();
  exchange.cut();
  net.clock->run_ready();
  CHECK(sent->log == Lines{"headers 200", "data one", "data two", "done"});
}

TEST_CASE("an answer may break before or after its headers") {
  HttpNet net;
  const Request whole = net.get();
  net.asked().fail(TransportFailure::tls, "why");
  net.clock->run_ready();
  CHECK(whole->log == Lines{"failed tls"});
  CHECK(whole->error->what() == std::string("why"));

  const Request half = net.get();
  Exchange& exchange = net.asked();
  exchange.write("half");
  exchange.cut();
  net.clock->run_ready();
  CHECK(half->log == Lines{"headers 200", "data half", "failed closed"});
}

TEST_CASE("after pause no data comes until resume, and then not inside it") {
  HttpNet net;
  const Request sent = net.get();
  sent->on_data_do = [](std::string_view) { return Flow::pause; };
  Exchange& exchange = net.asked();
  exchange.write("one");
  exchange.write("two");
  exchange.end();
  net.clock->run_ready();
  CHECK(sent->log == Lines{"headers 200", "data one"});
  net.clock->advance(1h);
  CHECK(sent->log.size() == 2);
  sent.op->resume();
  CHECK(sent->log.size() == 2);
  net.clock->run_ready();
  CHECK(sent->log.back() == "data two");
  CHECK_FALSE(sent->done);
  sent.op->resume();
  sent.op->resume();
  net.clock->run_ready();
  CHECK(sent->log.back() == "done");
}

TEST_CASE("a failure is told during a pause, where nothing is held back") {
  HttpNet net;
  const Request sent = net.get();
  sent->on_data_do = [](std::string_view) { return Flow::pause; };
  Exchange& exchange = net.asked();
  exchange.write("one");
  exchange.cut();
  net.clock->run_ready();
  CHECK(sent->log == Lines{"headers 200", "data one", "failed closed"});
}

TEST_CASE("a resume without a pause does nothing, also inside on_data") {
  HttpNet net;
  Request sent = net.get();
  sent->on_data_do = [&](std::string_view) {
    sent.op->resume();
    return Flow::pause;
  };
  Exchange& exchange = net.asked();
  exchange.write("one");
  exchange.write("two");
  net.clock->run_ready();
  CHECK(sent->log == Lines{"headers 200", "data one"});
}

TEST_CASE("an operation may be destroyed inside each of its sink's calls; the view stays valid") {
  for (const int when : {0, 1, 2}) {
    CAPTURE(when);
    HttpNet net;
    Request sent = net.get();
    if (when == 0) sent->on_headers_do = [&] { sent.op.reset(); };
    if (when == 1) {
      sent->on_data_do = [&](std::string_view data) {
        sent.op.reset();
        CHECK(data == "one");
        return Flow::more;
      };
    }
    if (when == 2) sent->on_done_do = [&] { sent.op.reset(); };
    bool gone = false;
    Exchange& exchange = net.asked();
    exchange.on_gone([&] { gone = true; });
    exchange.write("one");
    if (when == 2) exchange.end();
    net.clock->run_ready();
    CHECK(sent->log.size() == static_cast<std::size_t>(when + 1));
    CHECK(gone == (when != 2));
    CHECK(net.network.open_connections() == 0);
  }
}

TEST_CASE("canceling at any stage gives no call, and tells the server where it knows of the request") {
  HttpNet net;
  Request early = net.get();
  early.op.reset();
  net.clock->run_ready();
  CHECK(net.site.asked.empty());
  CHECK(early->log.empty());

  Request late = net.get();
  bool gone = false;
  Exchange& exchange = net.asked();
  exchange.on_gone([&] { gone = true; });
  exchange.write("under way");
  late.op.reset();
  CHECK(exchange.open());  // it can't know yet
  net.clock->run_ready();
  CHECK(gone);
  CHECK_FALSE(exchange.open());
  CHECK(late->log.empty());
}

TEST_CASE("what can't be sent is reported through on_done, not inside send") {
  HttpNet net;
  const Request scheme = net.get("ftp://a.test/");
  const Request garbage = net.get("no url");
  HttpRequest put;
  put.method = "PUT";
  put.url = "http://a.test/";
  const Request method = net.send(std::move(put));
  CHECK(scheme->log.empty());
  net.clock->run_ready();
  for (const Request* sent : {&scheme, &garbage, &method}) {
    CHECK((*sent)->log == Lines{"failed unsupported"});
    CHECK((*sent)->error->sent() == Sent::no);
  }
}

TEST_CASE("a client on another executor is told so") {
  HttpNet net;
  const auto other = std::make_shared<VirtualExecutor>();
  Request sent;
  HttpRequest request;
  request.url = "http://a.test/";
  sent.op = net.network.http_client()->send(other, std::move(request), *sent.answer);
  net.clock->run_ready();
  CHECK(sent->log.empty());
  other->run_ready();
  CHECK(sent->log == Lines{"failed unsupported"});
}

TEST_CASE("headers beyond max_header_bytes are a TransportFailure::limit") {
  HttpNet net;
  const Request sent = net.get("http://a.test/", 200);
  net.asked().answer(200, {{"X-Long", std::string(200, 'x')}}, "");
  net.clock->run_ready();
  CHECK(sent->log == Lines{"failed limit"});
}
