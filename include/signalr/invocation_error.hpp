// The errors of hub calls. Names as in the Go library.
#pragma once

#include <optional>
#include <string>

#include <signalr/error_base.hpp>
#include <signalr/export.hpp>
#include <signalr/raw_json.hpp>

namespace signalr {

/// A call of a hub method failed: by the server's word, which is in `server_text()` (P§6.3), and in `what()` as one
/// line; or because the connection was lost or closed meanwhile: then there is a `cause()`, and the method may have run
/// (P§7.6).
class SIGNALR_API InvocationError : public ErrorType<InvocationError> {
 public:
  /// The server's.
  InvocationError(std::string method, std::string id, std::string server_text, bool hub_error,
                  std::optional<RawJson> data);
  /// Ours.
  InvocationError(std::string method, std::string id, const char* why, ErrorPtr cause);
  ~InvocationError() override;

  const std::string& method() const noexcept { return method_; }
  const std::string& id() const noexcept { return id_; }
  /// Whether the method threw a HubException, whose text is meant for clients; texts of other exceptions are hidden by
  /// the server unless it has detailed errors switched on.
  bool hub_error() const noexcept { return hub_error_; }
  /// The HubException's data (`D`), if it had any.
  const std::optional<RawJson>& data() const noexcept { return data_; }

 private:
  std::string method_;
  std::string id_;
  bool hub_error_ = false;
  std::optional<RawJson> data_;
};

/// There is a live stream of that method already.
class SIGNALR_API DuplicateCallbackError : public ErrorType<DuplicateCallbackError> {
 public:
  DuplicateCallbackError(std::string hub, std::string method);
  ~DuplicateCallbackError() override;
  const std::string& hub() const noexcept { return hub_; }
  const std::string& method() const noexcept { return method_; }

 private:
  std::string hub_;
  std::string method_;
};

}  // namespace signalr
