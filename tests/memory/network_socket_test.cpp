// The WebsocketConn of the in-memory network keeps the seam's contract.
#include "socket_net.hpp"

using namespace memory_test;

TEST_CASE("messages go both ways, whole and in order; buffers come back") {
  SocketNet net;
  Dialed dialed = net.open();
  dialed.conn().write(MessageType::text, "one");
  dialed.conn().write(MessageType::binary, "two");
  CHECK(dialed.ear().log.empty());
  net.clock->run_ready();
  CHECK(net.heard == Lines{"text one", "binary two"});
  CHECK(dialed.ear().log == Lines{"written one", "written two"});
  net.socket->send(MessageType::text, "three");
  net.socket->send(MessageType::binary, "four");
  CHECK(dialed.ear().log.size() == 2);
  net.clock->run_ready();
  CHECK(dialed.ear().log == Lines{"written one", "written two", "text three", "binary four"});
}

TEST_CASE("a frame comes for a read alone") {
  SocketNet net;
  Dialed dialed = net.open();
  dialed.ear().read_on = false;
  for (const char* text : {"one", "two", "three"}) net.socket->send(MessageType::text, text);
  net.clock->run_ready();
  CHECK(dialed.ear().log == Lines{"text one"});
  dialed.conn().read();
  dialed.conn().read();  // at most one is outstanding
  CHECK(dialed.ear().log.size() == 1);
  net.clock->run_ready();
  CHECK(dialed.ear().log == Lines{"text one", "text two"});
}

TEST_CASE("frames that come before start are kept") {
  SocketNet net;
  Dialed dialed = net.dial();
  const auto socket = net.asked().accept({}, {});
  socket->send(MessageType::text, "early");
  net.clock->run_ready();
  dialed.start_reading();
  net.clock->run_ready();
  CHECK(dialed.ear().log == Lines{"text early"});
}

