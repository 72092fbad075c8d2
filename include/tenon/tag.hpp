// Tags, which tell exceptions of one kind from others (proposal exception-handling).
#pragma once

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/types.hpp>

namespace tenon TENON_API {

// Instances that import the same tag catch each other's exceptions.
// A handle: a small value that may be copied. Valid while its store lives; using it
// after that is undefined. Used by one thread at a time, as its store is.
class Tag {
 public:
  [[nodiscard]] TagType type() const;

 private:
  friend struct runtime::Access;
  explicit Tag(runtime::TagImpl* impl) : impl_(impl) {}

  runtime::TagImpl* impl_;
};

}  // namespace tenon
