#include "worker.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>
#include <unordered_map>
#include <utility>
#include <vector>

#include "look_up.hpp"
#include "sockets.hpp"

namespace signalr::curl {

namespace {

/// The fewest that don't make requests side by side connect anew each time.
constexpr int kMaxIdleAnOrigin = 4;
constexpr std::chrono::seconds kMaxIdleTime{Transfer::kMaxIdleSeconds};

TransportError no_wake_up() {
  return TransportError(TransportFailure::io,
                        "libcurl can't be woken from its waiting: is this process short of file descriptors?",
                        Sent::no);
}

struct FreeEasy {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};

}  // namespace

struct Worker::Command {
  enum class Kind { start, looked_up, unpause, cancel } kind;
  std::shared_ptr<Transfer> transfer;
  Addresses addresses{};  ///< looked_up
};

/// What the thread works on. It owns it too, and so may outlive the Worker.
class Worker::Loop : public std::enable_shared_from_this<Worker::Loop> {
 public:
  Loop() : multi_(curl_multi_init()) {
    if (multi_ == nullptr) throw std::bad_alloc();
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 0x7fffL);  // it would count those in use
    if (curl_multi_wakeup(multi_) == CURLM_OK) return;
    curl_multi_cleanup(multi_);
    throw no_wake_up();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() { curl_multi_cleanup(multi_); }

  /// `start_thread` is called for the first command, under the lock. False: the thread won't hear of it before it wakes
  /// by itself.
  template <class StartThread>
  bool push(Command command, StartThread start_thread) {
    const std::lock_guard lock(mutex_);
    start_thread();
    commands_.push_back(std::move(command));
    return wake();
  }

  /// False: the thread may not hear of it.
  bool stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    sockets_.shut_down();
    return wake();
  }

  void run() noexcept {
    std::vector<Command> commands;
    for (;;) {
      const bool stopped = take(commands);
      for (const Command& command : commands) execute(command);
      commands.clear();
      if (stopped) break;
      close_the_old();
      int running = 0;
      CURLMcode code = curl_multi_perform(multi_, &running);
      finish_the_done();
      if (code == CURLM_OK) code = curl_multi_poll(multi_, nullptr, 0, patience(), nullptr);
      if (code == CURLM_OK) continue;
      give_up_all(code);
      wait_for_command();  // it would fail again
    }
    while (!active_.empty()) leave(active_.begin()->second);
    end_looking();
  }

 private:
  using Clock = std::chrono::steady_clock;

  bool wake() {
    commanded_.notify_one();
    if (!woken_) woken_ = curl_multi_wakeup(multi_) == CURLM_OK;
    return woken_;
  }

  /// Everything that is asked for; true: there is no more to come.
  bool take(std::vector<Command>& commands) {
    const std::lock_guard lock(mutex_);
    woken_ = false;
    commands.swap(commands_);
    return stopped_;
  }

  void wait_for_command() {
    std::unique_lock lock(mutex_);
    commanded_.wait(lock, [this] { return stopped_ || !commands_.empty(); });
  }

  void execute(const Command& command) {
    const std::shared_ptr<Transfer>& transfer = command.transfer;
    if (command.kind == Command::Kind::start) {
      join(transfer);
    } else if (active_.count(transfer.get()) == 0 || transfer->closes()) {
      return;  // over already
    } else if (command.kind == Command::Kind::looked_up) {
      go_on_with(transfer, command.addresses);
    } else if (command.kind == Command::Kind::cancel) {
      leave(transfer);
    } else if (const CURLcode code = curl_easy_pause(transfer->easy(), CURLPAUSE_CONT); code != CURLE_OK) {
      finish(transfer, code);
    }
  }

  void join(const std::shared_ptr<Transfer>& transfer) {
    CURL* easy = transfer->open(sockets_);
    if (easy == nullptr) return;
    active_.emplace(transfer.get(), transfer);
    if (curl_multi_add_handle(multi_, easy) != CURLM_OK) finish(transfer, CURLE_OUT_OF_MEMORY);
  }

  void look_up(const std::shared_ptr<Transfer>& transfer) {
    curl_multi_remove_handle(multi_, transfer->easy());
    const auto job =
        std::make_shared<LookUp>(transfer->name(), [weak = weak_from_this(), transfer](Addresses addresses) {
          const auto loop = weak.lock();
          if (loop != nullptr) loop->push({Command::Kind::looked_up, transfer, std::move(addresses)}, [] {});
        });
    look_ups_[transfer.get()] = job;
    pool_.submit(job);
  }

  void go_on_with(const std::shared_ptr<Transfer>& transfer, const Addresses& addresses) {
    look_ups_.erase(transfer.get());
    transfer->set_addresses(addresses);
    if (addresses.empty()) {
      finish(transfer, transfer->by_proxy() ? CURLE_COULDNT_RESOLVE_PROXY : CURLE_COULDNT_RESOLVE_HOST);
    } else if (curl_multi_add_handle(multi_, transfer->easy()) != CURLM_OK) {
      finish(transfer, CURLE_OUT_OF_MEMORY);
    }
  }

