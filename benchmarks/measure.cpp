#include "measure.hpp"

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>

namespace {

thread_local long allocations = 0;

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace benchmarks {

Measure::Reading Measure::read() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  const double user = seconds(usage.ru_utime);
  return {std::chrono::steady_clock::now(), user + seconds(usage.ru_stime), user, allocations};
}

void Measure::begin() { begin_ = read(); }

void Measure::end(long messages) {
  end_ = read();
  messages_ = messages;
}

void Measure::print(std::string_view test, std::string_view shape, bool ok) const {
  const std::chrono::duration<double> took = end_.time - begin_.time;
  const double cpu = end_.cpu - begin_.cpu;
  const auto n = static_cast<double>(messages_);
  rusage process{};
  getrusage(RUSAGE_SELF, &process);
  std::printf(
      R"({"client":"signalr-cpp","test":"%s","shape":"%s","n":%ld,"secs":%.4f,"rate":%.0f,"cpu":%.4f,"user":%.4f,)"
      R"("rss_kb":%ld,"ok":%s,"cpu_ns_per_msg":%.1f,"allocs_per_msg":%.4f})"
      "\n",
      std::string(test).c_str(), std::string(shape).c_str(), messages_, took.count(), n / took.count(), cpu,
      end_.user - begin_.user, process.ru_maxrss, ok ? "true" : "false", cpu * 1e9 / n,
      static_cast<double>(end_.allocations - begin_.allocations) / n);
}

}  // namespace benchmarks
