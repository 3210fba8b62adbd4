// Jobs move one step a tick.
#include "jobs_hub.hpp"

namespace signalr::test {

JobsHub::JobsHub(server::HubServer& server) {
  server.hub("Jobs")
      .on("Run",
          [this](server::Call& call) {
            jobs_.push_back({call, argument<int>(call, 0)});
          })
      .on("Hang", [](server::Call& call) { call.never(); });
}

void JobsHub::tick() {
  for (Job& job : jobs_) {
    if (++job.done > job.steps) {
      job.call.result(R"("done")");
    } else {
      job.call.progress(R"({"Step":)" + std::to_string(job.done) + R"(,"Of":)" + std::to_string(job.steps) + "}");
    }
  }
  jobs_.remove_if([](const Job& job) { return job.done > job.steps; });
}

void JobsHub::forget(const std::string& connection_id) {
  for (Job& job : jobs_) {
    if (job.call.connection_id() == connection_id) job.call.never();
  }
  jobs_.remove_if([&](const Job& job) { return job.call.connection_id() == connection_id; });
}

}  // namespace signalr::test
