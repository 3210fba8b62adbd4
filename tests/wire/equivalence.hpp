// When a request or a frame of ours is as good as the recorded client's: what counts is kept, what each client may do
// in its own way is dropped.
#pragma once

#include <signalr/server/site.hpp>

#include <map>
#include <string>
#include <string_view>

#include "recording.hpp"

namespace wire {

/// What counts of a request: command and method (any for polls), path, decoded parameters and headers that matter.
/// Order, the spelling of hub names, `tid`, `_` and whether a cursor comes in the URL or in the body don't.
struct Essence {
  std::string method;
  std::string path;
  bool upgrade = false;
  std::map<std::string, std::string> parameters;
  std::multimap<std::string, std::string> headers;  ///< cookies one by one
  std::string data;                                 ///< of /send
};

Essence essence_of(const RecordedRequest& request);
Essence essence_of(const signalr::server::Request& request);

/// What differs, in words; empty when the two are equivalent.
std::string difference(const Essence& recorded, const Essence& ours);

/// Authorization, cookies and the user's own headers; what HTTP, browsers and hosts add is left out.
std::multimap<std::string, std::string> headers_that_matter(const Pairs& headers);

/// The same for what a client sends to a hub or a persistent connection: the id of a call doesn't count, nor does the
/// case of its hub's name.
std::string frame_difference(std::string_view recorded, std::string_view ours);

/// connectionData with names in lower case: `[{"Name":"Chat"}]` and `[{"name":"chat"}]` are the same.
std::string canonical_connection_data(std::string_view text);

/// Cut to a length that is fit for a message.
std::string shortened(std::string_view text);

}  // namespace wire
