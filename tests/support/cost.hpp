// What something costs, told by comparing two sizes of it in one run: no clock of another machine is assumed.
#pragma once

#include <algorithm>
#include <ctime>
#include <limits>

namespace signalr::test {

/// Processor time of the cheapest of a few runs.
template <class Work>
double cost_of(Work&& work) {
  double least = std::numeric_limits<double>::max();
  for (int run = 0; run < 5; ++run) {
    const std::clock_t begin = std::clock();
    work();
    least = std::min(least, static_cast<double>(std::clock() - begin));
  }
  return std::max(least, 1.0);
}

/// How many times as much `dear` costs as `cheap`. Both should take some milliseconds.
template <class Cheap, class Dear>
double cost_ratio(Cheap&& cheap, Dear&& dear) {
  return cost_of(dear) / cost_of(cheap);
}

}  // namespace signalr::test
