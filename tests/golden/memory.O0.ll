; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [8 x ptr] [ptr @wasm.0.load, ptr @wasm.1.sum, ptr @wasm.2.store, ptr @wasm.3.grow, ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.0.load(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  %3 = zext i32 %0 to i64
  %4 = add i64 %3, 4
  %5 = getelementptr i8, ptr %2, i64 %4
  %6 = load i32, ptr %5, align 1, !tbaa !6
  br label %return

return:                                           ; preds = %body
  %7 = phi i32 [ %6, %body ]
  ret i32 %7
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.1.sum(ptr nonnull swiftself %instance, i32 %0, i32 %1) #0 {
entry:
  %2 = getelementptr i8, ptr %instance, i64 16
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  br label %loop

loop:                                             ; preds = %loop, %body
  %.02 = phi i32 [ 0, %body ], [ %7, %loop ]
  %.01 = phi i32 [ %1, %body ], [ %9, %loop ]
  %.0 = phi i32 [ %0, %body ], [ %8, %loop ]
  %4 = zext i32 %.0 to i64
  %5 = getelementptr i8, ptr %3, i64 %4
  %6 = load i32, ptr %5, align 1, !tbaa !6
  %7 = add i32 %.02, %6
  %8 = add i32 %.0, 4
  %9 = sub i32 %.01, 1
  %10 = icmp ne i32 %9, 0
  br i1 %10, label %loop, label %11

11:                                               ; preds = %loop
  br label %return

return:                                           ; preds = %11
  %12 = phi i32 [ %7, %11 ]
  ret i32 %12
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.2.store(ptr nonnull swiftself %instance, i32 %0, i64 %1) #0 {
entry:
  %2 = getelementptr i8, ptr %instance, i64 16
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  %4 = trunc i64 %1 to i16
  %5 = zext i32 %0 to i64
  %6 = add i64 %5, 4294967295
  %7 = getelementptr i8, ptr %3, i64 %6
  store i16 %4, ptr %7, align 1, !tbaa !6
  br label %return

return:                                           ; preds = %body
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.3.grow(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %1 = zext i32 %0 to i64
  %2 = getelementptr i8, ptr %instance, i64 0
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  %4 = getelementptr i8, ptr %3, i64 8
  %5 = load ptr, ptr %4, align 8, !tbaa !2, !invariant.load !5
  %6 = getelementptr i8, ptr %5, i64 0
  %7 = load ptr, ptr %6, align 8, !tbaa !2, !invariant.load !5
  %8 = notail call i64 %7(ptr %instance, i32 0, i64 %1) #1
  %9 = trunc i64 %8 to i32
  br label %return

return:                                           ; preds = %body
  %10 = phi i32 [ %9, %body ]
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

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = getelementptr i64, ptr %2, i64 1
  %6 = load i32, ptr %5, align 8
  %7 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %4, i32 %6) #1
  %8 = getelementptr i64, ptr %2, i64 0
  %9 = zext i32 %7 to i64
  store i64 %9, ptr %8, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t2(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = getelementptr i64, ptr %2, i64 1
  %6 = load i64, ptr %5, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %4, i64 %6) #1
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
!7 = !{!"memory", !4, i64 0}
