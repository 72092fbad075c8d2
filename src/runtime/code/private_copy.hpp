// A copy of an artifact that nobody can change, to be loaded in its place.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include <tenon/error.hpp>

#include "runtime/memory/image.hpp"

namespace tenon::runtime {

// In memory, and sealed. A file that is no artifact is refused before it is copied, whatever
// its size; what counts is whether the copy is one, since the file may change meanwhile. So
// check that before it is loaded. `name` is for messages.
[[nodiscard]] std::expected<std::shared_ptr<const File>, Error> copy_of_artifact(const File& file,
                                                                                 const std::string& name);

}  // namespace tenon::runtime
