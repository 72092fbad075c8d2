;; options: --bounds explicit
;; The size is compared in code.
(module (memory 1)
  (func (export "load") (param i32) (result i32) (i32.load offset=4 (local.get 0)))
  (func (export "twice") (param i32) (i32.store (local.get 0) (i32.const 1)) (i32.store offset=4 (local.get 0) (i32.const 2))))
