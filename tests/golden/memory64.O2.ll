; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [4 x ptr] [ptr @entry.t0, ptr @wasm.0.near, ptr @wasm.1.far, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.0.near(ptr nonnull readonly swiftself captures(none) %instance, i64 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 24
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  %3 = getelementptr i8, ptr %2, i64 8
  %4 = load i64, ptr %3, align 8, !tbaa !6
  %.not = icmp ult i64 %0, %4
  br i1 %.not, label %return, label %trap, !prof !8

return:                                           ; preds = %entry
  %5 = getelementptr i8, ptr %instance, i64 16
  %6 = load ptr, ptr %5, align 8, !tbaa !2, !invariant.load !5
  %7 = getelementptr i8, ptr %6, i64 %0
  %8 = getelementptr i8, ptr %7, i64 8
  %9 = load i32, ptr %8, align 1, !tbaa !9
  ret i32 %9

trap:                                             ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #2
  call void @llvm.ubsantrap(i8 5) #3
  unreachable
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.1.far(ptr nonnull readonly swiftself captures(none) %instance, i64 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 24
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  %3 = getelementptr i8, ptr %2, i64 8
  %4 = load i64, ptr %3, align 8, !tbaa !6
  %5 = add i64 %4, -2097156
  %6 = icmp ugt i64 %0, %5
  %7 = icmp ult i64 %4, 2097156
  %8 = or i1 %7, %6
  br i1 %8, label %trap, label %return, !prof !11

return:                                           ; preds = %entry
  %9 = getelementptr i8, ptr %instance, i64 16
  %10 = load ptr, ptr %9, align 8, !tbaa !2, !invariant.load !5
  %11 = getelementptr i8, ptr %10, i64 %0
  %12 = getelementptr i8, ptr %11, i64 2097152
  %13 = load i32, ptr %12, align 1, !tbaa !9
  ret i32 %13

trap:                                             ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #2
  call void @llvm.ubsantrap(i8 5) #3
  unreachable
}

; Function Attrs: cold noreturn nounwind memory(inaccessiblemem: write)
declare void @llvm.ubsantrap(i8 immarg) #1

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr captures(none) %2) #0 align 32 {
entry:
  %3 = load i64, ptr %2, align 8
  %4 = notail call swiftcc i32 %1(ptr swiftself %0, i64 %3) #2
  %5 = zext i32 %4 to i64
  store i64 %5, ptr %2, align 8
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
!8 = !{!"branch_weights", i32 1048575, i32 1}
!9 = !{!10, !10, i64 0}
!10 = !{!"memory", !4, i64 0}
!11 = !{!"branch_weights", i32 1, i32 1048575}
