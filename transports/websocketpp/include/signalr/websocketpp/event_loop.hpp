// Executors with an Asio loop on a thread of their own; no Asio header is needed to use them.
#pragma once

#include <memory>

#include <signalr/executor.hpp>
#include <signalr/export.hpp>

namespace signalr {

/// A loop on a thread of its own. It ends when its last owner releases it: tasks and timers that have not run by
/// then are destroyed un-run, on the loop's thread. Releasing it elsewhere waits for the task that is running now;
/// releasing it inside a task of its own doesn't wait.
///
/// Throws std::system_error when the system gives no thread or no descriptor.
SIGNALR_API std::shared_ptr<Executor> make_asio_event_loop();

/// The loop that the process's connections share: begun by the first who asks, ended with its last owner, begun anew
/// for whoever asks later, and in a child process after fork, where the parent's threads don't exist.
SIGNALR_API std::shared_ptr<Executor> shared_asio_event_loop();

}  // namespace signalr
