#include "failure.hpp"

#include <string>
#include <system_error>

#include <signalr/challenge.hpp>

#include "ascii.hpp"
#include "tls.hpp"

namespace signalr::curl {
namespace {

/// libcurl's words may hold some of the peer's: one line, printable ASCII, short.
std::string readable(std::string_view words, CURLcode code) {
  std::string text(trim(words).substr(0, 300));
  if (text.empty()) text = curl_easy_strerror(code);
  for (char& c : text) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return text;
}

std::string system_reason(CURL* easy) {
  long number = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number);
  return number == 0 ? std::string() : ": " + std::generic_category().message(static_cast<int>(number));
}

std::string proxy_failure(const Attempt& attempt, const std::string& words) {
  const std::string proxy = "the proxy " + endpoint_name(*attempt.request.proxy);
  const std::string on_the_way = " on the way to " + endpoint_name(attempt.request.server);
  const int status = attempt.tunnel.status();
  if (status == 407) {
    return proxy + " answered 407" + on_the_way +
           proxy_challenge(attempt.tunnel.headers(), !attempt.request.proxy->userinfo.empty());
  }
  if (status >= 300) return proxy + " refused the tunnel with status " + std::to_string(status) + on_the_way;
  return proxy + " broke the tunnel" + on_the_way + ": " + words;
}

std::string connect_failure(CURL* easy, CURLcode code, int short_of_sockets) {
  if (short_of_sockets != 0) return ": it can have no socket: " + std::generic_category().message(short_of_sockets);
  return code == CURLE_OPERATION_TIMEDOUT ? ": no answer in time" : system_reason(easy);
}

#if LIBCURL_VERSION_NUM >= 0x080600
constexpr char kOrNoMemory[] = "";
#else
constexpr char kOrNoMemory[] = ", or this process is out of memory: this libcurl doesn't tell which";
#endif

/// What happened before the request could begin.
TransportError describe_setup(CURL* easy, CURLcode code, const std::string& words, const Attempt& attempt) {
  const Request& request = attempt.request;
  const std::string server = endpoint_name(request.server);
  const std::string proxy = request.proxy ? endpoint_name(*request.proxy) : std::string();
  const auto failed = [](TransportFailure failure, std::string message) {
    return TransportError(failure, std::move(message), Sent::no);
  };
  if (code == CURLE_COULDNT_RESOLVE_HOST) {
    return failed(TransportFailure::resolve, "no address was found for the host " + request.server.host +
                                                 ": check its spelling and this machine's name service");
  }
  if (code == CURLE_COULDNT_RESOLVE_PROXY) {
    return failed(TransportFailure::resolve, "no address was found for the proxy " + proxy);
  }
  if (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT) {
    const std::string why = connect_failure(easy, code, attempt.short_of_sockets);
    return failed(TransportFailure::connect,
                  request.proxy ? "cannot connect to the proxy " + proxy + " on the way to " + server + why
                                : "cannot connect to " + server + why);
  }
  if (is_tls(code)) {
    return failed(TransportFailure::tls,
                  "TLS with " + server + " failed: " + words + tls_advice(easy, code, words, attempt.tls));
  }
  if (code == CURLE_URL_MALFORMAT) {
    return failed(TransportFailure::unsupported, "libcurl can't take the URL of " + server);
  }
  if (request.proxy && request.server.secure() && code != CURLE_OUT_OF_MEMORY) {
    const int status = attempt.tunnel.status();
    return TransportError::proxy_refused(status >= 300 ? status : 0, proxy_failure(attempt, words), Sent::no);
  }
  return failed(TransportFailure::io, "the request to " + server + " could not begin: " + words);
}

}  // namespace

TransportError describe(CURL* easy, CURLcode code, std::string_view words, const Attempt& attempt,
                        const Progress& progress) {
  const std::string readable_words = readable(words, code);
  if (!progress.request_began) return describe_setup(easy, code, readable_words, attempt);

  const std::string server = endpoint_name(attempt.request.server);
  const std::string answer = "the answer from " + server;
  const auto failed = [&](TransportFailure failure, std::string message) {
    return TransportError(failure, std::move(message), progress.request_sent ? Sent::maybe : Sent::no);
  };
  if (progress.died_reused) {
    return failed(TransportFailure::closed,
                  server + " closed the re-used connection without an answer; whether it took the request is unknown");
  }
  switch (code) {
    case CURLE_OK:  // as libcurl sees it, a connection that ends inside the head is an answer
    case CURLE_GOT_NOTHING:
      return failed(TransportFailure::closed, server + " closed the connection without a complete answer");
    case CURLE_PARTIAL_FILE:
      return failed(TransportFailure::closed, answer + " ended before its announced end: " + readable_words);
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9, or no HTTP at all: the scheme was checked before
    case CURLE_BAD_CONTENT_ENCODING:
      return failed(TransportFailure::protocol, answer + " breaks HTTP: " + readable_words);
#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE:
#else
    case CURLE_OUT_OF_MEMORY:  // before 8.6 what is too large has no code of its own
#endif
      if (progress.answer_began) {
        return failed(TransportFailure::limit, answer +
                                                   " is compressed, and a few bytes of it grow to more than "
                                                   "libcurl keeps for its reader (64 MiB)" +
                                                   kOrNoMemory);
      }
      return failed(TransportFailure::limit,
                    answer + " has a header line longer than libcurl takes (100 KiB), whatever max_header_bytes is" +
                        kOrNoMemory);
    case CURLE_RECV_ERROR:
      if (words.find("chunk") == std::string_view::npos) break;
      return failed(TransportFailure::protocol, answer + " has a broken chunk: " + readable_words);
    default:
      break;
  }
  return failed(TransportFailure::io, "the exchange with " + server + " failed: " + readable_words);
}

}  // namespace signalr::curl
