// Stands in for libFuzzer where it isn't: feeds a target each file of a corpus, and spoilt forms of it, always the
// same.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "fuzz.hpp"

namespace {

constexpr int kSpoiltForms = 200;

void run(const std::string& text) {
  // A copy of the exact size on the heap lets the sanitizers see a read behind the end.
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string spoilt(std::string text, std::mt19937& random) {
  for (auto changes = 1 + random() % 3; changes > 0; --changes) {
    const std::size_t at = random() % (text.size() + 1);
    switch (random() % 4) {
      case 0:
        text.insert(at, 1, static_cast<char>(random() % 256));
        break;
      case 1:
        text.erase(at, random() % 4);
        break;
      case 2:
        text.insert(at, text, random() % (text.size() + 1), random() % 16);
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ 1 << random() % 8);
    }
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::mt19937 random(1);
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    run(text);
    for (int i = 0; i < kSpoiltForms; ++i) run(spoilt(text, random));
  }
  std::printf("%zu files\n", files.size());
  return files.empty() ? 1 : 0;
}
