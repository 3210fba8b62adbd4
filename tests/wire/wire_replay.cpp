// wire_replay DIR: plays the recordings in a folder and judges our client by them, one line each.
// With SIGNALR_TRACES=FOLDER it also writes there what each play looked like, for scripts/compare-traces.
// wire_replay --mutate DIR: breaks each of them in many ways, and tells which of these the judge sees.
// wire_replay --permute DIR: puts neighbours on different ways in another order, which the judge must accept.
// wire_replay --permute-all DIR: the same with all that can change places, which takes longer.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "replay.hpp"
#include "trace.hpp"

namespace {

namespace fs = std::filesystem;
using wire::Report;

std::vector<fs::path> recordings_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void print(const std::string& name, const Report& report) {
  switch (report.kind) {
    case Report::Kind::ok:
      std::printf("ok %s\n", name.c_str());
      break;
    case Report::Kind::fail:
      std::printf("FAIL %s: %s\n", name.c_str(), report.reason.c_str());
      break;
    case Report::Kind::skip:
      std::printf("skip %s: %s\n", name.c_str(), report.reason.c_str());
      break;
  }
}

void explain(const Report& report) {
  for (const std::string& failure : report.failures) std::fprintf(stderr, "  %s\n", failure.c_str());
}

/// A file that is no recording fails by itself and not the others with it.
template <class Work>
Report guarded(Work work) {
  try {
    return work();
  } catch (const std::exception& error) {
    return {Report::Kind::fail, error.what(), {}, 0};
  }
}

bool replay_all(const std::vector<fs::path>& files) {
  std::ofstream traces = tracing::open_traces("wire-replay");
  std::size_t judgements = 0;
  bool good = true;
  for (const fs::path& file : files) {
    const std::string name = file.stem().string();
    const Report report = guarded(
        [&] { return wire::replay(wire::load_recording(file.string(), name), traces.is_open() ? &traces : nullptr); });
    print(name, report);
    explain(report);
    judgements += report.judgements;
    good = good && report.kind != Report::Kind::fail;
  }
  std::fprintf(stderr, "%zu judgements\n", judgements);
  return good;
}

bool mutate_all(const std::vector<fs::path>& files) {
  std::size_t caught = 0;
  std::size_t missed = 0;
  bool good = true;
  for (const fs::path& file : files) {
    const std::string name = file.stem().string();
    const Report report = guarded([&] {
      return wire::mutate(wire::load_recording(file.string(), name), [&](const std::string& what, bool seen) {
        std::printf("%s %s: %s\n", seen ? "caught" : "MISSED", name.c_str(), what.c_str());
        ++(seen ? caught : missed);
      });
    });
    if (report.kind != Report::Kind::ok) print(name, report);
    good = good && report.kind != Report::Kind::fail;
  }
  std::fprintf(stderr, "%zu caught, %zu missed\n", caught, missed);
  return good && missed == 0;
}

bool permute_all(const std::vector<fs::path>& files, wire::Permute which) {
  std::size_t accepted = 0;
  std::size_t refused = 0;
  std::size_t late = 0;
  bool good = true;
  for (const fs::path& file : files) {
    const std::string name = file.stem().string();
    const auto print_one = [&](const std::string& what, const wire::Permuted& outcome) {
      const bool fine = outcome.failures.empty();
      const char* const verdict = !fine ? "REFUSED" : outcome.in_that_order ? "accepted" : "asked too late";
      std::printf("%s %s: %s\n", verdict, name.c_str(), what.c_str());
      for (const std::string& failure : outcome.failures) std::fprintf(stderr, "  %s\n", failure.c_str());
      ++(!fine ? refused : outcome.in_that_order ? accepted : late);
    };
    const Report report =
        guarded([&] { return wire::permute(wire::load_recording(file.string(), name), which, print_one); });
    if (report.kind != Report::Kind::ok) print(name, report);
    good = good && report.kind != Report::Kind::fail;
  }
  std::fprintf(stderr, "%zu accepted, %zu refused, %zu asked too late\n", accepted, refused, late);
  return good && refused == 0 && accepted > late;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc == 3 ? argv[1] : "";
  const bool known = mode.empty() || mode == "--mutate" || mode == "--permute" || mode == "--permute-all";
  if (argc < 2 || argc > 3 || !known || argv[1][0] == '\0') {
    std::fprintf(stderr, "usage: wire_replay [--mutate | --permute | --permute-all] DIR\n");
    return 2;
  }
  try {
    const auto files = recordings_in(argv[argc - 1]);
    if (files.empty()) {
      std::fprintf(stderr, "no recordings in %s\n", argv[argc - 1]);
      return 2;
    }
    if (mode.empty()) return replay_all(files) ? 0 : 1;
    if (mode == "--mutate") return mutate_all(files) ? 0 : 1;
    return permute_all(files, mode == "--permute" ? wire::Permute::neighbours : wire::Permute::all) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
