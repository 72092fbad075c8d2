// What compiling a module, or checking an artifact, may take before it is ended with an error. The line in
// docs/limits.md thus holds for every module, even where LLVM meets a shape that nobody
// has thought of. Real code takes a tenth of it on a slow machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tenon::tools {

struct ChildLimits {
  std::uint64_t seconds = 0;  // of processor time, of all threads; 0: no limit of ours
  std::uint64_t bytes = 0;    // of memory that is written to (RLIMIT_DATA); 0: likewise
  // What the user chose, in place of what the module's size gives; for messages.
  bool seconds_are_chosen = false, bytes_are_chosen = false;
  std::string_view doing = "compiling";
  bool is_optimising = true;  // so that -O0 may take less

  // What a module, or an artifact, of so many bytes may take.
  [[nodiscard]] static ChildLimits of(std::size_t input_bytes);

  // Called in the child. Only lowers the limits that are in force already.
  void apply() const;
  // One line about a child that ended by SIGXCPU, or for want of memory.
  [[nodiscard]] std::string why_out_of_time(std::size_t input_bytes) const;
  [[nodiscard]] std::string why_out_of_memory(std::size_t input_bytes) const;
  // Where the system has no more: the end of such a line, if there is anything to try.
  [[nodiscard]] std::string_view how_to_take_less() const;

 private:
  [[nodiscard]] std::string over(const std::string& what, std::size_t input_bytes, const std::string& option,
                                 bool is_chosen) const;
};

}  // namespace tenon::tools
