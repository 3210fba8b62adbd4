// Keeps an exchange's order book: order_book URL MARKET [COUNT]
//
// The exchange sends a snapshot when asked and calls us with each change, both as base64 of raw deflate. Changes are
// numbered: one that doesn't follow the last one means that some were lost, and a new snapshot is needed. It ends after
// COUNT changes; default: never.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <signalr/client.hpp>
#include <signalr/default_transport.hpp>
#include <signalr/inflate.hpp>

enum class Side { bid, ask };
SIGNALR_ENUM(Side, (bid, "Bid"), (ask, "Ask"));

struct Level {
  std::int64_t price = 0;  // in cents
  std::int64_t quantity = 0;
};
SIGNALR_JSON(Level, (price, "Price"), (quantity, "Quantity"));

struct Snapshot {
  std::int64_t sequence = 0;
  std::vector<Level> bids, asks;
};
SIGNALR_JSON(Snapshot, (sequence, "Sequence"), (bids, "Bids"), (asks, "Asks"));

struct Delta {
  std::int64_t sequence = 0;
  Side side = Side::bid;
  std::int64_t price = 0;
  std::int64_t quantity = 0;  // the new one; 0: the level is gone
  std::int64_t value = 0;     // of the whole book, for checking
};
SIGNALR_JSON(Delta, (sequence, "Sequence"), (side, "Side"), (price, "Price"), (quantity, "Quantity"), (value, "Value"));

class OrderBook {
 public:
  explicit OrderBook(const Snapshot& snapshot) : sequence_(snapshot.sequence) {
    for (const Level& level : snapshot.bids) bids_[level.price] = level.quantity;
    for (const Level& level : snapshot.asks) asks_[level.price] = level.quantity;
  }
  std::int64_t sequence() const { return sequence_; }
  void apply(const Delta& delta) {
    auto& side = delta.side == Side::bid ? bids_ : asks_;
    side[delta.price] = delta.quantity;
    if (delta.quantity == 0) side.erase(delta.price);
    sequence_ = delta.sequence;
    if (value() != delta.value) throw std::runtime_error("our book is no longer the exchange's");
  }
  std::string top() const {
    return (bids_.empty() ? "-" : std::to_string(bids_.rbegin()->first)) + " / " +
           (asks_.empty() ? "-" : std::to_string(asks_.begin()->first));
  }

 private:
  std::int64_t value() const {
    std::int64_t sum = 0;
    for (const auto* side : {&bids_, &asks_})
      for (const auto& [price, quantity] : *side) sum += price * quantity;
    return sum;
  }

  std::int64_t sequence_;
  std::map<std::int64_t, std::int64_t> bids_, asks_;  // quantities by price
};

template <class T>
T unpack(const std::string& payload) {
  const std::string json = signalr::inflate_base64(payload);
  return signalr::decode_json<T>(signalr::RawJsonView(json));
}

int main(int argc, char** argv) try {
  if (argc < 3) {
    std::cerr << "usage: order_book URL MARKET [COUNT]\n";
    return 2;
  }
  const std::string market = argv[2];
  const long count = argc > 3 ? std::atol(argv[3]) : -1;

  signalr::Client exchange("exchange");
  exchange.set_default_timeout(std::chrono::seconds(10));

  // In this order: changes that come while the snapshot is under way wait in the stream.
  signalr::CallbackStream deltas = exchange.callback("delta");
  signalr::Conn conn = signalr::dial(argv[1], {exchange}, signalr::make_default_transport());
  exchange.invoke("Subscribe", market).get<void>();
  const auto ask_for_snapshot = [&] {
    OrderBook book(unpack<Snapshot>(exchange.invoke("Snapshot", market).get<std::string>()));
    std::cout << "snapshot " << book.sequence() << ": " << book.top() << std::endl;
    return book;
  };
  OrderBook book = ask_for_snapshot();

  for (long applied = 0; applied != count;) {
    std::string payload;
    deltas.read(payload);
    const auto delta = unpack<Delta>(payload);
    if (delta.sequence > book.sequence() + 1) {
      std::cout << "expected " << book.sequence() + 1 << ", got " << delta.sequence << ": changes were lost"
                << std::endl;
      book = ask_for_snapshot();
    }
    if (delta.sequence != book.sequence() + 1) continue;  // the snapshot has it already
    book.apply(delta);
    ++applied;
    std::cout << "change " << book.sequence() << ": " << book.top() << std::endl;
  }
  conn.close();
} catch (const signalr::InvocationError& error) {
  std::cerr << error.what() << ' ' << error.server_text() << '\n';
  return 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
