// Replaces operator new and delete of the one program that allocation.cpp is linked into.
#pragma once

#include <cstddef>

namespace signalr::test {

/// The program defines it: called before each allocation, which fails when it throws.
void allocating(std::size_t size);

}  // namespace signalr::test
