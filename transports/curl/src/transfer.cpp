#include "transfer.hpp"

#include <new>
#include <string>
#include <utility>

#include <signalr/challenge.hpp>

#include "ascii.hpp"
#include "tls.hpp"

namespace signalr::curl {
namespace {

Transfer& self(void* user) { return *static_cast<Transfer*>(user); }

/// The server's part alone: user information and fragment are the core's business.
std::string url_of(const Url& server) { return server.scheme + "://" + server.authority() + server.target(); }

std::string url_of_proxy(const Url& proxy) {
  // With the port, since libcurl's default for proxies is 1080.
  return "http://" + (proxy.userinfo.empty() ? std::string() : proxy.userinfo + '@') + endpoint_name(proxy);
}

}  // namespace

template <class Value>
void Transfer::set(CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
  if (code != CURLE_OK && refused_option_ == CURLE_OK) refused_option_ = code;
}

CURLcode Transfer::set_max_idle(CURL* easy) {
  return curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, kMaxIdleSeconds - 1);  // what is older in whole seconds
}

CURL* Transfer::open(Sockets& sockets) {
  easy_.reset(curl_easy_init());
  if (easy_ != nullptr) {
    user_.emplace(sockets, request_.server.scheme + "://" + endpoint_name(request_.server));
    refused_option_ = user_->serve(easy_.get());
    if (refused_option_ == CURLE_OK) refused_option_ = set_max_idle(easy_.get());
    set(CURLOPT_PRIVATE, this);
    set(CURLOPT_ERRORBUFFER, words_.data());
    set(CURLOPT_NOSIGNAL, 1L);
    name_ = name_to_look_up(request_.proxy ? *request_.proxy : request_.server);
    set_request();
    set_single_sending();
    set_answer();
    set_proxy();
    if (request_.server.secure() && refused_option_ == CURLE_OK) {
      refused_option_ = set_tls(easy_.get(), *tls_, request_.server);
    }
    if (refused_option_ == CURLE_OK) return easy_.get();
  }
  const CURLcode why = easy_ == nullptr ? CURLE_OUT_OF_MEMORY : refused_option_;
  answer_->end(TransportError(why == CURLE_OUT_OF_MEMORY ? TransportFailure::io : TransportFailure::unsupported,
                              std::string("this libcurl can't make the request: ") + curl_easy_strerror(why),
                              Sent::no));
  close();
  return nullptr;
}

Transfer* Transfer::of(CURL* easy) {
  Transfer* transfer = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
  return transfer;
}

void Transfer::set_request() {
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_URL, url_of(request_.server).c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  if (request_.http.method == "POST") {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.http.body.size()));
    set(CURLOPT_POSTFIELDS, request_.http.body.c_str());  // not copied
  }
  // A name alone with a colon takes libcurl's own header away: nothing is added that wasn't asked for.
  for (const char* name : {"Accept", "Accept-Encoding", "Content-Type", "Expect", "Proxy-Connection", "User-Agent"}) {
    bool given = false;
    for (const Header& header : request_.http.headers) given = given || same_name(header.name, name);
    if (!given) add_header(std::string(name) + ':');
  }
  for (const Header& header : request_.http.headers) {
    const bool blank = trim(header.value).empty();
    add_header(blank ? header.name + ';' : header.name + ": " + header.value);
  }
  set(CURLOPT_HTTPHEADER, headers_.get());
}

void Transfer::add_header(const std::string& line) {
  curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
  if (longer == nullptr) {
    refused_option_ = CURLE_OUT_OF_MEMORY;
    return;
  }
  static_cast<void>(headers_.release());
  headers_.reset(longer);
}

/// When a re-used connection dies before the first byte of an answer, libcurl sends the request again over another
/// one, a POST as well, and no option forbids it. Where it wrote nothing before, that is right. Else /start must not be
/// sent twice (P#42), and no other request is repeated without the core's knowledge: the next attempt is stopped where
/// it wants a name or a socket, or, when it finds another connection to re-use, just before it would write.
void Transfer::set_single_sending() {
  using StartResolver = int (*)(void*, void*, void*);
  using SetUpSocket = int (*)(void*, curl_socket_t, curlsocktype);
  using BeginRequest = int (*)(void*, char*, char*, int, int);
  set(CURLOPT_RESOLVER_START_DATA, this);
  set(CURLOPT_RESOLVER_START_FUNCTION,
      static_cast<StartResolver>([](void*, void*, void* user) { return self(user).may_look_up() ? 0 : 1; }));
  set(CURLOPT_SOCKOPTDATA, this);
  set(CURLOPT_SOCKOPTFUNCTION, static_cast<SetUpSocket>([](void* user, curl_socket_t, curlsocktype) {
        return self(user).may_begin() ? CURL_SOCKOPT_OK : CURL_SOCKOPT_ERROR;
      }));
  set(CURLOPT_PREREQDATA, this);
  set(CURLOPT_PREREQFUNCTION, static_cast<BeginRequest>([](void* user, char*, char*, int, int) {
        return self(user).begin() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
      }));
}

bool Transfer::may_begin() {
  if (closes_) return false;
  if (!progress_.request_began) return true;
  if (note_written()) {
    progress_.died_reused = true;
    return false;
  }
  progress_.request_began = false;
  return true;
}

/// Also asked for an address, which is no work.
bool Transfer::may_look_up() {
  if (!may_begin()) return false;
  if (name_.empty()) return true;
  wants_name_ = addresses_ == nullptr;
  return false;
}

