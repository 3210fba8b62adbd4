// What a process holds on to: counted before and after, it must be the same.
#pragma once

#include <cstddef>
#include <cstdio>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <filesystem>
#include <string>

namespace leftovers {

/// Blocks from `new` that weren't deleted: counted by leftovers.cpp.
long blocks() noexcept;

struct Holdings {
  long blocks = 0;
  long bytes = 0;  ///< taken from malloc, by C libraries too; 0 where that can't be asked, as under sanitizers
  long threads = 0;
  long descriptors = 0;
};

inline long entries(const char* folder) {
  std::error_code none;
  long count = 0;
  for (auto it = std::filesystem::directory_iterator(folder, none);
       !none && it != std::filesystem::directory_iterator(); it.increment(none)) {
    ++count;
  }
  return count;
}

inline Holdings holdings() {
  Holdings now;
  now.blocks = blocks();
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  now.bytes = static_cast<long>(mallinfo2().uordblks);
#endif
  now.threads = entries("/proc/self/task");
  now.descriptors = entries("/proc/self/fd");
  return now;
}

inline void print(const std::string& when, const Holdings& holdings) {
  std::printf("leak: %-28s %7ld blocks %9ld bytes %3ld threads %4ld descriptors\n", when.c_str(), holdings.blocks,
              holdings.bytes, holdings.threads, holdings.descriptors);
  std::fflush(stdout);
}

}  // namespace leftovers
