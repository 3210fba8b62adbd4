// Checks an order and fills it at once.
#include "orders_hub.hpp"

namespace signalr::test {
namespace {

constexpr std::int64_t kMaxQuantity = 1000;

struct PlacedOrder {
  std::string symbol;
  std::string side;
  std::int64_t quantity = 0;
  std::optional<double> limit;
};
SIGNALR_JSON(PlacedOrder, (symbol, "Symbol"), (side, "Side"), (quantity, "Quantity"), (limit, "Limit"));

}  // namespace

OrdersHub::OrdersHub(server::HubServer& server) : server_(server) {
  server_.hub("Orders").on("Place", [this](server::Call& call) { place(call); });
}

void OrdersHub::place(server::Call& call) {
  const auto order = argument<PlacedOrder>(call, 0);
  if (order.quantity < 1 || order.quantity > kMaxQuantity) {
    return call.error("the quantity must be 1 to 1000", true, R"({"Code":422,"Field":"Quantity","Max":1000})");
  }
  const std::string id = std::to_string(++last_id_);
  // .NET's decimal has 29 digits and keeps trailing zeros.
  const std::string price = order.limit ? to_text(*order.limit) : "101.50000000000000000000000001";
  call.result(R"({"Id":)" + id + R"(,"Symbol":)" + to_text(order.symbol) + R"(,"Price":)" + price +
              R"(,"At":"2024-02-29T23:59:59.1234567Z"})");
  server_.send_to(call.connection_id(), "Orders", "filled",
                  R"([{"Id":)" + id + R"(,"Quantity":)" + std::to_string(order.quantity) + "}]");
}

}  // namespace signalr::test
