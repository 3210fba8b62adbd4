// One request inside libcurl: its easy handle, and the callbacks that feed its Answer. On curl's thread only.
#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string_view>

#include <signalr/tls_options.hpp>

#include "answer.hpp"
#include "failure.hpp"
#include "head_parser.hpp"
#include "look_up.hpp"
#include "request.hpp"
#include "sockets.hpp"

namespace signalr::curl {

class Transfer {
 public:
  /// On any thread; libcurl hears of it in `open`.
  Transfer(Request request, std::shared_ptr<const TlsOptions> tls, std::shared_ptr<Answer> answer)
      : request_(std::move(request)),
        tls_(std::move(tls)),
        answer_(std::move(answer)),
        head_(request_.http.max_header_bytes),
        tunnel_(request_.http.max_header_bytes) {}

  /// Connections that were idle for so long are not used again.
  static constexpr long kMaxIdleSeconds = 30;
  static CURLcode set_max_idle(CURL* easy);

  /// Makes the handle, ready to be added. Null when libcurl refuses; then the answer has ended with an error.
  CURL* open(Sockets& sockets);
  CURL* easy() const noexcept { return easy_.get(); }
  static Transfer* of(CURL* easy);

  /// Where libcurl would look a name up, its part ends; looked up elsewhere, it begins again with the addresses.
  bool wants_name() const noexcept { return wants_name_; }
  const std::string& name() const noexcept { return name_; }
  bool by_proxy() const noexcept { return request_.proxy.has_value(); }
  void set_addresses(const Addresses& addresses);

  /// Tells the answer how it ended.
  void finish(CURLcode code);
  /// The same where libcurl can't go on.
  void give_up(std::string_view why);

  /// After the end, before `close`.
  int idle_connections() const { return user_->idle(); }
  /// Once more added, it takes an idle connection to its server and closes that: libcurl has no other way to close one.
  void become_closing() noexcept {
    closes_ = true;
    has_closed_ = false;
  }
  bool closes() const noexcept { return closes_; }
  bool has_closed() const noexcept { return has_closed_; }

  /// Gives the handle back. Until then it must not be in use by a multi handle.
  void close() noexcept {
    easy_.reset();
    headers_.reset();
    addresses_.reset();
    user_.reset();
  }

 private:
  struct FreeEasy {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
  };
  struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };

  template <class Value>
  void set(CURLoption option, Value value);
  void set_request();
  void add_header(const std::string& line);
  void set_single_sending();
  void set_proxy();
  void set_answer();

  template <class Take>
  std::size_t take(Take take) noexcept;
  bool may_begin();
  bool may_look_up();
  bool begin();
  long written() const;
  bool note_written();
  std::size_t on_header(std::string_view line);
  std::size_t on_tunnel_header(std::string_view line);
  std::size_t refused_by_proxy();
  std::size_t on_body(std::string_view data);
  std::size_t fail(TransportFailure failure, const std::string& message);

  const Request request_;
  const std::shared_ptr<const TlsOptions> tls_;
  const std::shared_ptr<Answer> answer_;
  HeadParser head_;
  HeadParser tunnel_;  // the proxy's answer to CONNECT
  Progress progress_;
  long written_before_ = 0;              // when the request began
  std::optional<TransportError> fault_;  // found by us; libcurl only says that a callback failed
  bool no_memory_ = false;               // for what came
  CURLcode refused_option_ = CURLE_OK;
  std::array<char, CURL_ERROR_SIZE> words_{};
  std::string name_;  // of the next hop; empty: it is an address
  bool wants_name_ = false;
  bool closes_ = false;
  bool has_closed_ = false;
  std::optional<Sockets::User> user_;
  std::unique_ptr<curl_slist, FreeList> headers_;
  std::unique_ptr<curl_slist, FreeList> addresses_;
  std::unique_ptr<CURL, FreeEasy> easy_;  // before what it uses goes
};

}  // namespace signalr::curl
