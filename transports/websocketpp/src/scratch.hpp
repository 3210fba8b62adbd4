// The buffer that sockets are read into: one for all connections of a thread, since only one of them reads at a time.
// An idle connection so costs no buffer.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace signalr::net {

/// Lent for a scope; nested scopes (a handler that runs another connection's loop) get another one.
class Scratch {
 public:
  static constexpr std::size_t kSize = 64 * 1024;

  Scratch() {
    if (pool().empty()) {
      buffer_ = std::make_unique<Buffer>();
    } else {
      buffer_ = std::move(pool().back());
      pool().pop_back();
    }
  }
  ~Scratch() {
    try {
      pool().push_back(std::move(buffer_));
    } catch (const std::bad_alloc&) {  // then it isn't kept
    }
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  char* data() noexcept { return buffer_->data(); }

 private:
  using Buffer = std::array<char, kSize>;
  static std::vector<std::unique_ptr<Buffer>>& pool() {
    thread_local std::vector<std::unique_ptr<Buffer>> buffers;
    return buffers;
  }

  std::unique_ptr<Buffer> buffer_;
};

}  // namespace signalr::net