void Transfer::set_addresses(const Addresses& addresses) {
  wants_name_ = false;
  const Url& hop = request_.proxy ? *request_.proxy : request_.server;
  std::string entry = '+' + name_ + ':' + std::to_string(hop.port);  // with the plus it is forgotten after a minute
  char separator = ':';
  for (const std::string& address : addresses) {
    entry += separator + address;
    separator = ',';
  }
  if (addresses.empty()) return;
  addresses_.reset(curl_slist_append(nullptr, entry.c_str()));
  set(CURLOPT_RESOLVE, addresses_.get());
}

bool Transfer::begin() {
  has_closed_ = closes_;  // the connection that it was given ends with the refusal
  if (!may_begin()) return false;
  progress_.request_began = true;
  written_before_ = written();
  return true;
}

/// What libcurl has written so far, over HTTP/1.1; a CONNECT, which is no part of the request, included.
long Transfer::written() const {
  long bytes = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_REQUEST_SIZE, &bytes);
  return bytes;
}

bool Transfer::note_written() {
  progress_.request_sent = progress_.request_began && written() != written_before_;
  return progress_.request_sent;
}

void Transfer::set_proxy() {
  // Always set, empty too: else libcurl asks the environment by itself.
  set(CURLOPT_PROXY, request_.proxy ? url_of_proxy(*request_.proxy).c_str() : "");
  set(CURLOPT_NOPROXY, "");
  // Some proxies (tinyproxy) close each connection after its answer without announcing it, and a request that is on its
  // way meanwhile is lost. So each plain request has a connection of its own; tunnels belong to the server.
  set(CURLOPT_FORBID_REUSE, request_.proxy && !request_.server.secure() ? 1L : 0L);
  set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // the request's headers are not the proxy's to see
}

void Transfer::set_answer() {
  using Take = std::size_t (*)(char*, std::size_t, std::size_t, void*);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_HEADERFUNCTION, static_cast<Take>([](char* data, std::size_t, std::size_t size, void* user) {
        return self(user).take([&] { return self(user).on_header({data, size}); });
      }));
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_WRITEFUNCTION, static_cast<Take>([](char* data, std::size_t, std::size_t size, void* user) {
        return self(user).take([&] { return self(user).on_body({data, size}); });
      }));
  // Decodes what comes encoded; that we can isn't told to the server, see set_request.
  set(CURLOPT_ACCEPT_ENCODING, "");
}

/// libcurl is C: no exception may pass through it.
template <class Take>
std::size_t Transfer::take(Take take) noexcept {
  try {
    return take();
  } catch (const std::bad_alloc&) {
    no_memory_ = true;
    return 0;
  }
}

std::size_t Transfer::on_header(std::string_view line) {
  if (!progress_.request_began) return on_tunnel_header(line);
  switch (head_.take(line)) {
    case HeadParser::Step::more:
      break;
    case HeadParser::Step::failed:
      return fail(head_.fault().failure, head_.fault().message);
    case HeadParser::Step::complete:
      if (request_.proxy && !request_.server.secure() && head_.status() == 407) return refused_by_proxy();
      progress_.answer_began = true;
      answer_->head(head_.status(), head_.take_headers());
      break;
  }
  return line.size();
}

std::size_t Transfer::on_tunnel_header(std::string_view line) {
  if (tunnel_.take(line) != HeadParser::Step::failed) return line.size();
  fault_.emplace(TransportError::proxy_refused(
      0, "the answer of the proxy " + endpoint_name(*request_.proxy) + " to CONNECT " + tunnel_.fault().message,
      Sent::no));
  return 0;
}

std::size_t Transfer::refused_by_proxy() {
  fault_.emplace(TransportError::proxy_refused(407,
                                               "the proxy " + endpoint_name(*request_.proxy) + " answered 407" +
                                                   proxy_challenge(head_.headers(), !request_.proxy->userinfo.empty()),
                                               Sent::maybe));
  return 0;
}

std::size_t Transfer::on_body(std::string_view data) {
  return answer_->offer(data) ? data.size() : std::size_t{CURL_WRITEFUNC_PAUSE};
}

std::size_t Transfer::fail(TransportFailure failure, const std::string& message) {
  fault_.emplace(failure, "the answer from " + endpoint_name(request_.server) + ' ' + message, Sent::maybe);
  return 0;
}

void Transfer::give_up(std::string_view why) {
  if (closes_) return;
  const Sent sent = note_written() || progress_.answer_began ? Sent::maybe : Sent::no;
  answer_->end(TransportError(
      TransportFailure::io,
      "libcurl can't go on with the exchange with " + endpoint_name(request_.server) + ": " + std::string(why), sent));
}

void Transfer::finish(CURLcode code) {
  if (closes_) return;
  if (no_memory_) {
    answer_->end(TransportError(
        TransportFailure::io, "there is no memory for the answer from " + endpoint_name(request_.server), Sent::maybe));
  } else if (fault_) {
    answer_->end(std::move(fault_));
  } else if (code != CURLE_OK || !progress_.answer_began) {
    note_written();
    answer_->end(
        describe(easy_.get(), code, words_.data(), {request_, *tls_, tunnel_, user_->short_of_sockets()}, progress_));
  } else {
    answer_->end(std::nullopt);
  }
}

}  // namespace signalr::curl
