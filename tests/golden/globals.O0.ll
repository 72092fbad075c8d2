; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [3 x ptr] [ptr @wasm.0.count, ptr @entry.t0, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc i64 @wasm.0.count(ptr nonnull swiftself %instance) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %0 = getelementptr i8, ptr %instance, i64 24
  %1 = load ptr, ptr %0, align 8, !tbaa !2, !invariant.load !5
  %2 = load i32, ptr %1, align 8, !tbaa !6
  %3 = add i32 %2, 7
  %4 = getelementptr i8, ptr %instance, i64 24
  %5 = load ptr, ptr %4, align 8, !tbaa !2, !invariant.load !5
  store i32 %3, ptr %5, align 8, !tbaa !6
  %6 = getelementptr i8, ptr %instance, i64 80
  %7 = load i64, ptr %6, align 8, !tbaa !6
  %8 = add i64 %7, 1
  %9 = getelementptr i8, ptr %instance, i64 80
  store i64 %8, ptr %9, align 8, !tbaa !6
  %10 = getelementptr i8, ptr %instance, i64 80
  %11 = load i64, ptr %10, align 8, !tbaa !6
  br label %return

return:                                           ; preds = %body
  %12 = phi i64 [ %11, %body ]
  ret i64 %12
}

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = notail call swiftcc i64 %1(ptr swiftself %0) #1
  %4 = getelementptr i64, ptr %2, i64 0
  store i64 %3, ptr %4, align 8
  ret void
}

attributes #0 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!3, !3, i64 0}
!3 = !{!"instance", !4, i64 0}
!4 = !{!"tenon"}
!5 = !{}
!6 = !{!7, !7, i64 0}
!7 = !{!"global", !4, i64 0}
