; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [3 x ptr] [ptr @wasm.0.promote, ptr @entry.t0, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.0.promote(ptr nonnull swiftself %instance, i32 %0, i32 %1, i32 %2) #0 {
entry:
  %3 = getelementptr i8, ptr %instance, i64 16
  %4 = load ptr, ptr %3, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  br label %loop

loop:                                             ; preds = %loop, %body
  %.02 = phi i32 [ %2, %body ], [ %14, %loop ]
  %.01 = phi i32 [ %1, %body ], [ %13, %loop ]
  %.0 = phi i32 [ %0, %body ], [ %12, %loop ]
  %5 = zext i32 %.0 to i64
  %6 = getelementptr i8, ptr %4, i64 %5
  %7 = load float, ptr %6, align 1, !tbaa !6
  %8 = call float @llvm.canonicalize.f32(float %7)
  %9 = fpext float %8 to double
  %10 = zext i32 %.01 to i64
  %11 = getelementptr i8, ptr %4, i64 %10
  store double %9, ptr %11, align 1, !tbaa !6
  %12 = add i32 %.0, 4
  %13 = add i32 %.01, 8
  %14 = sub i32 %.02, 1
  %15 = icmp ne i32 %14, 0
  br i1 %15, label %loop, label %16

16:                                               ; preds = %loop
  br label %return

return:                                           ; preds = %16
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = getelementptr i64, ptr %2, i64 1
  %6 = load i32, ptr %5, align 8
  %7 = getelementptr i64, ptr %2, i64 2
  %8 = load i32, ptr %7, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %4, i32 %6, i32 %8) #2
  ret void
}

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare float @llvm.canonicalize.f32(float) #1

attributes #0 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none) }
attributes #2 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!3, !3, i64 0}
!3 = !{!"instance", !4, i64 0}
!4 = !{!"tenon"}
!5 = !{}
!6 = !{!7, !7, i64 0}
!7 = !{!"memory", !4, i64 0}
