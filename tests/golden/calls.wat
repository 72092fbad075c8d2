;; Host functions through thunks; a table that nothing changes; one that may change.
(module
  (import "host" "log" (func $log (param i32)))
  (import "host" "pair" (func $pair (param f64) (result f64 i64)))
  (table $fixed 2 2 funcref)
  (table $open (export "open") 2 funcref)
  (elem (table $fixed) (i32.const 0) func $one $two)
  (func $one (result i32) (i32.const 1))
  (func $two (result i32) (i32.const 2))
  (func (export "host") (param f64) (result f64 i64) (call $log (i32.const 7)) (call $pair (local.get 0)))
  (func (export "fixed") (param i32) (result i32) (call_indirect $fixed (result i32) (local.get 0)))
  (func (export "open call") (param i32) (result i32) (call_indirect $open (result i32) (local.get 0))))