  void finish_the_done() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;  // gone with the handle
      if (message->easy_handle == looking_.get()) {
        end_looking();
      } else {
        finish(active_.at(Transfer::of(message->easy_handle)), code);
      }
    }
  }

  void give_up_all(CURLMcode code) {
    while (!active_.empty()) {
      const std::shared_ptr<Transfer> transfer = active_.begin()->second;
      transfer->give_up(curl_multi_strerror(code));
      leave(transfer);
    }
    end_looking();
  }

  void finish(const std::shared_ptr<Transfer>& transfer, CURLcode code) {
    if (transfer->wants_name()) return look_up(transfer);
    transfer->finish(code);
    old_at_ = Clock::now() + kMaxIdleTime;
    curl_multi_remove_handle(multi_, transfer->easy());
    // With its own it is one more. A closing one goes on while it finds some: others may have ended meanwhile.
    if ((!transfer->closes() || transfer->has_closed()) && transfer->idle_connections() >= kMaxIdleAnOrigin) {
      transfer->become_closing();
      if (curl_multi_add_handle(multi_, transfer->easy()) == CURLM_OK) return;
    }
    leave(transfer);
  }

  void leave(std::shared_ptr<Transfer> transfer) {  // a copy: it may be active_'s own
    if (const auto found = look_ups_.find(transfer.get()); found != look_ups_.end()) {
      pool_.abandon(*found->second);
      look_ups_.erase(found);
    }
    curl_multi_remove_handle(multi_, transfer->easy());
    transfer->close();
    active_.erase(transfer.get());
  }

  /// libcurl closes connections that were idle for too long, or that their servers ended, only when it looks for one to
  /// use: so it is made to look, for one that it can't have.
  void close_the_old() {
    if (sockets_.idle() <= 0 || Clock::now() < old_at_ || looking_ != nullptr) return;
    old_at_ = Clock::now() + std::chrono::seconds(2);  // again, where it didn't: it does so once a second at most
    looking_.reset(curl_easy_init());
    using Open = curl_socket_t (*)(void*, curlsocktype, curl_sockaddr*);
    const Open refuse = [](void*, curlsocktype, curl_sockaddr*) -> curl_socket_t { return CURL_SOCKET_BAD; };
    const bool good =
        looking_ != nullptr && curl_easy_setopt(looking_.get(), CURLOPT_URL, "http://127.0.0.1:1/") == CURLE_OK &&
        curl_easy_setopt(looking_.get(), CURLOPT_PROXY, "") == CURLE_OK &&
        curl_easy_setopt(looking_.get(), CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
        curl_easy_setopt(looking_.get(), CURLOPT_OPENSOCKETFUNCTION, refuse) == CURLE_OK &&
        Transfer::set_max_idle(looking_.get()) == CURLE_OK && curl_multi_add_handle(multi_, looking_.get()) == CURLM_OK;
    if (!good) looking_.reset();
  }

  void end_looking() {
    if (looking_ != nullptr) curl_multi_remove_handle(multi_, looking_.get());
    looking_.reset();
  }

  /// How long nothing has to be done unless something happens, in milliseconds; libcurl shortens it to its own timers.
  int patience() const {
    constexpr std::chrono::milliseconds kLong = std::chrono::hours(1);
    if (sockets_.idle() <= 0) return static_cast<int>(kLong.count());
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(old_at_ - Clock::now());
    return static_cast<int>(std::clamp(left, std::chrono::milliseconds(0), kLong).count());
  }

  Sockets sockets_;
  CURLM* const multi_;

  std::mutex mutex_;
  std::condition_variable commanded_;  // for when libcurl can't wait
  std::vector<Command> commands_;
  bool woken_ = false;  // since the last `take`
  bool stopped_ = false;

  // The thread only.
  threads::Pool& pool_ = threads::of_process<threads::Pool>();
  std::unordered_map<Transfer*, std::shared_ptr<Transfer>> active_;
  std::unordered_map<Transfer*, std::shared_ptr<LookUp>> look_ups_;
  Clock::time_point old_at_;  // when what is idle now has been so for too long
  std::unique_ptr<CURL, FreeEasy> looking_;
};

Worker::Worker() : loop_(std::make_shared<Loop>()) {}

Worker::~Worker() {
  if (!of_this_process()) {
    // The thread isn't here, what it had locked stays locked, and the connections are the parent's: a goodbye of TLS
    // would end them there.
    // NOLINTBEGIN(bugprone-unhandled-exception-at-new): a child without memory for this may end here
    new std::thread(std::move(thread_));
    new std::shared_ptr<Loop>(loop_);
    // NOLINTEND(bugprone-unhandled-exception-at-new)
    return;
  }
  if (!thread_.joinable()) return;
  if (!loop_->stop() || std::this_thread::get_id() == thread_.get_id()) {
    thread_.detach();
  } else {
    thread_.join();  // soon: nothing that the thread does waits, its sockets are shut down, and it owns nothing of ours
  }
}

void Worker::start(std::shared_ptr<Transfer> transfer) {
  if (!tell({Command::Kind::start, std::move(transfer)})) throw no_wake_up();
}
void Worker::unpause(std::shared_ptr<Transfer> transfer) { tell({Command::Kind::unpause, std::move(transfer)}); }
void Worker::cancel(std::shared_ptr<Transfer> transfer) { tell({Command::Kind::cancel, std::move(transfer)}); }

bool Worker::tell(Command command) {
  return loop_->push(std::move(command), [this] {
    if (thread_.joinable()) return;
    const threads::BlockedSignals blocked;
    thread_ = std::thread([loop = loop_] { loop->run(); });
  });
}

}  // namespace signalr::curl
