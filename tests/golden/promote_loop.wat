;; The vectorised llvm.canonicalize fills whole registers.
(module (memory 1)
  (func (export "promote") (param $from i32) (param $to i32) (param $n i32)
    (loop $next
      (f64.store (local.get $to) (f64.promote_f32 (f32.load (local.get $from))))
      (local.set $from (i32.add (local.get $from) (i32.const 4)))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
