// What a run of a module did, one event a line, in the words that every engine
// of the comparison is brought to:
//
//   call NAME
//   log i32:0000002a            a value that the guest logged
//   result f64:3ff0000000000000 v128:00000000000000000000000000000001
//   trap integer divide by zero
//   memory 17 5a0c33e1          pages, hash of the contents or their beginning
//
// NAME is the export's, or #7 for the one at place 7 of all exports where the name
// is long, empty or not made of graphic characters. Of a reference only whether
// it is null is told: funcref:null, externref:set.
//
// Numbers are bits in hexadecimal, most significant digit first; a NaN of type
// f32 or f64 is "nan", since which one it is differs between engines rightly.
// Each line is flushed, so that a crash shows how far the run came.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tenon/value.hpp>

namespace tenon::fuzz {

[[nodiscard]] std::string to_text(const Value& value);
[[nodiscard]] std::string to_text(std::span<const Value> values);  // each with a space before it

// Of the first kHashedBytes bytes. The same function is in run_v8.js.
inline constexpr std::size_t kHashedBytes = 32 * 65536;
[[nodiscard]] std::uint32_t hash_memory(std::span<const std::uint8_t> bytes);

// While they are muted, none are written.
void mute_events(bool mute);
void write_event(std::string_view kind, std::string_view text);

}  // namespace tenon::fuzz
