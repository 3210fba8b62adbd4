// One connection of the in-memory network: two lanes that keep their order, and the faults that may strike each
// arrival. HttpLink and SocketLink say what travels.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <signalr/memory/network.hpp>

namespace signalr::memory {

class Link;

// What becomes of new connections.
enum class Weather { fine, failing, stalled };

struct Network::State : std::enable_shared_from_this<Network::State> {
  std::shared_ptr<Executor> executor;
  std::vector<std::pair<std::string, server::Site*>> sites;  // by origin
  std::vector<std::weak_ptr<Link>> links;
  std::vector<server::Request> requests;
  Weather weather = Weather::fine;
  TransportFailure failure = TransportFailure::connect;
  std::string failure_text;
  std::size_t dead_idle = 0;  // HTTP connections that the next requests find dead
  Duration latency{};
  std::function<Fault(const Step&)> hook;
  std::size_t steps = 0;
  bool closed = false;

  server::Site* site(const Url& url) const;
  void add(const std::shared_ptr<Link>& link);
  // Those that are alive, kept so while they are worked on.
  std::vector<std::shared_ptr<Link>> alive() const;
};

// The origin of a URL, ws and wss taken as http and https.
std::string origin_of(const Url& url);

class Link : public std::enable_shared_from_this<Link> {
 public:
  Link(Network::State& network, const std::shared_ptr<Executor>& executor);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  virtual ~Link() = default;

  // Whether the client still waits for something.
  virtual bool live() const = 0;
  // Both ends are told that the connection broke, in order behind what is under way.
  virtual void cut() = 0;
  // Nothing arrives any more.
  void stall() noexcept { stalled_ = true; }
  // The network is gone: as stall, and what the server's handlers hold is freed.
  virtual void detach() = 0;

 protected:
  // The order of what travels one way, also when the latency changes meanwhile.
  struct Lane {
    TimePoint last_due{};
  };

  // Runs `arrival` when it has travelled; never inside this call, and after what was sent on the lane before.
  void send(Lane& lane, Task arrival);
  // Runs `task` soon: for what happens at one end alone.
  void post(Task task);
  // A task that keeps this link alive.
  template <class Derived, class Function>
  static Task bound(Derived& link, Function function) {
    return [self = std::static_pointer_cast<Derived>(link.shared_from_this()),
            function = std::move(function)]() mutable { function(*self); };
  }

  // Counts the step and asks the hook how often it arrives: not at all (when it failed, `break_now` has been called),
  // once, or twice.
  int copies(StepKind kind, std::string_view data = {});
  // The same for what can't arrive twice.
  bool arrives(StepKind kind) { return copies(kind) != 0; }
  virtual void break_now() = 0;

  std::shared_ptr<Executor> executor() const { return executor_.lock(); }

  // Evaluates the weather for a connection that is being made: the site that takes it, or an error.
  // A stalled one gives neither.
  struct Route {
    server::Site* site = nullptr;
    std::optional<TransportError> error;
  };
  Route route(const server::Request& request);
  // Whether the connection that was to be used again is dead: once for each that the test killed.
  bool found_dead_connection();

  Lane to_server_;
  Lane to_client_;
  std::string path_;

 private:
  std::weak_ptr<Network::State> network_;  // weak, like the executor: queued tasks hold links
  std::weak_ptr<Executor> executor_;
  bool stalled_ = false;

 protected:
  bool stalled() const noexcept { return stalled_; }
};

// Marks a loop that runs, also when a call in it throws.
class Running {
 public:
  explicit Running(bool& flag) : flag_(flag) { flag_ = true; }
  ~Running() { flag_ = false; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  bool& flag_;
};

// Why a request can't be sent at all, and what a broken connection gives before its answer.
TransportError unsupported(const std::string& what);
TransportError reset_error();

std::size_t size_of(const Headers& headers);

}  // namespace signalr::memory
