;; A 64-bit address is compared with the size before the offset is added.
(module (memory i64 1)
  (func (export "near") (param i64) (result i32) (i32.load offset=8 (local.get 0)))
  (func (export "far") (param i64) (result i32) (i32.load offset=0x200000 (local.get 0))))
