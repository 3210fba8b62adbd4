#include "failure.hpp"

#include <string>
#include <system_error>

#include "ascii.hpp"

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

bool is_tls(CURLcode code) {
  switch (code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_USE_SSL_FAILED:
      return true;
    default:
      return false;
  }
}

/// Whether they are OpenSSL's words for an answer that is no TLS at all: 3.2 has others than the versions before.
bool is_no_tls(std::string_view words) {
  return words.find("wrong version number") != std::string_view::npos ||
         words.find("packet length too long") != std::string_view::npos;
}
constexpr char kNoTls[] =
    "; the server doesn't speak TLS on this port: perhaps it speaks plain http, and the URL should begin with http:";

std::string proxy_refusal(long status) {
  if (status == 407) return " answered 407: it wants credentials, which go into the proxy's URL as user:password@";
  if (status != 0) return " refused the tunnel with status " + std::to_string(status);
  return " broke the tunnel";
}

/// What happened before the request could begin.
TransportError describe_setup(CURL* easy, CURLcode code, const std::string& words, const Request& request) {
  const std::string server = endpoint_name(request.server);
  const std::string proxy = request.proxy ? endpoint_name(*request.proxy) : std::string();
  const auto failed = [](TransportFailure failure, std::string message) {
    return TransportError(failure, std::move(message), false);
  };
  long tunnel_status = 0;
  curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &tunnel_status);

  if (code == CURLE_COULDNT_RESOLVE_HOST) {
    return failed(TransportFailure::kResolve, "no address was found for the host " + request.server.host +
                                                  ": check its spelling and this machine's name service");
  }
  if (code == CURLE_COULDNT_RESOLVE_PROXY) {
    return failed(TransportFailure::kResolve, "no address was found for the proxy " + proxy);
  }
  if (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT) {
    const std::string why = code == CURLE_OPERATION_TIMEDOUT ? ": no answer in time" : system_reason(easy);
    return failed(TransportFailure::kConnect,
                  request.proxy ? "cannot connect to the proxy " + proxy + " on the way to " + server + why
                                : "cannot connect to " + server + why);
  }
  if (is_tls(code)) {
    return failed(TransportFailure::kTls,
                  "TLS with " + server + " failed: " + words + (is_no_tls(words) ? kNoTls : ""));
  }
  if (code == CURLE_URL_MALFORMAT) {
    return failed(TransportFailure::kUnsupported, "libcurl can't take the URL of " + server);
  }
  if (request.proxy && request.server.secure() && code != CURLE_OUT_OF_MEMORY) {
    return TransportError::proxy_refused(
        static_cast<int>(tunnel_status),
        "the proxy " + proxy + proxy_refusal(tunnel_status) + " on the way to " + server, false);
  }
  return failed(TransportFailure::kIo, "the request to " + server + " could not begin: " + words);
}

}  // namespace

TransportError describe(CURL* easy, CURLcode code, std::string_view words, const Request& request,
                        const Progress& progress) {
  const std::string readable_words = readable(words, code);
  if (!progress.request_began) return describe_setup(easy, code, readable_words, request);

  const std::string server = endpoint_name(request.server);
  const std::string answer = "the answer from " + server;
  const auto failed = [&](TransportFailure failure, std::string message) {
    return TransportError(failure, std::move(message), progress.request_sent);
  };
  if (progress.died_reused) {
    return failed(TransportFailure::kClosed,
                  server + " closed the re-used connection without an answer; whether it took the request is unknown");
  }
  switch (code) {
    case CURLE_OK:  // as libcurl sees it, a connection that ends inside the head is an answer
    case CURLE_GOT_NOTHING:
      return failed(TransportFailure::kClosed, server + " closed the connection without a complete answer");
    case CURLE_PARTIAL_FILE:
      return failed(TransportFailure::kClosed, answer + " ended before its announced end: " + readable_words);
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9, or no HTTP at all: the scheme was checked before
    case CURLE_BAD_CONTENT_ENCODING:
      return failed(TransportFailure::kProtocol, answer + " breaks HTTP: " + readable_words);
    case CURLE_OUT_OF_MEMORY:
#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE:
#endif
      if (progress.answer_began) {
        return failed(TransportFailure::kLimit, answer +
                                                    " is compressed, and a few bytes of it grow to more than "
                                                    "libcurl keeps for its reader (64 MiB)");
      }
      return failed(TransportFailure::kLimit,
                    answer + " has a header line longer than libcurl takes (100 KiB), whatever max_header_bytes is");
    case CURLE_RECV_ERROR:
      if (words.find("chunk") == std::string_view::npos) break;
      return failed(TransportFailure::kProtocol, answer + " has a broken chunk: " + readable_words);
    default:
      break;
  }
  return failed(TransportFailure::kIo, "the exchange with " + server + " failed: " + readable_words);
}

}  // namespace signalr::curl
