// From a recording to a verdict, and to the proof that the verdict means something.
#pragma once

#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "permutations.hpp"
#include "recording.hpp"

namespace wire {

struct Report {
  enum class Kind { ok, fail, skip };
  Kind kind = Kind::ok;
  std::string reason;                 ///< one line
  std::vector<std::string> failures;  ///< of kFail: all there are
  std::size_t judgements = 0;
};

/// Writes to `traces`, if there is one, what each play looked like.
Report replay(const Recording& recording, std::ostream* traces = nullptr);

/// Calls `report` for each way of breaking the recording, with whether the judge saw it. A recording that is skipped,
/// or not even fine unbroken, is told in the report.
Report mutate(const Recording& recording, const std::function<void(const std::string& what, bool caught)>& report);

/// How a permutation was lived and judged.
struct Permuted {
  std::vector<std::string> failures;  ///< what the judge has against it
  bool in_that_order = false;         ///< else our client asked too late for that
};
Report permute(const Recording& recording, Permute which,
               const std::function<void(const std::string& what, const Permuted& outcome)>& report);

/// Fewer ways than this to break a recording prove nothing.
inline constexpr std::size_t kFewestMutations = 5;

}  // namespace wire
