; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [3 x ptr] [ptr @entry.t0, ptr @wasm.0.count, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(readwrite, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable
define internal swiftcc i64 @wasm.0.count(ptr nonnull swiftself captures(none) %instance) #0 {
entry:
  %0 = getelementptr i8, ptr %instance, i64 24
  %1 = load ptr, ptr %0, align 8, !tbaa !2, !invariant.load !5
  %2 = load i32, ptr %1, align 8, !tbaa !6
  %3 = add i32 %2, 7
  store i32 %3, ptr %1, align 8, !tbaa !6
  %4 = getelementptr i8, ptr %instance, i64 80
  %5 = load i64, ptr %4, align 8, !tbaa !6
  %6 = add i64 %5, 1
  store i64 %6, ptr %4, align 8, !tbaa !6
  ret i64 %6
}

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr writeonly captures(none) initializes((0, 8)) %2) #1 align 32 {
entry:
  %3 = notail call swiftcc i64 %1(ptr swiftself %0) #2
  store i64 %3, ptr %2, align 8
  ret void
}

attributes #0 = { mustprogress nofree norecurse nosync nounwind willreturn memory(readwrite, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #2 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!3, !3, i64 0}
!3 = !{!"instance", !4, i64 0}
!4 = !{!"tenon"}
!5 = !{}
!6 = !{!7, !7, i64 0}
!7 = !{!"global", !4, i64 0}
