// The core's own Executor: a loop on a thread of its own, for whoever brings no event loop along.
#pragma once

#include <memory>

#include <signalr/executor.hpp>
#include <signalr/export.hpp>

namespace signalr {

/// A new loop on a new thread. It runs until its last owner lets go of it: off the loop's thread that waits for
/// the task that is running then; inside one of its own tasks it returns at once and the thread ends by itself
/// after that task. Tasks and timers that have not run by then are destroyed un-run, on the loop's thread.
///
/// The thread takes no signals. A timer is never early; where the clock counts suspended time (see Clock), one
/// that came due while the machine slept runs late by at most what it had left when the sleep began.
/// Throws std::system_error when the system gives no thread.
SIGNALR_API std::shared_ptr<Executor> make_event_loop();

/// The loop that the process's connections share unless told otherwise: made for its first user, gone with its
/// last, then made anew. A child of fork() gets its own, since the parent's thread doesn't exist there; an owner
/// that the child inherited may only be let go of. Any thread.
SIGNALR_API std::shared_ptr<Executor> shared_event_loop();

}  // namespace signalr
