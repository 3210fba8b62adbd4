#include "run.hpp"

#include <signalr/memory/network.hpp>
#include <signalr/memory/virtual_executor.hpp>
#include <signalr/url.hpp>

#include <chrono>
#include <memory>
#include <string>

#include "json.hpp"
#include "site.hpp"
#include "timeline.hpp"
#include "trace.hpp"
#include "user.hpp"

namespace wire {
namespace {

using namespace std::chrono_literals;

// Longer than what our timeouts add to the recorded time.
constexpr auto kLongest = 30min;
// What comes unasked after the end is to be seen as well.
constexpr auto kAftermath = 10s;

/// The site stands for all servers that the recording names: redirects lead to others.
void bind_all(signalr::memory::Network& network, RecordedSite& site, const Episode& episode) {
  const auto bind = [&](const std::string& url) {
    if (const auto parsed = signalr::Url::parse(url)) {
      network.bind(parsed->scheme + "://" + parsed->authority(), site);
    }
  };
  for (const RecordedExchange& step : episode.steps) {
    bind(origin_of(step) + "/");
    if (!step.response) continue;
    bind(value_of(step.response->headers, "Location"));
    const Json json = parse_json(step.response->body);
    if (!json.HasParseError()) bind(string_member(json, "RedirectUrl"));
  }
}

}  // namespace

Transcript run(const Episode& episode, Api api, std::ostream* traces) {
  Transcript transcript;
  transcript.run = {episode, before_it_happens(episode)};
  const auto executor = std::make_shared<signalr::memory::VirtualExecutor>();
  tracing::Trace trace(executor);
  if (traces != nullptr) trace.begin();
  Timeline timeline(episode.steps.front().t_ms, executor->now());
  RecordedSite site(episode, api, executor, timeline, transcript);
  {
    signalr::memory::Network network(executor);
    bind_all(network, site, episode);
    network.on_step([&](const signalr::memory::Step& step) {
      trace.add(to_string(step.kind), " of ", step.path, " ", step.data);
      return signalr::memory::Fault::none;
    });
    User user(episode, api, network, timeline, transcript, trace);
    user.begin();
    const std::chrono::duration<double, std::milli> recorded(episode.end_ms - episode.steps.front().t_ms);
    executor->run_until([&] { return transcript.finished; },
                        kLongest + std::chrono::duration_cast<signalr::Duration>(recorded));
    executor->advance(kAftermath);
    user.leave();
    executor->run_ready();
    executor->stop();
  }
  complete_times(transcript.run, timeline);
  if (traces != nullptr) trace.print(*traces, false);
  return transcript;
}

}  // namespace wire
