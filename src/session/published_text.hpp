// A text that the strand changes with every frame and any thread may read, without a lock between them.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace signalr::detail::session {

/// A sequence lock over words: `store` never waits and allocates only when a text is longer than all before it;
/// `load` repeats its copy when a store came between.
class PublishedText {
 public:
  PublishedText() { blocks_[0] = std::make_unique<Block>(kFirstWords); }

  /// On the strand.
  void store(std::string_view text);
  /// Any thread.
  std::string load() const;

 private:
  using Word = std::uint64_t;
  static constexpr std::size_t kFirstWords = 32;
  static constexpr std::size_t kMaxBlocks = 40;  // each twice the one before: more than any address space

  struct Block {
    explicit Block(std::size_t count) : words(new std::atomic<Word>[count]()), word_count(count) {}
    std::unique_ptr<std::atomic<Word>[]> words;
    std::size_t word_count;
  };

  Block& block_for(std::size_t word_count);

  // Blocks are never freed before the end, since a reader may still look at an old one.
  std::array<std::unique_ptr<Block>, kMaxBlocks> blocks_;
  std::size_t last_block_ = 0;  // strand only
  std::atomic<std::uint64_t> sequence_{0};
  std::atomic<const Block*> current_{nullptr};
  std::atomic<std::size_t> size_{0};
};

}  // namespace signalr::detail::session
