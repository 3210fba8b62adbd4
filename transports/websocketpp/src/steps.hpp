// How the steps of a dial are owned: the state of a step lives as long as Asio holds a handler of its, its owner holds
// an Operation whose destruction cancels it.
#pragma once

#include <memory>
#include <utility>

#include <signalr/operation.hpp>

namespace signalr::net {

template <class State>
class Owned final : public Operation {
 public:
  explicit Owned(std::shared_ptr<State> state) : state_(std::move(state)) {}
  ~Owned() override { state_->cancel(); }

 private:
  std::shared_ptr<State> state_;
};

/// Begins a step: `State` has `start` and `cancel`.
template <class State, class... Arguments>
std::unique_ptr<Operation> begin_step(Arguments&&... arguments) {
  auto state = std::make_shared<State>(std::forward<Arguments>(arguments)...);
  auto owned = std::make_unique<Owned<State>>(state);
  state->start();
  return owned;
}

}  // namespace signalr::net
