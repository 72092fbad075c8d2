;; Aligned first, then inside; sequentially consistent; a plain load of a shared memory is frozen.
(module (memory 1 1 shared)
  (func (export "add") (param i32 i32) (result i32) (i32.atomic.rmw.add offset=4 (local.get 0) (local.get 1)))
  (func (export "swap8") (param i32 i32 i32) (result i32)
    (i32.atomic.rmw8.cmpxchg_u (local.get 0) (local.get 1) (local.get 2)))
  (func (export "plain") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "wake") (param i32) (result i32) (memory.atomic.notify (local.get 0) (i32.const 1))))
