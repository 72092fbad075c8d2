; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [4 x ptr] [ptr @wasm.0.collatz, ptr @wasm.1.fib, ptr @entry.t0, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.0.collatz(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  br label %loop

loop:                                             ; preds = %end1, %body
  %.02 = phi i32 [ 0, %body ], [ %10, %end1 ]
  %.0 = phi i32 [ %0, %body ], [ %.1, %end1 ]
  %1 = icmp ule i32 %.0, 1
  %2 = zext i1 %1 to i32
  %3 = icmp ne i32 %2, 0
  br i1 %3, label %end, label %4

4:                                                ; preds = %loop
  %5 = and i32 %.0, 1
  %6 = icmp ne i32 %5, 0
  br i1 %6, label %then, label %else

then:                                             ; preds = %4
  %7 = mul i32 %.0, 3
  %8 = add i32 %7, 1
  br label %end1

else:                                             ; preds = %4
  %9 = lshr i32 %.0, 1
  br label %end1

end1:                                             ; preds = %else, %then
  %.1 = phi i32 [ %8, %then ], [ %9, %else ]
  %10 = add i32 %.02, 1
  br label %loop

end:                                              ; preds = %loop
  br label %return

return:                                           ; preds = %end
  %11 = phi i32 [ %.02, %end ]
  ret i32 %11
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.1.fib(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %1 = icmp ult i32 %0, 2
  %2 = zext i1 %1 to i32
  %3 = icmp ne i32 %2, 0
  br i1 %3, label %then, label %else

then:                                             ; preds = %body
  br label %end

else:                                             ; preds = %body
  %4 = sub i32 %0, 1
  %5 = notail call swiftcc i32 @wasm.1.fib(ptr swiftself %instance, i32 %4) #1
  %6 = sub i32 %0, 2
  %7 = notail call swiftcc i32 @wasm.1.fib(ptr swiftself %instance, i32 %6) #1
  %8 = add i32 %5, %7
  br label %end

end:                                              ; preds = %else, %then
  %9 = phi i32 [ %0, %then ], [ %8, %else ]
  br label %return

return:                                           ; preds = %end
  %10 = phi i32 [ %9, %end ]
  ret i32 %10
}

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %4) #1
  %6 = getelementptr i64, ptr %2, i64 0
  %7 = zext i32 %5 to i64
  store i64 %7, ptr %6, align 8
  ret void
}

attributes #0 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
