; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [5 x ptr] [ptr @wasm.0.load, ptr @wasm.1.twice, ptr @entry.t0, ptr @entry.t1, ptr @note], section "llvm.metadata"

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
  %5 = add i64 %4, 4
  %6 = getelementptr i8, ptr %instance, i64 24
  %7 = load ptr, ptr %6, align 8, !tbaa !2, !invariant.load !5
  %8 = getelementptr i8, ptr %7, i64 8
  %9 = load i64, ptr %8, align 8, !tbaa !6
  %10 = icmp ugt i64 %5, %9
  br i1 %10, label %trap, label %11, !prof !8

11:                                               ; preds = %body
  %12 = getelementptr i8, ptr %2, i64 %4
  %13 = load i32, ptr %12, align 1, !tbaa !9
  br label %return

return:                                           ; preds = %11
  %14 = phi i32 [ %13, %11 ]
  ret i32 %14

trap:                                             ; preds = %body
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 5) #2
  unreachable
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.1.twice(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  %3 = zext i32 %0 to i64
  %4 = add i64 %3, 4
  %5 = getelementptr i8, ptr %instance, i64 24
  %6 = load ptr, ptr %5, align 8, !tbaa !2, !invariant.load !5
  %7 = getelementptr i8, ptr %6, i64 8
  %8 = load i64, ptr %7, align 8, !tbaa !6
  %9 = icmp ugt i64 %4, %8
  br i1 %9, label %trap, label %10, !prof !8

10:                                               ; preds = %body
  %11 = getelementptr i8, ptr %2, i64 %3
  store i32 1, ptr %11, align 1, !tbaa !9
  %12 = zext i32 %0 to i64
  %13 = add i64 %12, 4
  %14 = add i64 %13, 4
  %15 = getelementptr i8, ptr %instance, i64 24
  %16 = load ptr, ptr %15, align 8, !tbaa !2, !invariant.load !5
  %17 = getelementptr i8, ptr %16, i64 8
  %18 = load i64, ptr %17, align 8, !tbaa !6
  %19 = icmp ugt i64 %14, %18
  br i1 %19, label %trap, label %20, !prof !8

trap:                                             ; preds = %10, %body
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 5) #2
  unreachable

20:                                               ; preds = %10
  %21 = getelementptr i8, ptr %2, i64 %13
  store i32 2, ptr %21, align 1, !tbaa !9
  br label %return

return:                                           ; preds = %20
  ret void
}

; Function Attrs: cold noreturn nounwind memory(inaccessiblemem: write)
declare void @llvm.ubsantrap(i8 immarg) #1

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %4) #3
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
  notail call swiftcc void %1(ptr swiftself %0, i32 %4) #3
  ret void
}

attributes #0 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { cold noreturn nounwind memory(inaccessiblemem: write) }
attributes #2 = { noreturn nounwind }
attributes #3 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!3, !3, i64 0}
!3 = !{!"instance", !4, i64 0}
!4 = !{!"tenon"}
!5 = !{}
!6 = !{!7, !7, i64 0}
!7 = !{!"table", !4, i64 0}
!8 = !{!"branch_weights", i32 1, i32 1048575}
!9 = !{!10, !10, i64 0}
!10 = !{!"memory", !4, i64 0}
