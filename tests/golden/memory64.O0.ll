; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [4 x ptr] [ptr @wasm.0.near, ptr @wasm.1.far, ptr @entry.t0, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.0.near(ptr nonnull swiftself %instance, i64 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  %3 = getelementptr i8, ptr %instance, i64 24
  %4 = load ptr, ptr %3, align 8, !tbaa !2, !invariant.load !5
  %5 = getelementptr i8, ptr %4, i64 8
  %6 = load i64, ptr %5, align 8, !tbaa !6
  %7 = icmp uge i64 %0, %6
  br i1 %7, label %trap, label %8, !prof !8

8:                                                ; preds = %body
  %9 = add i64 %0, 8
  %10 = getelementptr i8, ptr %2, i64 %9
  %11 = load i32, ptr %10, align 1, !tbaa !9
  br label %return

return:                                           ; preds = %8
  %12 = phi i32 [ %11, %8 ]
  ret i32 %12

trap:                                             ; preds = %body
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 5) #2
  unreachable
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.1.far(ptr nonnull swiftself %instance, i64 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  %3 = getelementptr i8, ptr %instance, i64 24
  %4 = load ptr, ptr %3, align 8, !tbaa !2, !invariant.load !5
  %5 = getelementptr i8, ptr %4, i64 8
  %6 = load i64, ptr %5, align 8, !tbaa !6
  %7 = sub i64 %6, 2097156
  %8 = icmp ugt i64 %0, %7
  %9 = icmp ult i64 %6, 2097156
  %10 = or i1 %9, %8
  br i1 %10, label %trap, label %11, !prof !8

11:                                               ; preds = %body
  %12 = add i64 %0, 2097152
  %13 = getelementptr i8, ptr %2, i64 %12
  %14 = load i32, ptr %13, align 1, !tbaa !9
  br label %return

return:                                           ; preds = %11
  %15 = phi i32 [ %14, %11 ]
  ret i32 %15

trap:                                             ; preds = %body
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 5) #2
  unreachable
}

; Function Attrs: cold noreturn nounwind memory(inaccessiblemem: write)
declare void @llvm.ubsantrap(i8 immarg) #1

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i64, ptr %3, align 8
  %5 = notail call swiftcc i32 %1(ptr swiftself %0, i64 %4) #3
  %6 = getelementptr i64, ptr %2, i64 0
  %7 = zext i32 %5 to i64
  store i64 %7, ptr %6, align 8
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
