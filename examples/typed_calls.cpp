// Places orders, with structs for arguments, results, errors and calls: typed_calls URL
#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>

#include <signalr/client.hpp>
#include <signalr/default_transport.hpp>

enum class Side { buy, sell };
SIGNALR_ENUM(Side, (buy, "Buy"), (sell, "Sell"));

// The server's names are .NET's. A std::optional without a value isn't sent.
struct Order {
  std::string symbol;
  Side side = Side::buy;
  int quantity = 0;
  std::optional<double> limit;
};
SIGNALR_JSON(Order, (symbol, "Symbol"), (side, "Side"), (quantity, "Quantity"), (limit, "Limit"));

struct Receipt {
  std::int64_t id = 0;     // beyond 2^53, where a double is no longer exact
  std::string symbol;      //
  signalr::RawJson price;  // a decimal of 29 digits: kept as the text that came, for a decimal type of your own
  std::chrono::system_clock::time_point at;
  std::string venue = "XETRA";  // may be absent: keeps this
};
SIGNALR_JSON(Receipt, (id, "Id"), (symbol, "Symbol"), (price, "Price"), (at, "At"), (venue, "Venue", optional));

struct Fill {
  std::int64_t id = 0;
  int quantity = 0;
};
SIGNALR_JSON(Fill, (id, "Id"), (quantity, "Quantity"));

struct Rejection {
  int code = 0;
  std::string field;
  std::optional<int> max;
};
SIGNALR_JSON(Rejection, (code, "Code"), (field, "Field"), (max, "Max"));

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::cerr << "usage: typed_calls URL\n";
    return 2;
  }
  signalr::Client orders("orders");
  orders.set_default_timeout(std::chrono::seconds(10));
  signalr::CallbackStream fills = orders.callback("filled");
  signalr::Conn conn = signalr::dial(argv[1], {orders}, signalr::make_default_transport());

  const auto receipt = orders.invoke("Place", Order{"MSFT", Side::buy, 100, {}}).get<Receipt>();
  const std::time_t at = std::chrono::system_clock::to_time_t(receipt.at);
  std::cout << "order " << receipt.id << ": " << receipt.symbol << " at " << receipt.price.text() << ", "
            << receipt.venue << ", " << at << " s after 1970\n";

  Fill fill;
  fills.read(fill);  // waits for the server's call, and decodes its arguments
  std::cout << "order " << fill.id << ": " << fill.quantity << " filled\n";

  try {
    orders.invoke("Place", Order{"MSFT", Side::sell, 5000, 101.5}).get<Receipt>();
  } catch (const signalr::InvocationError& error) {
    // A HubException: its words are meant for us, and it may carry data.
    if (!error.hub_error() || !error.data()) throw;
    const auto why = signalr::decode_json<Rejection>(*error.data());
    std::cout << "refused: " << error.server_text() << " (" << why.code << ", " << why.field << ", at most "
              << why.max.value_or(0) << ")\n";
  }

  try {
    orders.invoke("Place", Order{"MSFT", Side::buy, 1, 99.25}).get<Fill>();
  } catch (const signalr::DecodeError& error) {
    std::cout << "not what we expected: " << error.what() << '\n';
  }
  conn.close();
} catch (const signalr::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
