#include "session/published_text.hpp"

#include <algorithm>
#include <cstring>

namespace signalr::detail::session {

PublishedText::Block& PublishedText::block_for(std::size_t word_count) {
  while (blocks_[last_block_]->word_count < word_count) {
    auto larger = std::make_unique<Block>(blocks_[last_block_]->word_count * 2);
    blocks_[++last_block_] = std::move(larger);
  }
  return *blocks_[last_block_];
}

void PublishedText::store(std::string_view text) {
  Block& block = block_for((text.size() + sizeof(Word) - 1) / sizeof(Word));
  const std::uint64_t sequence = sequence_.load(std::memory_order_relaxed);
  sequence_.store(sequence + 1, std::memory_order_relaxed);  // odd: being written; ordered by the releases below
  for (std::size_t i = 0; i * sizeof(Word) < text.size(); ++i) {
    Word word = 0;
    std::memcpy(&word, text.data() + i * sizeof(Word), std::min(sizeof(Word), text.size() - i * sizeof(Word)));
    block.words[i].store(word, std::memory_order_release);
  }
  size_.store(text.size(), std::memory_order_release);
  current_.store(&block, std::memory_order_release);
  sequence_.store(sequence + 2, std::memory_order_release);
}

std::string PublishedText::load() const {
  std::string text;
  for (;;) {
    const std::uint64_t before = sequence_.load(std::memory_order_acquire);
    if (before == 0) return {};
    if ((before & 1) != 0) continue;
    const Block* block = current_.load(std::memory_order_acquire);
    const std::size_t size = size_.load(std::memory_order_acquire);
    if (size > block->word_count * sizeof(Word)) continue;  // read across a store
    text.resize(size);
    for (std::size_t i = 0; i * sizeof(Word) < size; ++i) {
      const Word word = block->words[i].load(std::memory_order_acquire);
      std::memcpy(text.data() + i * sizeof(Word), &word, std::min(sizeof(Word), size - i * sizeof(Word)));
    }
    if (sequence_.load(std::memory_order_relaxed) == before) return text;
  }
}

}  // namespace signalr::detail::session
