;; Signalling NaNs come out quiet, also where LLVM would fold the operator away.
(module
  (func (export "add") (param f64 f64) (result f64) (f64.add (local.get 0) (local.get 1)))
  (func (export "times_one") (param f32) (result f32) (f32.mul (local.get 0) (f32.const 1)))
  (func (export "there_and_back") (param f32) (result f32) (f32.demote_f64 (f64.promote_f32 (local.get 0))))
  (func (export "min") (param f32 f32) (result f32) (f32.min (local.get 0) (local.get 1)))
  (func (export "nearest") (param f64) (result f64) (f64.nearest (local.get 0))))
