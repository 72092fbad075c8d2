;; options: --metering
;; A charge at the start of each segment, and for what a bulk operator does right before it.
(module (import "env" "host" (func $host)) (memory 1)
  (func (export "loop") (param i32) (result i32)
    (loop $again
      (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 0))
  (func (export "call") (param i32)
    (if (local.get 0) (then (call $host)))
    (memory.fill (i32.const 0) (i32.const 7) (local.get 0))))
