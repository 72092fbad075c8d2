// An artifact on disk, read without running any of it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "artifact/note.hpp"
#include "base/sha256.hpp"

namespace tenon::artifact {

struct CheckedNote {
  Note note;
  base::Sha256 payload_sha256{};  // the descriptor in the loaded code must carry the same
};

enum class ForMachine : std::uint8_t { this_one, any };

// All the checks of read_artifact_info on an open file; `name` is for messages. For any machine:
// all but whether it can run on this one. The file position is neither used nor changed.
[[nodiscard]] std::expected<CheckedNote, Error> check_artifact(int fd, const std::string& name,
                                                               ForMachine machine = ForMachine::this_one);

}  // namespace tenon::artifact
