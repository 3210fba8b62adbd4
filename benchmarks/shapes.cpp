#include "shapes.hpp"

#include <stdexcept>

namespace benchmarks {
namespace {

constexpr std::string_view kTick = R"("s":"AAPL","p":123.45,"t":1699999999)";

// One side of an order book: markets and amounts.
std::string levels(std::string_view first_digits) {
  std::string text;
  for (int i = 0; i < 24; ++i) {
    text += text.empty() ? "[[" : ",[";
    text += std::string(first_digits) + std::to_string(10 + i) + ',' + std::to_string(100 + 37 * i) + ']';
  }
  return text + ']';
}

std::string book() {
  return std::string(kTick) +
         R"(,"market":"Xetra","currency":"EUR","note":"\"odd lot\", café","halted":false,"session":"day",)" +
         R"("last":null,"asks":)" + levels("123.") + R"(,"bids":)" + levels("122.") +
         R"(,"day":{"low":120.05,"high":124.9,"open":121.1,"volume":18273645,"mean":122.871},)" +
         R"("tags":["technology","dividend","liquid"])";
}

Shape frame_of(std::string_view members, int calls) {
  Shape shape{R"({"C":"d-1,0|B,1","M":[)", calls};
  for (int i = 0; i < calls; ++i) {
    if (i != 0) shape.frame += ',';
    shape.frame += R"({"H":"Markets","M":"tick","A":[{)" + std::string(members) + "}]}";
  }
  shape.frame += "]}";
  return shape;
}

}  // namespace

Shape shape_named(std::string_view name) {
  if (name == "tiny") return frame_of(kTick, 1);
  if (name == "medium") return frame_of(book(), 1);
  if (name == "batched") return frame_of(kTick, 20);
  throw std::invalid_argument("there is no shape " + std::string(name));
}

}  // namespace benchmarks
