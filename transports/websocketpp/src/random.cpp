#include "random.hpp"

#include <cstddef>
#include <random>

#include <openssl/rand.h>

namespace signalr::net {
namespace {

struct Buffer {
  static constexpr std::size_t kWords = 256;
  std::uint32_t words[kWords];
  std::size_t left = 0;

  void fill() {
    if (RAND_bytes(reinterpret_cast<unsigned char*>(words), sizeof words) != 1) {
      std::random_device system;
      for (std::uint32_t& word : words) word = static_cast<std::uint32_t>(system());
    }
    left = kWords;
  }
};

}  // namespace

std::uint32_t RandomSource::next() {
  thread_local Buffer buffer;
  if (buffer.left == 0) buffer.fill();
  return buffer.words[--buffer.left];
}

}  // namespace signalr::net
