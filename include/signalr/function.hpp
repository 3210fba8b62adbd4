// A move-only callable with 48 bytes of storage inside: what tasks and handlers are passed as.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace signalr {

template <class Signature>
class UniqueFunction;

/// Holds any callable of the given signature, move-only ones too. Callables of up to 48 bytes that
/// move without throwing are kept inside; larger ones cost one allocation. Calling an empty one is
/// undefined; test it with `operator bool` first.
template <class R, class... Args>
class UniqueFunction<R(Args...)> {
 public:
  static constexpr std::size_t kInlineBytes = 48;

  UniqueFunction() noexcept = default;
  UniqueFunction(std::nullptr_t) noexcept {}  // NOLINT(google-explicit-constructor)

  template <class F, class = std::enable_if_t<!std::is_same_v<std::decay_t<F>, UniqueFunction> &&
                                              std::is_invocable_r_v<R, std::decay_t<F>&, Args...>>>
  UniqueFunction(F&& callable) {  // NOLINT(google-explicit-constructor)
    using Callable = std::decay_t<F>;
    if constexpr (fits_inline<Callable>()) {
      ::new (static_cast<void*>(&storage_)) Callable(std::forward<F>(callable));
    } else {
      ::new (static_cast<void*>(&storage_)) Callable*(new Callable(std::forward<F>(callable)));
    }
    ops_ = &kOpsOf<Callable>;
  }

  UniqueFunction(UniqueFunction&& other) noexcept { take(other); }
  UniqueFunction& operator=(UniqueFunction&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  UniqueFunction(const UniqueFunction&) = delete;
  UniqueFunction& operator=(const UniqueFunction&) = delete;
  ~UniqueFunction() { reset(); }

  explicit operator bool() const noexcept { return ops_ != nullptr; }

  R operator()(Args... args) {
    return ops_->call(&storage_, std::forward<Args>(args)...);  // NOLINT(clang-analyzer-core.NullDereference)
  }

 private:
  struct Ops {
    R (*call)(void*, Args&&...);
    void (*relocate)(void* from, void* to) noexcept;  // moves to `to` and ends `from`
    void (*destroy)(void*) noexcept;
  };

  template <class Callable>
  static constexpr bool fits_inline() {
    return sizeof(Callable) <= kInlineBytes && alignof(Callable) <= alignof(std::max_align_t) &&
           std::is_nothrow_move_constructible_v<Callable>;
  }

  template <class Callable>
  static Callable& target(void* storage) noexcept {
    if constexpr (fits_inline<Callable>()) {
      return *std::launder(static_cast<Callable*>(storage));
    } else {
      return **std::launder(static_cast<Callable**>(storage));
    }
  }

  template <class Callable>
  static R call_target(void* storage, Args&&... args) {
    return static_cast<R>(target<Callable>(storage)(std::forward<Args>(args)...));
  }

  template <class Callable>
  static void relocate_target(void* from, void* to) noexcept {
    if constexpr (fits_inline<Callable>()) {
      Callable& callable = target<Callable>(from);
      ::new (to) Callable(std::move(callable));
      callable.~Callable();  // NOLINT(bugprone-use-after-move): its end
    } else {
      ::new (to) Callable*(&target<Callable>(from));
    }
  }

  template <class Callable>
  static void destroy_target(void* storage) noexcept {
    if constexpr (fits_inline<Callable>()) {
      target<Callable>(storage).~Callable();
    } else {
      delete &target<Callable>(storage);
    }
  }

  template <class Callable>
  static constexpr Ops kOpsOf{&call_target<Callable>, &relocate_target<Callable>, &destroy_target<Callable>};

  void take(UniqueFunction& other) noexcept {
    if (other.ops_ == nullptr) return;
    other.ops_->relocate(&other.storage_, &storage_);
    ops_ = std::exchange(other.ops_, nullptr);
  }

  void reset() noexcept {
    if (const Ops* ops = std::exchange(ops_, nullptr)) ops->destroy(&storage_);
  }

  std::aligned_storage_t<kInlineBytes, alignof(std::max_align_t)> storage_;
  const Ops* ops_ = nullptr;
};

}  // namespace signalr
