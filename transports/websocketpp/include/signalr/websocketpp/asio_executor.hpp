// Connections on an io_context of yours. The one header of this library that includes Asio.
#pragma once

#include <memory>

#include <asio/io_context.hpp>
#include <signalr/executor.hpp>
#include <signalr/export.hpp>

namespace signalr {

/// A strand on your io_context, which you run, with as many threads as you like: blocking calls don't, and wait for
/// another thread to be in io.run(). Sockets of connections dialed on it
/// run there too. Compile with the same (standalone) Asio as this library was.
///
/// It stops when the io_context is destroyed, or when its last owner releases it, whichever comes first: tasks that
/// have not run are destroyed un-run then. It may outlive the io_context, and so may connections made on it; all that
/// is left to do with these is to destroy them.
SIGNALR_API std::shared_ptr<Executor> make_asio_executor(asio::io_context& context);

}  // namespace signalr
