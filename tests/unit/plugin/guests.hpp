// A guest that behaves like an AssemblyScript plugin, or, where its test says
// so, lies. Written in WebAssembly text, so that every byte is known.
#pragma once

#include <string>
#include <string_view>

namespace tenon::plugin {

// `__new` allocates upwards from 1024 and never frees; a size of 0x2000 or more
// makes it grow the memory, and trap where that fails. The guest's knobs:
//   lie      where not 0, what malloc and __new return instead (from the call
//            number lie_from on, counting from 0)
//   answer   where not 0, what transform returns instead
//   trap_in  which traps: 1 __new, 2 __pin, 3 __unpin, 4 __collect
//   pins     __pin calls less __unpin calls;  most_pins  the highest so far
//   collected  __collect calls
// transform returns its second argument, init and swallow nothing.
inline std::string assemblyscript_guest(std::string_view more = "") {
  return std::string(R"((module
  (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
  (import "env" "trace" (func $trace (param i32 i32 f64 f64 f64 f64 f64)))
  (import "env" "seed" (func $seed (result f64)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 1024))
  (global $lie (export "lie") (mut i32) (i32.const 0))
  (global $lie_from (export "lie_from") (mut i32) (i32.const 0))
  (global $allocations (export "allocations") (mut i32) (i32.const 0))
  (global $answer (export "answer") (mut i32) (i32.const 0))
  (global $pins (export "pins") (mut i32) (i32.const 0))
  (global $most_pins (export "most_pins") (mut i32) (i32.const 0))
  (global $collected (export "collected") (mut i32) (i32.const 0))
  (global $trap_in (export "trap_in") (mut i32) (i32.const 0))
  (func $maybe_trap (param $which i32)
    (if (i32.eq (global.get $trap_in) (local.get $which)) (then unreachable)))
  (func $new (export "__new") (param $size i32) (param $class i32) (result i32)
    (local $pointer i32)
    (call $maybe_trap (i32.const 1))
    (global.set $allocations (i32.add (global.get $allocations) (i32.const 1)))
    (if (i32.and (i32.ne (global.get $lie) (i32.const 0))
                 (i32.gt_u (global.get $allocations) (global.get $lie_from)))
      (then (return (global.get $lie))))
    (local.set $pointer (i32.add (global.get $top) (i32.const 16)))
    (global.set $top (i32.and (i32.add (i32.add (local.get $pointer) (local.get $size)) (i32.const 15))
                              (i32.const -16)))
    (block $fits
      (br_if $fits (i32.le_u (global.get $top) (i32.shl (memory.size) (i32.const 16))))
      (br_if $fits (i32.ne (i32.const -1) (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16))
                                                               (i32.const 1)))))
      unreachable)
    (i32.store (i32.sub (local.get $pointer) (i32.const 8)) (local.get $class))
    (i32.store (i32.sub (local.get $pointer) (i32.const 4)) (local.get $size))
    (local.get $pointer))
  (func $pin (export "__pin") (param i32) (result i32)
    (call $maybe_trap (i32.const 2))
    (global.set $pins (i32.add (global.get $pins) (i32.const 1)))
    (if (i32.gt_s (global.get $pins) (global.get $most_pins)) (then (global.set $most_pins (global.get $pins))))
    (local.get 0))
  (func $unpin (export "__unpin") (param i32)
    (call $maybe_trap (i32.const 3))
    (global.set $pins (i32.sub (global.get $pins) (i32.const 1))))
  (func $collect (export "__collect")
    (call $maybe_trap (i32.const 4))
    (global.set $collected (i32.add (global.get $collected) (i32.const 1))))
  (func (export "init") (param i32))
  (func (export "transform") (param i32 i32) (result i32)
    (if (global.get $answer) (then (return (global.get $answer))))
    (local.get 1))
  (func (export "swallow") (param i32))
  (func (export "null") (param i32) (result i32) (i32.const 0))
  (func (export "trap") (param i32) unreachable)
  (func (export "third") (param i32 i32 i32) (result i32) (local.get 2))
  (func (export "abort") (param i32) (call $abort (local.get 0) (local.get 0) (i32.const 3) (i32.const 14)))
  (func (export "trace") (param i32)
    (call $trace (local.get 0) (i32.const 2) (f64.const 1.5) (f64.const -2) (f64.const 0) (f64.const 0) (f64.const 0)))
  ;; Prints the contents of its argument, of which the length is in the header.
  (func $print_to (param $text i32) (param $descriptor i32)
    (i32.store (i32.const 16) (local.get $text))
    (i32.store (i32.const 20) (i32.load (i32.sub (local.get $text) (i32.const 4))))
    (drop (call $fd_write (local.get $descriptor) (i32.const 16) (i32.const 1) (i32.const 24))))
  (func (export "print") (param i32) (call $print_to (local.get 0) (i32.const 1)))
  (func (export "complain") (param i32)
    (call $print_to (local.get 0) (i32.const 2))
    (call $proc_exit (i32.const 255)))
)") + std::string(more) +
         ")";
}

// The same with `malloc`, by which a plugin says that it wants ArrayBuffers.
inline std::string array_buffer_guest(std::string_view more = "") {
  return assemblyscript_guest(
      "(func (export \"malloc\") (param i32) (result i32) "
      "(call $new (local.get 0) (i32.const 1)))" +
      std::string(more));
}

}  // namespace tenon::plugin
