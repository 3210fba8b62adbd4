// What a benchmark reports: one line of JSON.
#pragma once

#include <chrono>
#include <string_view>

namespace benchmarks {

/// Time, CPU time and allocations (of `new`) of the calling thread, from `begin` to `end`.
class Measure {
 public:
  void begin();
  void end(long messages);

  /// {"client","test","shape","n","secs","rate","cpu","user","rss_kb","ok","cpu_ns_per_msg","allocs_per_msg"}: seconds,
  /// messages a second, and the most memory that the process ever had.
  void print(std::string_view test, std::string_view shape, bool ok) const;

 private:
  struct Reading {
    std::chrono::steady_clock::time_point time;
    double cpu = 0;   // seconds
    double user = 0;  // thereof not in the kernel
    long allocations = 0;
  };
  static Reading read();

  Reading begin_;
  Reading end_;
  long messages_ = 0;
};

}  // namespace benchmarks
