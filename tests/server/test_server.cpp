// Accepts connections and hands them to HTTP.
#include "test_server.hpp"

#include <algorithm>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "http_speaker.hpp"
#include "loop_executor.hpp"
#include "stream.hpp"
#include "wire.hpp"

namespace signalr::test {
namespace {

using Tcp = asio::ip::tcp;

std::unique_ptr<asio::ssl::context> make_tls_context(const std::optional<TlsFiles>& files) {
  if (!files) return nullptr;
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  context->use_certificate_chain_file(files->certificate_file);
  context->use_private_key_file(files->key_file, asio::ssl::context::pem);
  return context;
}

}  // namespace

class TestServer::Impl {
 public:
  Impl(SiteFactory make_site, const TestServerOptions& options)
      : tls_(make_tls_context(options.tls)),
        acceptor_(loop_->io(), Tcp::endpoint(asio::ip::address_v4::loopback(), options.port)) {
    loop_->post([this, make_site = std::move(make_site)] {
      site_ = make_site(loop_);
      accept();
    });
    thread_ = std::thread([this] {
      loop_->adopt_thread();
      loop_->io().run();
    });
  }

  ~Impl() {
    loop_->post([this] {
      acceptor_.close();
      for (const auto& wire : live_wires()) wire->lose();
      wires_.clear();
      site_ = nullptr;
      loop_->post([this] { loop_->io().stop(); });  // after what the end of the connections has posted
    });
    thread_.join();
  }

  std::uint16_t port() const { return acceptor_port_; }
  bool secure() const { return tls_ != nullptr; }

  void run(const std::function<void(server::Site&)>& task) {
    std::promise<void> done;
    loop_->post([&] {
      try {
        task(*site_);
        done.set_value();
      } catch (...) {
        done.set_exception(std::current_exception());
      }
    });
    done.get_future().get();
  }

  std::size_t accepted = 0;  // on the loop

  std::vector<std::shared_ptr<Wire>> live_wires() const {
    std::vector<std::shared_ptr<Wire>> live;
    for (const auto& weak : wires_) {
      if (auto wire = weak.lock(); wire && wire->open()) live.push_back(std::move(wire));
    }
    return live;
  }

 private:
  void accept() {
    acceptor_.async_accept([this](std::error_code error, Tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (!error) serve(std::move(socket));
      accept();
    });
  }

  void serve(Tcp::socket socket) {
    std::error_code ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    ++accepted;
    auto wire = std::make_shared<Wire>(
        *loop_, tls_ ? make_tls_stream(std::move(socket), *tls_) : make_plain_stream(std::move(socket)));
    wire->secure = secure();
    wires_.erase(std::remove_if(wires_.begin(), wires_.end(), [](const auto& weak) { return weak.expired(); }),
                 wires_.end());
    wires_.push_back(wire);
    serve_http(wire, *site_);
  }

  std::shared_ptr<LoopExecutor> loop_ = std::make_shared<LoopExecutor>();
  std::unique_ptr<asio::ssl::context> tls_;
  Tcp::acceptor acceptor_;
  const std::uint16_t acceptor_port_ = acceptor_.local_endpoint().port();
  std::unique_ptr<server::Site> site_;
  std::vector<std::weak_ptr<Wire>> wires_;
  std::thread thread_;
};

TestServer::TestServer(SiteFactory make_site, TestServerOptions options)
    : impl_(std::make_unique<Impl>(std::move(make_site), options)) {}
TestServer::~TestServer() = default;

std::uint16_t TestServer::port() const noexcept { return impl_->port(); }
std::string TestServer::url() const {
  return std::string(impl_->secure() ? "https" : "http") + "://127.0.0.1:" + std::to_string(port());
}

void TestServer::run(const std::function<void(server::Site&)>& task) { impl_->run(task); }

std::size_t TestServer::accepted() const {
  std::size_t count = 0;
  impl_->run([&](server::Site&) { count = impl_->accepted; });
  return count;
}

std::size_t TestServer::open() const {
  std::size_t count = 0;
  impl_->run([&](server::Site&) { count = impl_->live_wires().size(); });
  return count;
}

void TestServer::reset_connections() {
  impl_->run([&](server::Site&) {
    for (const auto& wire : impl_->live_wires()) wire->lose(true);
  });
}

}  // namespace signalr::test
