// Sockets on our loop, callers on an executor of theirs: everything is handed over with `post`, both ways.
#pragma once

#include <memory>

#include "dial.hpp"

namespace signalr::net {

/// On the strand of `executor`, which is none of this library's.
std::unique_ptr<Operation> dial_for_foreign(std::shared_ptr<DialerSettings> settings,
                                            std::shared_ptr<Executor> executor, DialRequest request,
                                            DialHandler handler);

}  // namespace signalr::net
