;; Immutable ones are constants, own ones are cells of the instance, imported ones are behind a pointer.
(module
  (import "host" "g" (global $theirs (mut i32)))
  (global $constant i32 (i32.const 7))
  (global $own (mut i64) (i64.const 1))
  (func (export "count") (result i64)
    (global.set $theirs (i32.add (global.get $theirs) (global.get $constant)))
    (global.set $own (i64.add (global.get $own) (i64.const 1)))
    (global.get $own)))
