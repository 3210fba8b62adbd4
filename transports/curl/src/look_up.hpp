// Names to addresses, on a pool: libcurl has a thread for each name that it looks up, and nothing bounds them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <signalr/url.hpp>

#include "threads/pool.hpp"

namespace signalr::curl {

/// What has to be looked up to reach that server or proxy; empty: nothing, it is an address.
std::string name_to_look_up(const Url& url);

/// Addresses as CURLOPT_RESOLVE takes them; none: the name has none.
using Addresses = std::vector<std::string>;

class LookUp final : public threads::Pool::Job {
 public:
  /// The handler is called on a thread of the pool.
  LookUp(std::string name, std::function<void(Addresses)> handler)
      : Job("resolve " + name), name_(std::move(name)), handler_(std::move(handler)) {}

 private:
  void run() override;

  const std::string name_;
  const std::function<void(Addresses)> handler_;
};

}  // namespace signalr::curl
