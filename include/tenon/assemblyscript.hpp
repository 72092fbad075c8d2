// What can be chosen of AssemblyScript's protocol.
//
//   options.assemblyscript({.collect = tenon::CollectPolicy::every(100)});
#pragma once

#include <cstdint>

#include <tenon/api.hpp>

namespace tenon TENON_API {

// When the plugin's own garbage collector runs: AssemblyScript's __collect. For a
// plugin that does not export it nothing is done.
struct CollectPolicy {
  enum class Kind : std::uint8_t { every, on_growth, never } kind = Kind::every;
  std::uint32_t calls = 1;  // every: after each `calls` calls
  static CollectPolicy every(std::uint32_t calls = 1) { return {Kind::every, calls}; }
  // After a call in which the plugin's memory grew.
  static CollectPolicy on_growth() { return {Kind::on_growth, 1}; }
  static CollectPolicy never() { return {Kind::never, 1}; }
};

// What a text is in the plugin, as an argument and as a result.
enum class TextType : std::uint8_t {
  automatic,     // ArrayBuffer where the plugin exports `malloc`, else string
  array_buffer,  // UTF-8 bytes in an ArrayBuffer
  string,        // an AssemblyScript string: UTF-16LE
};

struct AssemblyScriptOptions {
  CollectPolicy collect{};
  TextType text_type = TextType::automatic;
};

}  // namespace tenon
