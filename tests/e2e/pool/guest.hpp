// Guests that take ArrayBuffers, for pools.
#pragma once

#include <cstdint>
#include <string>

namespace tenon::e2e {

// `init` calls the host. `transform` gives its payload back; one that begins with t traps, with
// l never ends, with b takes some tens of milliseconds, with o is printed, too, and with c gives
// the number of calls that this instance has had, as one digit.
inline constexpr char kEchoGuest[] = R"((module
  (import "env" "init" (func $init))
  (import "wasi_snapshot_preview1" "fd_write" (func $print (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $calls (mut i32) (i32.const 0))
  (global $slot (mut i32) (i32.const 1024))
  (data (i32.const 16) "\01\00\00\00\01\00\00\000")
  (func (export "malloc") (param $size i32) (result i32)
    (global.set $slot (i32.sub (i32.const 33792) (global.get $slot)))  ;; 1024 and 32768, in turn
    (i32.store (i32.sub (global.get $slot) (i32.const 8)) (i32.const 1))
    (i32.store (i32.sub (global.get $slot) (i32.const 4)) (local.get $size))
    (global.get $slot))
  (func (export "init") (param i32) (call $init))
  (func (export "transform") (param $key i32) (param $payload i32) (result i32)
    (local $kind i32) (local $steps i32) (local $number i32)
    (local.set $kind (i32.load8_u (local.get $payload)))
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (if (i32.eq (local.get $kind) (i32.const 0x74)) (then unreachable))
    (if (i32.eq (local.get $kind) (i32.const 0x6C)) (then (loop $again (br $again))))
    (if (i32.eq (local.get $kind) (i32.const 0x6F))
      (then
        (i32.store (i32.const 200) (local.get $payload))
        (i32.store (i32.const 204) (i32.load (i32.sub (local.get $payload) (i32.const 4))))
        (drop (call $print (i32.const 1) (i32.const 200) (i32.const 1) (i32.const 208)))))
    (if (i32.eq (local.get $kind) (i32.const 0x62))
      (then
        (local.set $steps (i32.const 10000000))
        (loop $again
          (local.set $number
            (i32.add (i32.mul (i32.xor (local.get $number) (local.get $steps)) (i32.const 1664525)) (i32.const 1)))
          (br_if $again (local.tee $steps (i32.sub (local.get $steps) (i32.const 1)))))
        (i32.store (i32.const 128) (local.get $number))))
    (if (i32.eq (local.get $kind) (i32.const 0x63))
      (then (i32.store8 (i32.const 24) (i32.add (i32.const 0x30) (global.get $calls))) (return (i32.const 24))))
    (local.get $payload))))";

// Whatever it is asked, it says its version. One that begins with x traps in init.
inline std::string version_guest(char version) {
  return std::string(R"((module
  (memory (export "memory") 1)
  (data (i32.const 16) "\01\00\00\00\01\00\00\00)") +
         version + R"(")
  (func (export "malloc") (param i32) (result i32)
    (i32.store (i32.const 1016) (i32.const 1)) (i32.store (i32.const 1020) (local.get 0)) (i32.const 1024))
  (func (export "init") (param i32)
    (if (i32.eq (i32.load8_u (i32.const 24)) (i32.const 0x78)) (then unreachable)))
  (func (export "transform") (param i32 i32) (result i32) (i32.const 24))))";
}

}  // namespace tenon::e2e