TEST_CASE("reading inside on_frame does not recurse") {
  SocketNet net;
  Dialed dialed = net.open();
  int depth = 0;
  int deepest = 0;
  dialed.ear().read_on = false;
  dialed.ear().on_frame_do = [&] {
    deepest = std::max(deepest, ++depth);
    dialed.conn().read();
    --depth;
  };
  for (int i = 0; i < 100'000; ++i) net.socket->send(MessageType::text, "x");
  net.clock->run_ready();
  CHECK(dialed.ear().texts.size() == 100'000);
  CHECK(deepest == 1);
}

TEST_CASE("a connection may be destroyed inside each of its sink's calls") {
  SUBCASE("on_frame") {
    SocketNet net;
    Dialed dialed = net.open();
    dialed.ear().on_frame_do = [&] { dialed.kept->result->conn.reset(); };
    dialed.ear().read_on = false;
    net.socket->send(MessageType::text, "one");
    net.socket->send(MessageType::text, "two");
    net.clock->run_ready();
    CHECK(dialed.ear().log == Lines{"text one"});
    CHECK(net.heard == Lines{"end"});
  }
  SUBCASE("on_written") {
    SocketNet net;
    Dialed dialed = net.open();
    dialed.ear().on_written_do = [&] { dialed.kept->result->conn.reset(); };
    dialed.conn().write(MessageType::text, "one");
    dialed.conn().write(MessageType::text, "two");
    net.clock->run_ready();
    CHECK(dialed.ear().log == Lines{"written one"});
    CHECK(net.heard == Lines{"text one", "end"});
  }
}

TEST_CASE("while the server does not read, writes wait beyond a bounded amount") {
  SocketNet net;
  Dialed dialed = net.open();
  net.socket->set_reading(false);
  const std::string block(16 * 1024, 'x');
  for (int i = 0; i < 10; ++i) dialed.conn().write(MessageType::text, block);
  net.clock->run_ready();
  CHECK(dialed.ear().log.size() == 4);  // 64 KiB
  CHECK(net.heard.empty());
  net.socket->set_reading(true);
  net.clock->run_ready();
  CHECK(dialed.ear().log.size() == 10);
  CHECK(net.heard.size() == 10);
}

TEST_CASE("the server's close ends the connection with its code and reason, after what it sent before") {
  SocketNet net;
  Dialed dialed = net.open();
  net.socket->send(MessageType::text, "last");
  net.socket->close(4001, "go away");
  CHECK_FALSE(net.socket->open());
  net.socket->send(MessageType::text, "too late");
  net.clock->run_ready();
  CHECK(dialed.ear().log == Lines{"text last", "end closed 4001"});
  CHECK(dialed.ear().end->server_text() == "go away");
  CHECK(net.heard == Lines{"end"});
  CHECK(net.network.open_connections() == 0);
}

TEST_CASE("without a read the end waits behind the frames that were not asked for") {
  SocketNet net;
  Dialed dialed = net.open();
  dialed.ear().read_on = false;
  net.socket->send(MessageType::text, "one");
  net.socket->send(MessageType::text, "two");
  net.socket->cut();
  net.clock->run_ready();
  CHECK(dialed.ear().log == Lines{"text one"});
  dialed.ear().read_on = true;
  dialed.conn().read();
  net.clock->run_ready();
  CHECK(dialed.ear().log == Lines{"text one", "text two", "end closed 1006"});
}

TEST_CASE("the client's close waits for the answer, reads on by itself and drops data") {
  SocketNet net;
  net.answers_close = true;
  Dialed dialed = net.open();
  dialed.ear().read_on = false;
  dialed.conn().write(MessageType::text, "last");
  dialed.conn().close(1000, "bye");
  dialed.conn().close(1001, "again");
  dialed.conn().write(MessageType::text, "too late");
  net.clock->run_ready();
  CHECK(net.heard == Lines{"text last", "close 1000 bye"});
  net.socket->send(MessageType::text, "not heard");
  net.clock->run_ready();
  CHECK(dialed.ear().log == Lines{"written last"});
  net.socket->close(1000, "");
  net.clock->run_ready();
  CHECK(dialed.ear().log == Lines{"written last", "end closed 1000"});
  CHECK(net.heard.back() == "end");
}

TEST_CASE("a server without on_close answers a close with 1000") {
  SocketNet net;
  Dialed dialed = net.open();
  dialed.conn().close(1001, "leaving");
  net.clock->run_ready();
  CHECK(dialed.ear().log == Lines{"end closed 1000"});
  CHECK(net.heard == Lines{"end"});
}

TEST_CASE("a connection without close frame ends with 1006, and the server's cut is silent for itself") {
  SocketNet net;
  Dialed dialed = net.open();
  net.socket->cut();
  net.clock->run_ready();
  CHECK(dialed.ear().log == Lines{"end closed 1006"});
  CHECK(net.heard.empty());
}

TEST_CASE("a message over max_message_bytes is refused with 1009") {
  SocketNet net;
  net.answers_close = true;
  DialRequest request;
  request.max_message_bytes = 4;
  Dialed dialed = net.open(std::move(request));
  net.socket->send(MessageType::text, "four");
  net.socket->send(MessageType::text, "fives");
  net.clock->run_ready();
  CHECK(dialed.ear().log == Lines{"text four", "end limit 1009"});
  CHECK(net.heard == Lines{"close 1009 "});
}

TEST_CASE("text that is not UTF-8 is refused with 1007") {
  for (const char* text : {"\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"}) {
    SocketNet net;
    Dialed dialed = net.open();
    net.socket->send(MessageType::text, text);
    net.clock->run_ready();
    CHECK(dialed.ear().log == Lines{"end protocol 1007"});
  }
  SocketNet net;
  Dialed dialed = net.open();
  net.socket->send(MessageType::text, "h\xC3\xA9 \xE6\xBC\xA2 \xF0\x9F\x98\x80");
  net.socket->send(MessageType::binary, "\xFF");
  net.clock->run_ready();
  CHECK(dialed.ear().log.size() == 2);
}

TEST_CASE("a server may cut inside its own on_message") {
  SocketNet net;
  Dialed dialed = net.dial();
  std::shared_ptr<Socket> socket;
  server::SocketHandlers handlers;
  handlers.on_message = [&, kept = std::make_shared<int>(7)](MessageType, std::string_view text) {
    socket->cut();
    CHECK(*kept == 7);  // the handler is still there
    CHECK(text == "bang");
  };
  socket = net.asked().accept({}, std::move(handlers));
  net.clock->run_ready();
  dialed.start_reading();
  dialed.conn().write(MessageType::text, "bang");
  dialed.conn().write(MessageType::text, "not heard");
  net.clock->run_ready();
  CHECK(dialed.ear().log.back() == "end closed 1006");
}

TEST_CASE("after the executor has stopped, a connection may be destroyed") {
  SocketNet net;
  Dialed dialed = net.open();
  Dialed dialing = net.dial();
  net.socket->send(MessageType::text, "queued");
  net.clock->stop();
  dialed.kept->result.reset();
  dialing.op.reset();
  CHECK(dialed.ear().log.empty());
}
