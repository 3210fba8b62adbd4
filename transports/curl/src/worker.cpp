#include "worker.hpp"

#include <curl/curl.h>

#include <mutex>
#include <new>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sockets.hpp"

namespace signalr::curl {

struct Worker::Command {
  enum class Kind { start, unpause, cancel } kind;
  std::shared_ptr<Transfer> transfer;
};

/// What the thread works on. It owns it too, and so may outlive the Worker.
class Worker::Loop {
 public:
  Loop() : multi_(curl_multi_init()) {
    if (multi_ == nullptr) throw std::bad_alloc();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() { curl_multi_cleanup(multi_); }

  /// `start_thread` is called for the first command, under the lock.
  template <class StartThread>
  void push(Command command, StartThread start_thread) {
    const std::lock_guard lock(mutex_);
    start_thread();
    commands_.push_back(std::move(command));
    if (commands_.size() == 1) curl_multi_wakeup(multi_);
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    sockets_.shut_down();
    curl_multi_wakeup(multi_);
  }

  void run() noexcept {
    std::vector<Command> commands;
    for (;;) {
      const bool stopped = take(commands);
      for (const Command& command : commands) execute(command);
      commands.clear();
      if (stopped) break;
      int running = 0;
      CURLMcode code = curl_multi_perform(multi_, &running);
      finish_the_done();
      // Until something happens; libcurl shortens the time to its own timers.
      if (code == CURLM_OK) code = curl_multi_poll(multi_, nullptr, 0, 3'600'000, nullptr);
      if (code != CURLM_OK) finish_all(CURLE_FAILED_INIT);
    }
    while (!active_.empty()) leave(active_.begin()->second);
  }

 private:
  /// Everything that is asked for; true: there is no more to come.
  bool take(std::vector<Command>& commands) {
    const std::lock_guard lock(mutex_);
    commands.swap(commands_);
    return stopped_;
  }

  void execute(const Command& command) {
    const std::shared_ptr<Transfer>& transfer = command.transfer;
    if (command.kind == Command::Kind::start) {
      join(transfer);
    } else if (active_.count(transfer.get()) == 0) {
      return;  // over already
    } else if (command.kind == Command::Kind::cancel) {
      leave(transfer);
    } else if (const CURLcode code = curl_easy_pause(transfer->easy(), CURLPAUSE_CONT); code != CURLE_OK) {
      finish(transfer, code);
    }
  }

  void join(const std::shared_ptr<Transfer>& transfer) {
    CURL* easy = transfer->open();
    if (easy == nullptr) return;
    active_.emplace(transfer.get(), transfer);
    if (sockets_.serve(easy) != CURLE_OK || curl_multi_add_handle(multi_, easy) != CURLM_OK) {
      finish(transfer, CURLE_OUT_OF_MEMORY);
    }
  }

  void finish_the_done() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;  // gone with the handle
      finish(active_.at(Transfer::of(message->easy_handle)), code);
    }
  }

  void finish_all(CURLcode code) {
    while (!active_.empty()) finish(active_.begin()->second, code);
  }

  void finish(std::shared_ptr<Transfer> transfer, CURLcode code) {
    transfer->finish(code);
    leave(std::move(transfer));
  }

  void leave(std::shared_ptr<Transfer> transfer) {
    curl_multi_remove_handle(multi_, transfer->easy());
    transfer->close();
    active_.erase(transfer.get());
  }

  Sockets sockets_;
  CURLM* const multi_;

  std::mutex mutex_;
  std::vector<Command> commands_;
  bool stopped_ = false;

  std::unordered_map<Transfer*, std::shared_ptr<Transfer>> active_;  // the thread only
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
  loop_->stop();
  if (std::this_thread::get_id() == thread_.get_id()) {
    thread_.detach();
  } else {
    thread_.join();  // soon: nothing that the thread does waits, its sockets are shut down, and it owns nothing of ours
  }
}

void Worker::start(std::shared_ptr<Transfer> transfer) { tell({Command::Kind::start, std::move(transfer)}); }
void Worker::unpause(std::shared_ptr<Transfer> transfer) { tell({Command::Kind::unpause, std::move(transfer)}); }
void Worker::cancel(std::shared_ptr<Transfer> transfer) { tell({Command::Kind::cancel, std::move(transfer)}); }

void Worker::tell(Command command) {
  loop_->push(std::move(command), [this] {
    if (thread_.joinable()) return;
    const BlockedSignals blocked;
    thread_ = std::thread([loop = loop_] { loop->run(); });
  });
}

}  // namespace signalr::curl
