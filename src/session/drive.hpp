// Executors without a thread of their own are run by those who wait for them: by one thread at a time.
#pragma once

#include <signalr/executor.hpp>

namespace signalr::detail::session {

/// Executor::run_one, unless another thread (or this one, further up its stack) is inside it: false then, as when there
/// was nothing to do.
bool drive(Executor& executor);

/// Whether the calling thread is inside `drive` of this executor.
bool is_driving(const Executor& executor) noexcept;

}  // namespace signalr::detail::session
