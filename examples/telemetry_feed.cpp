// Follows a telemetry feed: telemetry_feed URL [COUNT]
//
// Such servers answer a subscription with a snapshot of all topics, and then call `feed` with a topic, its new data and
// the time. It ends after COUNT calls; default: never.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <signalr/client.hpp>
#include <signalr/default_transport.hpp>

int main(int argc, char** argv) try {
  if (argc < 2) {
    std::cerr << "usage: telemetry_feed URL [COUNT]\n";
    return 2;
  }
  const long count = argc > 2 ? std::atol(argv[2]) : -1;

  signalr::DialOptions options = signalr::make_default_transport();
  options.events.on_gap = [](const signalr::Gap& gap) {
    std::cerr << "messages lost: " << to_string(gap.reason) << '\n';
  };
  signalr::Client streaming("streaming");

  // Before the connection, so that no call is missed. A reader that falls behind loses old data rather than the feed.
  signalr::StreamOptions stream;
  stream.capacity = 256;
  stream.overflow = signalr::OverflowPolicy::drop_oldest;
  signalr::CallbackStream feed = streaming.callback("feed", stream);
  signalr::Conn conn = signalr::dial(argv[1], {streaming}, options);

  // The answer is the snapshot. (Code that sees all results in one place uses Client::on_result instead.)
  const std::vector<std::string> topics = {"Heartbeat", "CarData", "Weather"};
  auto latest = streaming.invoke(signalr::CallOptions{std::chrono::seconds(10)}, "Subscribe", topics)
                    .get<std::map<std::string, signalr::RawJson>>();
  for (const auto& [topic, data] : latest) std::cout << "snapshot " << topic << ' ' << data.text() << std::endl;

  for (long i = 0; i != count; ++i) {
    std::string topic;
    signalr::RawJson data;  // each topic has a shape of its own: decode_json<T>(data) where it is known
    std::chrono::system_clock::time_point at;
    feed.read(topic, data, at);
    std::cout << "feed " << topic << ' ' << data.text() << std::endl;
    latest[topic] = data;
  }
  std::cout << latest.size() << " topics" << std::endl;
  conn.close();
} catch (const signalr::Error& error) {
  std::cerr << error.what() << '\n';
  if (error.cause() != nullptr) std::cerr << "because: " << error.cause()->what() << '\n';
  return 1;
}
