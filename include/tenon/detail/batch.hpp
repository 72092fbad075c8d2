// Calls that share a deadline (Store::with_deadline). Nothing here is for users.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/error.hpp>

namespace tenon TENON_API {
namespace detail {

// Between its making and its end, all calls of the store's host are in it.
class OpenBatch {
 public:
  OpenBatch(runtime::StoreImpl* store, std::chrono::nanoseconds limit);
  ~OpenBatch();
  OpenBatch(const OpenBatch&) = delete;
  OpenBatch& operator=(const OpenBatch&) = delete;

  // Why there is none.
  [[nodiscard]] Failure take_failure() { return std::move(failure_); }

 private:
  std::shared_ptr<runtime::Interruption> interruption_;
  std::int64_t outer_end_ = 0;
  std::chrono::nanoseconds outer_limit_{0};
  Failure failure_;
};

template <typename R>
struct BatchResultOf {
  using type = std::expected<R, Error>;
};
template <typename R>
struct BatchResultOf<std::expected<R, Error>> {
  using type = std::expected<R, Error>;
};
template <typename Work>
using BatchResult = typename BatchResultOf<std::invoke_result_t<Work&&>>::type;

template <typename Work>
BatchResult<Work> run_batch(runtime::StoreImpl* store, std::chrono::nanoseconds limit, Work&& work) {
  OpenBatch batch(store, limit);
  if (auto failure = batch.take_failure()) return std::unexpected(std::move(*failure));
  if constexpr (std::is_void_v<std::invoke_result_t<Work&&>>) {
    std::invoke(std::forward<Work>(work));
    return {};
  } else {
    return std::invoke(std::forward<Work>(work));
  }
}

}  // namespace detail
}  // namespace tenon
