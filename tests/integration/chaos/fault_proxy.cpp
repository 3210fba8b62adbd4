#include "fault_proxy.hpp"

#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <atomic>
#include <future>
#include <string_view>
#include <thread>
#include <vector>

#include "pipe.hpp"

namespace signalr::test {
namespace {

using Tcp = asio::ip::tcp;

// WebSockets, event streams and polls.
bool is_long_lived(std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  return line.find("connect?") != line.npos || line.find("/poll?") != line.npos;
}

}  // namespace

class FaultProxy::Impl {
 public:
  explicit Impl(Options options) : options_(std::move(options)), random_(options_.seed), holder_(io_), acceptor_(io_) {
    // Bound but not listening, it keeps the port while the acceptor is closed.
    holder_.open(Tcp::v4());
    holder_.set_option(asio::socket_base::reuse_address(true));
    holder_.bind(Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    endpoint_ = holder_.local_endpoint();
    listen();
    refuse_now_and_then();
    thread_ = std::thread([this] { io_.run(); });
  }

  ~Impl() {
    asio::post(io_, [this] {
      refusing_.cancel();
      acceptor_.close();
      for (const auto& pipe : live()) pipe->close();
    });
    thread_.join();
  }

  const Tcp::endpoint& endpoint() const noexcept { return endpoint_; }

  void make_peace() {
    std::promise<void> done;
    asio::post(io_, [&] {
      peace_ = true;
      if (!acceptor_.is_open()) listen();
      refusing_.cancel();
      for (const auto& pipe : live()) pipe->spare();
      done.set_value();
    });
    done.get_future().get();
  }

  Counts counts() {
    std::promise<Counts> counts;
    asio::post(io_, [&] { counts.set_value(counts_); });
    return counts.get_future().get();
  }

 private:
  void listen() {
    acceptor_.open(Tcp::v4());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(endpoint_);
    acceptor_.listen();
    accept();
  }

  void accept() {
    acceptor_.async_accept([this](std::error_code error, Tcp::socket socket) {
      if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
      if (!error) serve(std::move(socket));
      accept();
    });
  }

  void serve(Tcp::socket socket) {
    const auto long_lived = std::make_shared<bool>(false);
    auto pipe = std::make_shared<Pipe>(
        std::move(socket),
        [this, long_lived](std::string_view head) {
          *long_lived = is_long_lived(head);
          if (peace_) return Fate();
          const Fate fate = draw_fate(random_, *long_lived);
          if (*long_lived && (fate.piece != 0 || fate.delay != fate.delay.zero())) ++counts_.slow;
          return fate;
        },
        [this, long_lived](Ending ending) { count(ending, *long_lived); });
    pipes_.erase(std::remove_if(pipes_.begin(), pipes_.end(), [](const auto& weak) { return weak.expired(); }),
                 pipes_.end());
    pipes_.push_back(pipe);
    pipe->start(Tcp::endpoint(asio::ip::address_v4::loopback(), options_.target));
  }

  void count(Ending ending, bool long_lived) {
    if (!long_lived) {
      ++counts_.requests;
      return;
    }
    ++(ending == Ending::close ? counts_.closed : ending == Ending::reset ? counts_.reset : counts_.silenced);
    if (options_.on_cut) options_.on_cut(counts_.cuts());
  }

  void refuse_now_and_then() {
    const auto between = [this](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); };
    refusing_.expires_after(std::chrono::milliseconds(between(500, 4000)));
    refusing_.async_wait([this, between](std::error_code stopped) {
      if (stopped || peace_) return;
      ++counts_.refusals;
      acceptor_.close();
      refusing_.expires_after(std::chrono::milliseconds(between(50, 400)));
      refusing_.async_wait([this](std::error_code stopped_again) {
        if (stopped_again || peace_) return;
        listen();
        refuse_now_and_then();
      });
    });
  }

  std::vector<std::shared_ptr<Pipe>> live() const {
    std::vector<std::shared_ptr<Pipe>> live;
    for (const auto& weak : pipes_) {
      if (auto pipe = weak.lock()) live.push_back(std::move(pipe));
    }
    return live;
  }

  const Options options_;
  std::mt19937 random_;
  asio::io_context io_{1};
  Tcp::socket holder_;
  Tcp::acceptor acceptor_;
  asio::steady_timer refusing_{io_};
  Tcp::endpoint endpoint_;
  std::vector<std::weak_ptr<Pipe>> pipes_;
  Counts counts_;
  bool peace_ = false;
  std::thread thread_;
};

FaultProxy::FaultProxy(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
FaultProxy::~FaultProxy() = default;

std::string FaultProxy::url() const { return "http://127.0.0.1:" + std::to_string(impl_->endpoint().port()); }
void FaultProxy::make_peace() { impl_->make_peace(); }
FaultProxy::Counts FaultProxy::counts() const { return impl_->counts(); }

}  // namespace signalr::test
