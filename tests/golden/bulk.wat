;; Small fills and copies have a helper of their own; the rest are builtins.
(module (memory 1) (data $d "abc")
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param i32 i32) (memory.copy (local.get 0) (local.get 1) (i32.const 16)))
  (func (export "init") (param i32) (memory.init $d (local.get 0) (i32.const 0) (i32.const 3)) (data.drop $d)))
