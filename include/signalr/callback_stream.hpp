// The calls that a server makes of one method, to be read one after the other.
#pragma once

#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <signalr/call_options.hpp>
#include <signalr/export.hpp>
#include <signalr/function.hpp>
#include <signalr/json.hpp>
#include <signalr/raw_json.hpp>
#include <signalr/result.hpp>

namespace signalr {

namespace detail::hub {
class StreamCore;
}  // namespace detail::hub

/// What happens when a stream's reader is too slow; other streams never notice, except with push_back.
enum class OverflowPolicy {
  end,          ///< over capacity for longer than `patience`, or over `max_bytes`: it ends with LimitError
  drop_oldest,  ///< the oldest calls go; on_error is told at the first of them, and again once the stream was empty
  push_back,    ///< reading from the network stops: all of the connection waits, the answers to calls included
};

struct StreamOptions {
  std::size_t capacity = 16;                 ///< calls that wait to be read
  std::size_t max_bytes = 16 * 1024 * 1024;  ///< of memory that they take
  OverflowPolicy overflow = OverflowPolicy::end;
  Duration patience = std::chrono::seconds(10);  ///< for OverflowPolicy::end; Go: MaxMessageProcessDuration
};

/// One call that was read: its arguments, owned.
struct HubCall {
  std::string hub;
  std::string method;
  std::vector<RawJson> args;
};

/// Movable; destroying it closes it. Any thread may read; readers that wait at the same time are served in turn.
class SIGNALR_API CallbackStream {
 public:
  using RawHandler = UniqueFunction<void(Result<HubCall>)>;

  /// For Client's use.
  explicit CallbackStream(std::shared_ptr<detail::hub::StreamCore> core) noexcept;
  /// What was moved from is empty: it can be assigned to, all else throws UsageError.
  CallbackStream(CallbackStream&&) noexcept;
  CallbackStream& operator=(CallbackStream&&) noexcept;
  ~CallbackStream();

  /// Waits for the next call and decodes as many of its arguments as are asked for; none discards them. Throws
  /// DecodeError when the call has fewer, or one can't be decoded (the call is gone then, the next one can be read),
  /// and, once all calls were read, why the stream ended: LimitError, ReadError when the connection is over,
  /// DeadlineError or CanceledError of `callback`, CanceledError after `close`, ConnectionGone. Not on the connection's
  /// executor, unless the stream has ended.
  template <class... Args>
  void read(Args&... args) {
    decode(read_raw(), args...);
  }
  /// The same undecoded. Throws DeadlineError and CanceledError of `options`, too, and then takes no call.
  HubCall read_raw(const CallOptions& options = {});
  /// Decodes a call's arguments as `read` does: for what `read_raw` and `async_read` bring.
  template <class... Args>
  static void decode(const HubCall& call, Args&... args) {
    std::tie(args...) = decoded<Args...>(call);  // all or nothing
  }
  /// The same as values.
  template <class... Args>
  static std::tuple<Args...> decoded(const HubCall& call) {
    require_owners<Args...>();
    return decode_all<Args...>(call, std::index_sequence_for<Args...>());
  }
  /// The handler is called once, on the executor.
  void async_read(RawHandler handler, const CallOptions& options = {});

  std::shared_ptr<Executor> executor() const;

  /// No more calls; those that wait are dropped, readers that wait get CanceledError.
  void close();
  /// Why it ended; null while it has not.
  ErrorPtr end_reason() const;

  /// For `for (const HubCall& call : stream)`, which waits for each call, and ends when the stream does, for
  /// whatever reason: see `end_reason`.
  class Iterator;
  struct Sentinel {};
  Iterator begin();
  Sentinel end() noexcept { return {}; }
  /// The same with decoded arguments: `for (auto [name, text] : stream.as<std::string, std::string>())`. A call that
  /// can't be decoded throws as `read` does, and is gone.
  template <class... Args>
  class Decoded;
  template <class... Args>
  Decoded<Args...> as() {
    return Decoded<Args...>(*this);
  }

 private:
  template <class... Args, std::size_t... I>
  static std::tuple<Args...> decode_all(const HubCall& call, std::index_sequence<I...>) {
    try {
      // Braces: the arguments are decoded from left to right.
      return std::tuple<Args...>{decode_argument<Args>(I, argument(call, I))...};
    } catch (const DecodeError& error) {
      fail(call, error);
    }
  }
  static RawJsonView argument(const HubCall& call, std::size_t index) noexcept {
    return index < call.args.size() ? RawJsonView(call.args[index]) : RawJsonView();
  }
  [[noreturn]] static void fail(const HubCall& call, const DecodeError& error);
  const std::shared_ptr<detail::hub::StreamCore>& core() const;

  std::shared_ptr<detail::hub::StreamCore> core_;
};

class CallbackStream::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = HubCall;
  using difference_type = std::ptrdiff_t;
  using pointer = const HubCall*;
  using reference = const HubCall&;

  explicit Iterator(CallbackStream& stream) : stream_(&stream) { ++*this; }
  reference operator*() const { return *call_; }
  pointer operator->() const { return &*call_; }
  Iterator& operator++() {
    call_.reset();
    try {
      call_ = stream_->read_raw();
    } catch (const Error&) {
      if (stream_->end_reason() == nullptr) throw;
    }
    return *this;
  }
  void operator++(int) { ++*this; }
  friend bool operator==(const Iterator& iterator, Sentinel) { return !iterator.call_; }
  friend bool operator!=(const Iterator& iterator, Sentinel) { return iterator.call_.has_value(); }

 private:
  CallbackStream* stream_;
  std::optional<HubCall> call_;
};

inline CallbackStream::Iterator CallbackStream::begin() { return Iterator(*this); }

template <class... Args>
class CallbackStream::Decoded {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::tuple<Args...>;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = value_type;

    explicit Iterator(CallbackStream& stream) : calls_(stream) {}
    value_type operator*() const { return decoded<Args...>(*calls_); }
    Iterator& operator++() {
      ++calls_;
      return *this;
    }
    void operator++(int) { ++calls_; }
    friend bool operator==(const Iterator& iterator, Sentinel end) { return iterator.calls_ == end; }
    friend bool operator!=(const Iterator& iterator, Sentinel end) { return iterator.calls_ != end; }

   private:
    CallbackStream::Iterator calls_;
  };

  explicit Decoded(CallbackStream& stream) noexcept : stream_(&stream) {}
  Iterator begin() const { return Iterator(*stream_); }
  Sentinel end() const noexcept { return {}; }

 private:
  CallbackStream* stream_;
};

}  // namespace signalr
