// How fast calls are answered: echo IN_FLIGHT CALLS
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include <signalr/client.hpp>

#include "in_process.hpp"
#include "measure.hpp"

namespace {

using namespace benchmarks;

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t begin = text.find(before) + before.size();
  return text.substr(begin, text.find(after, begin) - begin);
}

// Answers each call with its argument; no more than `in_flight` wait at a time.
class Echo final : public Peer {
 public:
  explicit Echo(std::size_t in_flight) : answers_(in_flight) {}

  void hear(std::string_view call) override {
    std::string& answer = answers_[heard_++ % answers_.size()];
    answer.assign(R"({"I":")").append(between(call, R"("I":")", "\""));
    answer.append(R"(","R":)").append(between(call, R"("A":[)", "]")).append("}");
  }
  std::string_view speak() override {
    return said_ == heard_ ? std::string_view() : std::string_view(answers_[said_++ % answers_.size()]);
  }

 private:
  std::vector<std::string> answers_;  // a ring
  std::size_t heard_ = 0;
  std::size_t said_ = 0;
};

// Makes the calls, each answer the next one.
class Caller {
 public:
  Caller(signalr::Client& hub, long calls) : hub_(hub), calls_(calls) {}

  void call() {
    if (made_ == calls_) return;
    const long n = made_++;
    hub_.invoke("Echo", n).then<long>([this, n](signalr::Result<long> answer) {
      ++answered_;
      right_ += answer.ok() && answer.value() == n ? 1 : 0;
      call();
    });
  }
  bool done() const { return answered_ == calls_; }
  bool all_right() const { return right_ == calls_; }

 private:
  signalr::Client& hub_;
  const long calls_;
  long made_ = 0;
  long answered_ = 0;
  long right_ = 0;
};

bool echo(int in_flight, long calls) {
  Echo peer(static_cast<std::size_t>(in_flight));
  InProcessServer server(peer);
  signalr::Conn conn = signalr::dial(server.origin(), signalr::Hubs{{"Echoes"}}, server.options());
  signalr::Client hub("Echoes", conn);

  Caller caller(hub, calls);
  Measure measure;
  measure.begin();
  for (int i = 0; i < in_flight; ++i) caller.call();
  server.clock().run_until([&] { return caller.done(); });
  measure.end(calls);
  measure.print("echo", std::to_string(in_flight), caller.all_right());
  return caller.all_right();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3 || std::stoi(argv[1]) < 1) throw std::invalid_argument("usage: echo IN_FLIGHT CALLS");
  return echo(std::stoi(argv[1]), std::stol(argv[2])) ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "echo: %s\n", error.what());
  return 2;
}
