// One line of a script: which request it waits for, and what that gets.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <signalr/memory/fake_server.hpp>

namespace signalr::memory {

struct Expectation::State {
  enum class Action { serve, answer, truncate, hang, fail, accept, run };

  std::string command;
  std::vector<std::pair<std::string, std::string>> query;  // all of them must be there
  std::size_t left = 1;
  bool endless = false;
  Duration delay{};

  Action action = Action::serve;
  int status = 200;
  Headers headers;
  std::string body;  // or the failure's message
  TransportFailure failure = TransportFailure::io;
  std::function<void(std::shared_ptr<server::Exchange>)> run;

  bool matches(const server::Request& request) const;
  void met() noexcept;
  // A line that says what is missing; empty when nothing is.
  std::string complaint() const;
};

}  // namespace signalr::memory
