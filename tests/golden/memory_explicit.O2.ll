; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [5 x ptr] [ptr @entry.t0, ptr @entry.t1, ptr @wasm.0.load, ptr @wasm.1.twice, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.0.load(ptr nonnull readonly swiftself captures(none) %instance, i32 %0) #0 {
entry:
  %1 = zext i32 %0 to i64
  %2 = add nuw nsw i64 %1, 8
  %3 = getelementptr i8, ptr %instance, i64 24
  %4 = load ptr, ptr %3, align 8, !tbaa !2, !invariant.load !5
  %5 = getelementptr i8, ptr %4, i64 8
  %6 = load i64, ptr %5, align 8, !tbaa !6
  %7 = icmp ugt i64 %2, %6
  br i1 %7, label %trap, label %return, !prof !8

return:                                           ; preds = %entry
  %8 = getelementptr i8, ptr %instance, i64 16
  %9 = load ptr, ptr %8, align 8, !tbaa !2, !invariant.load !5
  %10 = getelementptr i8, ptr %9, i64 %1
  %11 = getelementptr i8, ptr %10, i64 4
  %12 = load i32, ptr %11, align 1, !tbaa !9
  ret i32 %12

trap:                                             ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #2
  call void @llvm.ubsantrap(i8 5) #3
  unreachable
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.1.twice(ptr nonnull readonly swiftself captures(none) %instance, i32 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  %3 = zext i32 %0 to i64
  %4 = add nuw nsw i64 %3, 4
  %5 = getelementptr i8, ptr %instance, i64 24
  %6 = load ptr, ptr %5, align 8, !tbaa !2, !invariant.load !5
  %7 = getelementptr i8, ptr %6, i64 8
  %8 = load i64, ptr %7, align 8, !tbaa !6
  %9 = icmp ugt i64 %4, %8
  br i1 %9, label %trap, label %10, !prof !8

10:                                               ; preds = %entry
  %11 = getelementptr i8, ptr %2, i64 %3
  store i32 1, ptr %11, align 1, !tbaa !9
  %12 = add nuw nsw i64 %3, 8
  %13 = icmp ugt i64 %12, %8
  br i1 %13, label %trap, label %return, !prof !8

trap:                                             ; preds = %10, %entry
  call void asm sideeffect "", "~{memory}"() #2
  call void @llvm.ubsantrap(i8 5) #3
  unreachable

return:                                           ; preds = %10
  %14 = getelementptr i8, ptr %2, i64 %4
  store i32 2, ptr %14, align 1, !tbaa !9
  ret void
}

; Function Attrs: cold noreturn nounwind memory(inaccessiblemem: write)
declare void @llvm.ubsantrap(i8 immarg) #1

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #0 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %3) #2
  %5 = zext i32 %4 to i64
  store i64 %5, ptr %2, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr readonly captures(none) %1, ptr readonly captures(none) %2) #0 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %3) #2
  ret void
}

attributes #0 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { cold noreturn nounwind memory(inaccessiblemem: write) }
attributes #2 = { nounwind }
attributes #3 = { noreturn nounwind }

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
