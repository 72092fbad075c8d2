; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [4 x ptr] [ptr @entry.t0, ptr @wasm.0.collatz, ptr @wasm.1.fib, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nofree norecurse nosync nounwind memory(none) uwtable
define internal swiftcc i32 @wasm.0.collatz(ptr nonnull readnone swiftself captures(none) %instance, i32 %0) #0 {
entry:
  %1 = icmp ult i32 %0, 2
  br i1 %1, label %return, label %end1

end1:                                             ; preds = %entry, %end1
  %.04 = phi i32 [ %.1, %end1 ], [ %0, %entry ]
  %.023 = phi i32 [ %6, %end1 ], [ 0, %entry ]
  %2 = and i32 %.04, 1
  %.not = icmp eq i32 %2, 0
  %3 = mul i32 %.04, 3
  %4 = add i32 %3, 1
  %5 = lshr i32 %.04, 1
  %.1 = select i1 %.not, i32 %5, i32 %4
  %6 = add i32 %.023, 1
  %7 = icmp ult i32 %.1, 2
  br i1 %7, label %return, label %end1, !llvm.loop !2

return:                                           ; preds = %end1, %entry
  %.02.lcssa = phi i32 [ 0, %entry ], [ %6, %end1 ]
  ret i32 %.02.lcssa
}

; Function Attrs: nofree nosync nounwind memory(none) uwtable
define internal swiftcc i32 @wasm.1.fib(ptr nonnull swiftself %instance, i32 %0) #1 {
entry:
  %1 = icmp ult i32 %0, 2
  br i1 %1, label %return, label %else

else:                                             ; preds = %entry
  %2 = add i32 %0, -1
  %3 = notail call swiftcc i32 @wasm.1.fib(ptr swiftself %instance, i32 %2) #3
  %4 = add i32 %0, -2
  %5 = notail call swiftcc i32 @wasm.1.fib(ptr swiftself %instance, i32 %4) #3
  %6 = add i32 %3, %5
  br label %return

return:                                           ; preds = %else, %entry
  %7 = phi i32 [ %6, %else ], [ %0, %entry ]
  ret i32 %7
}

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #2 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %3) #3
  %5 = zext i32 %4 to i64
  store i64 %5, ptr %2, align 8
  ret void
}

attributes #0 = { nofree norecurse nosync nounwind memory(none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nofree nosync nounwind memory(none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #2 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #3 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = distinct !{!2, !3}
!3 = !{!"llvm.loop.align", i32 64}
