// main() of every doctest program. Besides the console's report it writes doctest's own XML report into the folder
// named by SIGNALR_TEST_REPORTS, which scripts/conformance reads; meson sets it for `meson test`.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <cstdlib>
#include <fstream>
#include <string>

namespace {

// The program's name, so that a second run replaces the report of the first. SIGNALR_TEST_NAME tells runs of one
// program apart where a meson.build defines several tests over it.
std::string report_path(const doctest::ContextOptions& options) {
  const char* folder = std::getenv("SIGNALR_TEST_REPORTS");
  if (folder == nullptr) return "/dev/null";
  const char* name = std::getenv("SIGNALR_TEST_NAME");
  const std::string binary = name != nullptr ? name : options.binary_name.c_str();
  return std::string(folder) + "/" + binary.substr(binary.find_last_of('/') + 1) + ".xml";
}

// Options whose output goes to a file; the reporter keeps a reference to them, so they are a base class of it.
struct ReportOptions {
  explicit ReportOptions(const doctest::ContextOptions& given) : file(report_path(given)), options(given) {
    options.cout = &file;
  }
  std::ofstream file;
  doctest::ContextOptions options;
};

struct XmlReport : private ReportOptions, public doctest::XmlReporter {
  explicit XmlReport(const doctest::ContextOptions& given) : ReportOptions(given), XmlReporter(options) {}
  void test_run_end(const doctest::TestRunStats& stats) override {
    XmlReporter::test_run_end(stats);
    ReportOptions::file.flush();
  }
};

}  // namespace

REGISTER_LISTENER("xml-report", 1, XmlReport);
