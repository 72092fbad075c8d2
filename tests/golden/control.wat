;; Blocks, loops and ifs without a try: every function and call is nounwind.
(module
  (func $collatz (export "collatz") (param i32) (result i32) (local $steps i32)
    (block $done
      (loop $next
        (br_if $done (i32.le_u (local.get 0) (i32.const 1)))
        (if (i32.and (local.get 0) (i32.const 1))
          (then (local.set 0 (i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 1))))
          (else (local.set 0 (i32.shr_u (local.get 0) (i32.const 1)))))
        (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
        (br $next)))
    (local.get $steps))
  (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                     (call $fib (i32.sub (local.get 0) (i32.const 2))))))))
