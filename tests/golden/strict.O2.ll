; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [4 x ptr] [ptr @entry.t0, ptr @wasm.0.dead_load, ptr @wasm.1.store_then_trap, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: mustprogress nofree norecurse nounwind willreturn memory(readwrite, target_mem0: none, target_mem1: none) uwtable
define internal swiftcc void @wasm.0.dead_load(ptr nonnull readonly swiftself captures(none) %instance, i32 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  %3 = zext i32 %0 to i64
  %4 = getelementptr i8, ptr %2, i64 %3
  %5 = load volatile i32, ptr %4, align 1, !tbaa !6
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.1.store_then_trap(ptr nonnull readonly swiftself captures(none) %instance, i32 %0) #1 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  store volatile i32 1, ptr %2, align 1, !tbaa !6
  %.not = icmp eq i32 %0, 0
  br i1 %.not, label %end, label %trap

end:                                              ; preds = %entry
  store volatile i32 2, ptr %2, align 1, !tbaa !6
  ret void

trap:                                             ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #3
  call void @llvm.ubsantrap(i8 1) #4
  unreachable
}

; Function Attrs: cold noreturn nounwind memory(inaccessiblemem: write)
declare void @llvm.ubsantrap(i8 immarg) #2

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr readonly captures(none) %2) #1 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %3) #3
  ret void
}

attributes #0 = { mustprogress nofree norecurse nounwind willreturn memory(readwrite, target_mem0: none, target_mem1: none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #2 = { cold noreturn nounwind memory(inaccessiblemem: write) }
attributes #3 = { nounwind }
attributes #4 = { noreturn nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!3, !3, i64 0}
!3 = !{!"instance", !4, i64 0}
!4 = !{!"tenon"}
!5 = !{}
!6 = !{!7, !7, i64 0}
!7 = !{!"memory", !4, i64 0}
