// Calls that take long: progress, timeout, cancellation. progress URL
#include <chrono>
#include <iostream>
#include <string>

#include <signalr/client.hpp>
#include <signalr/default_transport.hpp>

struct Step {
  int step = 0;
  int of = 0;
};
SIGNALR_JSON(Step, (step, "Step"), (of, "Of"));

int main(int argc, char** argv) try {
  using namespace std::chrono_literals;
  if (argc != 2) {
    std::cerr << "usage: progress URL\n";
    return 2;
  }
  signalr::Client jobs("jobs");
  signalr::Conn conn = signalr::dial(argv[1], {jobs}, signalr::make_default_transport());

  // Reports come on the connection's executor, in order, before the call ends.
  signalr::Invocation job = jobs.invoke("Run", 5);
  job.on_progress<Step>([](const Step& at) { std::cout << "step " << at.step << " of " << at.of << std::endl; });
  std::cout << job.get<std::string>() << std::endl;

  // A call that is never answered. Without a deadline it would wait for as long as the connection lives.
  try {
    jobs.invoke(signalr::CallOptions{200ms}, "Hang").get<void>();
  } catch (const signalr::DeadlineError& error) {
    std::cout << "too slow: " << error.what() << std::endl;
  }

  // A call that we no longer want. The server isn't told, since the protocol has no way to; it may finish its work.
  signalr::CancelSource stop;
  signalr::Invocation long_job = jobs.invoke(signalr::CallOptions{{}, stop.token()}, "Run", 1'000'000);
  long_job.on_progress<Step>([stop](const Step& at) mutable {
    if (at.step == 3) stop.cancel();
  });
  try {
    long_job.get<std::string>();
  } catch (const signalr::CanceledError& error) {
    std::cout << "enough: " << error.what() << std::endl;
  }
  conn.close();
} catch (const signalr::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
