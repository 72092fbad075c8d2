// What a guest's descriptors stand for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wasi/errno.hpp"
#include "wasi/files/handle.hpp"
#include "wasi/table/rights.hpp"

namespace tenon::wasi {

// An open descriptor. Its rights only ever shrink.
struct Descriptor {
  enum class Kind : std::uint8_t { input, output, error, file, directory };

  Kind kind;
  Rights base = 0;                         // of the descriptor itself
  Rights inheriting = 0;                   // the most that what is opened below it can have
  std::uint16_t flags = 0;                 // fdflags, as the guest set them
  std::shared_ptr<const Handle> handle{};  // of a file or directory
  // Which of the descriptors that the guest starts with; none where it was opened later.
  std::optional<std::uint32_t> given{};
  std::shared_ptr<const std::string> guest_name{};  // of a directory that was given

  [[nodiscard]] bool is_stream() const { return handle == nullptr; }
  [[nodiscard]] bool is_directory() const { return kind == Kind::directory; }
  [[nodiscard]] bool has(Rights wanted) const { return (base & wanted) == wanted; }
};

// The guest chooses the numbers and may ask for any.
class DescriptorTable {
 public:
  // Holds at most so many.
  explicit DescriptorTable(std::uint32_t limit) : limit_(limit) {}

  // Null where it is closed or never was. Valid until the table changes.
  [[nodiscard]] Descriptor* find(std::uint32_t number) {
    return number < descriptors_.size() && descriptors_[number] ? &*descriptors_[number] : nullptr;
  }
  // The descriptor, if it is open and has all these rights. Errors: bad_descriptor, not_capable.
  [[nodiscard]] Result<Descriptor*> find(std::uint32_t number, Rights wanted);
  // The same of a directory or a file; not_directory or bad_descriptor where it is neither.
  [[nodiscard]] Result<Descriptor*> find_directory(std::uint32_t number, Rights wanted);
  [[nodiscard]] Result<Descriptor*> find_file(std::uint32_t number, Rights wanted);

  // Opens it under the lowest number that is free. Errors: too_many_descriptors.
  [[nodiscard]] Result<std::uint32_t> add(Descriptor descriptor);
  [[nodiscard]] Result<void> close(std::uint32_t number);
  // Closes `to` and gives its number to `from`, with all its rights. Errors: bad_descriptor.
  [[nodiscard]] Result<void> renumber(std::uint32_t from, std::uint32_t to);
  [[nodiscard]] bool is_full() const;

  // By number; for the state that a snapshot holds.
  [[nodiscard]] const std::vector<std::optional<Descriptor>>& all() const { return descriptors_; }
  void replace(std::vector<std::optional<Descriptor>> descriptors) {
    descriptors_ = std::move(descriptors);
    has_changed_ = false;
  }
  // Whether anything may be different since `replace`.
  [[nodiscard]] bool has_changed() const { return has_changed_; }
  // By whoever changes a descriptor that was found.
  void note_change() { has_changed_ = true; }

 private:
  std::uint32_t limit_;
  bool has_changed_ = false;
  std::vector<std::optional<Descriptor>> descriptors_;
};

}  // namespace tenon::wasi
