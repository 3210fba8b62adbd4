// Executors without a thread of their own are run by those who wait for them: by one thread at a time.
#pragma once

#include <signalr/executor.hpp>

namespace signalr::detail::session {

/// Executor::help, unless another thread (or this one, further up its stack) is inside it: false then, as when there
/// was nothing to do.
bool help(Executor& executor);

/// Whether the calling thread is inside `help` of this executor.
bool is_helping(const Executor& executor) noexcept;

}  // namespace signalr::detail::session
