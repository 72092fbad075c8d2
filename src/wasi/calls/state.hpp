// What the functions of one Imports' WASI share.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tenon/error.hpp>
#include <tenon/snapshot.hpp>
#include <tenon/wasi.hpp>

#include "wasi/files/file_system.hpp"
#include "wasi/table/descriptor_table.hpp"

namespace tenon::wasi {

// A descriptor that the guest started with, in terms that mean the same in another State.
struct SavedDescriptor {
  std::uint32_t given;
  Rights base, inheriting;
  std::uint16_t flags;
};

// Snapshots have the descriptors that the guest started with, as far as it has closed or
// renumbered them, or given up rights; the options are the host's. A file that the guest
// opened has a position and a content that a snapshot cannot hold, so there is none while one is
// open; and going back to a snapshot closes what was opened since.
class State final : public SnapshotState {
 public:
  // Errors: of a directory that cannot be opened, in phase link.
  [[nodiscard]] static std::expected<std::shared_ptr<State>, Error> make(WasiOptions options,
                                                                         std::shared_ptr<FileSystem> files);

  [[nodiscard]] std::string why_not_now() const override;
  [[nodiscard]] std::shared_ptr<const void> save() const override;
  void restore(const std::shared_ptr<const void>& saved) override;

  const WasiOptions options;
  const std::shared_ptr<FileSystem> files;
  DescriptorTable descriptors;

 private:
  State(WasiOptions options_given, std::shared_ptr<FileSystem> files_used, std::vector<Descriptor> given);

  [[nodiscard]] std::optional<Descriptor> restored(const std::optional<SavedDescriptor>& saved) const;

  std::vector<Descriptor> given_;         // what the guest starts with
  std::shared_ptr<const void> restored_;  // what `descriptors` were set to last
};

}  // namespace tenon::wasi
