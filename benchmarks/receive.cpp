// How fast calls of the server reach a handler: receive views|typed tiny|medium|batched FRAMES
//   views   the handler takes the argument as it stands in the frame
//   typed   the handler takes a struct
#include <cstdio>
#include <stdexcept>
#include <string>

#include <signalr/client.hpp>

#include "in_process.hpp"
#include "measure.hpp"
#include "shapes.hpp"

namespace {

using namespace benchmarks;

// Sends the same frame again and again, once the client has asked for it.
class Feed final : public Peer {
 public:
  Feed(std::string frame, long times) : frame_(std::move(frame)), times_(times) {}
  void hear(std::string_view) override { left_ = times_; }
  std::string_view speak() override { return left_ == 0 ? std::string_view() : (--left_, std::string_view(frame_)); }

 private:
  const std::string frame_;
  const long times_;
  long left_ = 0;
};

bool receive(const std::string& how, const std::string& shape_name, long frames) {
  const Shape shape = shape_named(shape_name);
  const long expected = frames * shape.calls;
  Feed feed(shape.frame, frames);
  InProcessServer server(feed);
  signalr::Conn conn = signalr::dial(server.origin(), signalr::Hubs{{"Markets"}}, server.options());
  signalr::Client markets("Markets", conn);

  long received = 0;
  long right = 0;
  const auto on_view = [&](const signalr::HubCallView& call) {
    ++received;
    right += call.arg(0).text().front() == '{' ? 1 : 0;
  };
  const auto on_tick = [&](const Tick& tick) {
    ++received;
    right += tick.t == 1699999999 ? 1 : 0;
  };
  if (how != "views" && how != "typed") throw std::invalid_argument("views or typed, not " + how);
  const signalr::Subscription ticks = how == "views" ? markets.on("tick", on_view) : markets.on("tick", on_tick);

  Measure measure;
  measure.begin();
  markets.notify("Subscribe");
  server.clock().run_until([&] { return received == expected; });
  measure.end(received);
  const bool ok = received == expected && right == expected;
  measure.print("receive-" + how, shape_name, ok);
  return ok;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) throw std::invalid_argument("usage: receive views|typed tiny|medium|batched FRAMES");
  return receive(argv[1], argv[2], std::stol(argv[3])) ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "receive: %s\n", error.what());
  return 2;
}
