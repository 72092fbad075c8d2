// A copy of an artifact that nobody can change, to be loaded in its place.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include <tenon/error.hpp>

#include "runtime/memory/image.hpp"

namespace tenon::runtime {

// The first `size` bytes of a file in memory, sealed; fewer where it has no more. `name` is for
// messages. Errors, phase load: io, out_of_resources.
[[nodiscard]] std::expected<std::shared_ptr<const File>, Error> sealed_copy(const File& file,
                                                                            const std::string& name,
                                                                            std::uint64_t size);

// The same of a whole file. A file that is no artifact is refused before it is copied, whatever
// its size; what counts is whether the copy is one, since the file may change meanwhile. So
// check that before it is loaded.
[[nodiscard]] std::expected<std::shared_ptr<const File>, Error> copy_of_artifact(const File& file,
                                                                                 const std::string& name);

}  // namespace tenon::runtime
