;; options: --strict
;; A load that only traps stays, and so does the order of stores and traps.
(module (memory 1)
  (func (export "dead_load") (param i32) (drop (i32.load (local.get 0))))
  (func (export "store_then_trap") (param i32)
    (i32.store (i32.const 0) (i32.const 1))
    (if (local.get 0) (then unreachable))
    (i32.store (i32.const 0) (i32.const 2))))
