#include "scarce_memory.hpp"

#include <new>

#include "allocation.hpp"

void signalr::test::allocating(std::size_t size) {
  if (size <= largest_allocation || has_all_memory) return;
  first_failure.note();
  throw std::bad_alloc();
}
