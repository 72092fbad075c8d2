// A tag: what tells exceptions of one kind from others.
#pragma once

#include <tenon/types.hpp>

#include "artifact/abi.hpp"
#include "base/type_registry.hpp"

namespace tenon::runtime {

class StoreImpl;

// Guest code and exceptions know it by its address.
struct TagImpl : artifact::TagRecord {
  // The store uses the type.
  TagImpl(StoreImpl* owner, std::uint32_t type) : artifact::TagRecord{.type_id = type}, store(owner) {}
  TagImpl(const TagImpl&) = delete;
  TagImpl& operator=(const TagImpl&) = delete;

  [[nodiscard]] TagType type() const { return {base::type_of_id(type_id)}; }

  StoreImpl* store;
};

}  // namespace tenon::runtime
