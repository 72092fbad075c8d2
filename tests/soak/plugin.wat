;; Gives its payload back. One that begins with t traps, and one with l never ends. It takes
;; texts as ArrayBuffers, and every thousandth object makes its memory grow.
(module
  (memory (export "memory") 1)
  (global $slot (mut i32) (i32.const 1024))
  (global $objects (mut i32) (i32.const 0))
  (func (export "malloc") (param $size i32) (result i32)
    (global.set $slot (i32.sub (i32.const 33792) (global.get $slot)))  ;; 1024 and 32768, in turn
    (global.set $objects (i32.add (global.get $objects) (i32.const 1)))
    (if (i32.eqz (i32.rem_u (global.get $objects) (i32.const 1000)))
      (then (if (i32.lt_u (memory.size) (i32.const 16)) (then (drop (memory.grow (i32.const 1)))))))
    (i32.store (i32.sub (global.get $slot) (i32.const 8)) (i32.const 1))
    (i32.store (i32.sub (global.get $slot) (i32.const 4)) (local.get $size))
    (global.get $slot))
  (func (export "transform") (param $key i32) (param $payload i32) (result i32)
    (if (i32.eq (i32.load8_u (local.get $payload)) (i32.const 0x74)) (then unreachable))
    (if (i32.eq (i32.load8_u (local.get $payload)) (i32.const 0x6C)) (then (loop $again (br $again))))
    (local.get $payload)))
