// The book's changes follow a pattern, so that each run is like the other.
#include "exchange_hub.hpp"

#include <vector>

#include "compressed.hpp"

namespace signalr::test {
namespace {

constexpr int kMissedDelta = 4;

struct BookLevel {
  std::int64_t price = 0;
  std::int64_t quantity = 0;
};
SIGNALR_JSON(BookLevel, (price, "Price"), (quantity, "Quantity"));

std::string book_side(const std::map<std::int64_t, std::int64_t>& side) {
  std::vector<BookLevel> levels;
  for (const auto& [price, quantity] : side) levels.push_back({price, quantity});
  return to_text(levels);
}

bool is_known_market(server::Call& call) {
  if (argument<std::string>(call, 0) == "BTC-EUR") return true;
  call.error("there is no such market", true, R"({"Code":"MARKET_DOES_NOT_EXIST"})");
  return false;
}

}  // namespace

ExchangeHub::ExchangeHub(server::HubServer& server) : server_(server) {
  server_.hub("Exchange")
      .on("Subscribe",
          [this](server::Call& call) {
            if (is_known_market(call)) subscribers_[call.connection_id()];
          })
      .on("Snapshot", [this](server::Call& call) {
        if (is_known_market(call)) snapshot(call);
      });
}

void ExchangeHub::snapshot(server::Call& call) {
  call.result(to_text(deflate_base64(R"({"Sequence":)" + std::to_string(sequence_) + R"(,"Bids":)" + book_side(bids_) +
                                     R"(,"Asks":)" + book_side(asks_) + "}")));
  const auto subscriber = subscribers_.find(call.connection_id());
  if (subscriber != subscribers_.end()) subscriber->second.has_snapshot = true;
}

void ExchangeHub::tick() {
  if (subscribers_.empty()) return;
  const std::string delta = arguments(deflate_base64(next_delta()));
  for (auto& [id, subscriber] : subscribers_) {
    if (subscriber.has_snapshot && ++subscriber.deltas_since == kMissedDelta) continue;
    server_.send_to(id, "Exchange", "delta", delta);
  }
}

std::string ExchangeHub::next_delta() {
  ++sequence_;
  const bool bid = sequence_ % 2 == 0;
  Side& side = bid ? bids_ : asks_;
  const std::int64_t distance = 25 * (1 + sequence_ * 3 % 5);
  const BookLevel level{bid ? 10'000 - distance : 10'000 + distance, sequence_ * 3 % 4};
  if (level.quantity == 0) {
    side.erase(level.price);
  } else {
    side[level.price] = level.quantity;
  }
  std::int64_t value = 0;
  for (const Side* each : {&bids_, &asks_}) {
    for (const auto& [price, quantity] : *each) value += price * quantity;
  }
  return R"({"Sequence":)" + std::to_string(sequence_) + R"(,"Side":)" + (bid ? R"("Bid")" : R"("Ask")") +
         R"(,"Price":)" + std::to_string(level.price) + R"(,"Quantity":)" + std::to_string(level.quantity) +
         R"(,"Value":)" + std::to_string(value) + "}";
}

void ExchangeHub::forget(const std::string& connection_id) { subscribers_.erase(connection_id); }

}  // namespace signalr::test
