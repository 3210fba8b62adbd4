// A program that wants every message, through whatever the network does: it dials again when its connection is over.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <signalr/client.hpp>
#include <signalr/default_transport.hpp>

#include "account.hpp"
#include "chaos_site.hpp"

namespace signalr::test {

/// Everything on the executor; `start` and `finish` from outside.
class ChaosUser {
 public:
  struct Totals {
    int messages = 0, reconnects = 0, gaps = 0, lost = 0, dials = 0, ends = 0, calls = 0, answers = 0;
  };

  ChaosUser(std::string url, TransportKind transport, DialOptions options, Told& told, Totals& totals,
            sweep::Complaints& complaints);
  void dial();
  /// Calls `done` once, as soon as a message of that number or a later one has come.
  void await(int number, std::function<void()> done);
  /// Closes; `done` is called when it is over.
  void close(std::function<void()> done);
  /// After that, when everything is over.
  void check();

 private:
  void use(Conn conn);
  void on_number(int n);
  void call();
  void drop();

  const std::string url_;
  const TransportKind transport_;
  const DialOptions options_;
  Told& told_;
  Totals& totals_;
  sweep::Complaints& complaints_;
  std::shared_ptr<sweep::Account> account_;
  std::vector<std::shared_ptr<sweep::Account>> accounts_;
  int awaited_ = 0;
  std::function<void()> done_;
  bool closing_ = false;

  PendingDial dialing_;
  std::optional<Conn> conn_;
  std::optional<Client> client_;
  Subscription subscription_;
};

}  // namespace signalr::test
