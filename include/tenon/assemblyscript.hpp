// What can be chosen of AssemblyScript's protocol: how texts cross, and when the plugin's
// memory is cleaned up (the AssemblyScript book, "Runtime").
//
//   auto options = tenon::PluginOptions{}.assemblyscript({.collect = tenon::CollectPolicy::every(100)});
//
// Plain values. The plugin has to export its runtime (asc --exportRuntime), or a `malloc`
// that makes ArrayBuffers.
#pragma once

#include <cstdint>

#include <tenon/api.hpp>

namespace tenon TENON_API {

// When the plugin's own garbage collector runs: AssemblyScript's __collect, at the end of a
// call of a text function that succeeded. For a plugin that does not export it nothing is
// done. Collecting takes time in proportion to what the plugin keeps; what it leaves behind
// until then takes memory. Plugin::collect does it at any other time.
struct CollectPolicy {
  enum class Kind : std::uint8_t { every, on_growth, never } kind = Kind::every;
  std::uint32_t calls = 1;  // of `every`: how many calls there are from one collection to the next
  static CollectPolicy every(std::uint32_t calls = 1) { return {Kind::every, calls}; }
  // After a call at whose end the plugin's memory is larger than when the collector last
  // ran, or than at load.
  static CollectPolicy on_growth() { return {Kind::on_growth, 1}; }
  // Not unless asked to: for plugins that collect by themselves, or that live for a few calls.
  static CollectPolicy never() { return {Kind::never, 1}; }
};

// What a text is in the plugin, as an argument. Nothing in a module says so: to WebAssembly
// both are numbers, and AssemblyScript does not check the class of an argument. As a result
// either is understood, since each object says what it is.
enum class TextType : std::uint8_t {
  // ArrayBuffer where the plugin exports `malloc`, else string. That is a guess: a result of
  // the other type shows that it was wrong, and is an error (protocol) that says what to set.
  automatic,
  array_buffer,  // UTF-8 bytes in an ArrayBuffer
  string,        // an AssemblyScript string: UTF-16LE
};

// See PluginOptions::assemblyscript.
struct AssemblyScriptOptions {
  CollectPolicy collect{};
  TextType text_type = TextType::automatic;
};

}  // namespace tenon
