// Tags, which tell exceptions of one kind from others (proposal exception-handling).
//
//   tenon::Tag failure = store.create_tag({.type = {{tenon::ValueType::i32}, {}}});
//   imports.define("env", "failure", failure);       // each guest that imports it catches the others'
//
// Hosts neither throw nor catch guests' exceptions: what no guest catches ends the call
// with ErrorCode::uncaught_exception.
#pragma once

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/types.hpp>

namespace tenon TENON_API {

// Instances that import the same tag catch each other's exceptions. Two tags are the same
// where they came from the same Store::create_tag or the same definition in an instance; that
// their types are equal means nothing.
// A handle: a small value that may be copied. Valid while its store lives; using it
// after that is undefined. Used by one thread at a time, as its store is.
class Tag {
 public:
  // What an exception of it carries.
  [[nodiscard]] TagType type() const;

 private:
  friend struct runtime::Access;
  explicit Tag(runtime::TagImpl* impl) : impl_(impl) {}

  runtime::TagImpl* impl_;
};

}  // namespace tenon
