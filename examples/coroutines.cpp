// Places orders in one coroutine and shows in another how they are filled, without a lock: coroutines URL
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <future>
#include <iostream>
#include <string>
#include <utility>

#include <signalr/coroutine.hpp>
#include <signalr/default_transport.hpp>

struct Order {
  std::string symbol;
  int quantity = 0;
  std::string side = "Buy";
};
SIGNALR_JSON(Order, (symbol, "Symbol"), (quantity, "Quantity"), (side, "Side"));

struct Receipt {
  std::int64_t id = 0;
};
SIGNALR_JSON(Receipt, (id, "Id"));

struct Fill {
  std::int64_t id = 0;
  int quantity = 0;
};
SIGNALR_JSON(Fill, (id, "Id"), (quantity, "Quantity"));

/// A coroutine that nobody waits for. The library brings no coroutine type: any will do, your framework's too.
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

// Both go on on the connection's executor, one at a time.
Detached show_fills(signalr::CallbackStream fills) {
  try {
    for (;;) {
      const auto [fill] = co_await signalr::co::read<Fill>(fills);
      std::cout << "order " << fill.id << ": " << fill.quantity << " filled\n";
    }
  } catch (const signalr::ReadError&) {
    std::cout << "the connection is closed\n";
  } catch (const signalr::Error& error) {
    std::cerr << error.what() << '\n';
  }
}

Detached place_orders(std::string url, std::promise<int> exit_code) {
  int code = 0;
  try {
    signalr::Client orders("orders");
    orders.set_default_timeout(std::chrono::seconds(10));
    signalr::CallbackStream fills = orders.callback("filled");
    // Not written into the co_await: g++ 12 can't have lists in braces there, nor temporary aggregates.
    const signalr::Hubs hubs{orders};
    signalr::Conn conn = co_await signalr::co::dial(url, hubs, signalr::make_default_transport());
    show_fills(std::move(fills));

    for (const int quantity : {100, 200, 5000}) {
      const Order order{"MSFT", quantity};
      try {
        const auto receipt = co_await signalr::co::get<Receipt>(orders.invoke("Place", order));
        std::cout << "order " << receipt.id << ": " << quantity << " placed\n";
      } catch (const signalr::InvocationError& error) {
        std::cout << "refused: " << error.server_text() << '\n';
      }
    }
    co_await signalr::co::close(conn);
  } catch (const signalr::Error& error) {
    std::cerr << error.what() << '\n';
    code = 1;
  }
  exit_code.set_value(code);
}

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: coroutines URL\n";
    return 2;
  }
  std::promise<int> promise;
  std::future<int> exit_code = promise.get_future();
  place_orders(argv[1], std::move(promise));
  return exit_code.get();
}
