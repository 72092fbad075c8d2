;; v128 as its lanes; minimum and maximum with the specification's NaNs.
(module (memory 1)
  (func (export "dot") (param i32 i32) (result i32)
    (i32x4.extract_lane 0 (i32x4.dot_i16x8_s (v128.load (local.get 0)) (v128.load (local.get 1)))))
  (func (export "min") (param i32) (v128.store (local.get 0)
    (f32x4.min (v128.load (local.get 0)) (v128.load offset=16 (local.get 0)))))
  (func (export "swizzle") (param i32) (v128.store (local.get 0)
    (i8x16.swizzle (v128.load (local.get 0)) (v128.load offset=16 (local.get 0))))))
