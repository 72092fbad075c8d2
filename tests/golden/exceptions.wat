;; A module with a try: calls may throw, and those inside it have a landing pad.
(module
  (tag $problem (param i32))
  (func $throws (param i32) (throw $problem (local.get 0)))
  (func (export "catch") (param i32) (result i32)
    (try (result i32)
      (do (call $throws (local.get 0)) (i32.const 0))
      (catch $problem)
      (catch_all (i32.const -1))))
  (func (export "pass") (param i32) (call $throws (local.get 0))))
