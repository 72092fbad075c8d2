; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [8 x ptr] [ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @wasm.0.add, ptr @wasm.1.swap8, ptr @wasm.2.plain, ptr @wasm.3.wake, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.0.add(ptr nonnull readonly swiftself captures(none) %instance, i32 %0, i32 %1) #0 {
entry:
  %2 = zext i32 %0 to i64
  %3 = and i64 %2, 3
  %.not = icmp eq i64 %3, 0
  br i1 %.not, label %return, label %trap, !prof !2

return:                                           ; preds = %entry
  %4 = getelementptr i8, ptr %instance, i64 16
  %5 = load ptr, ptr %4, align 8, !tbaa !3, !invariant.load !6
  %6 = getelementptr i8, ptr %5, i64 %2
  %7 = getelementptr i8, ptr %6, i64 4
  %8 = atomicrmw add ptr %7, i32 %1 seq_cst, align 4
  ret i32 %8

trap:                                             ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #4
  call void @llvm.ubsantrap(i8 11) #5
  unreachable
}

; Function Attrs: mustprogress nofree norecurse nounwind willreturn memory(readwrite, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable
define internal swiftcc range(i32 0, 256) i32 @wasm.1.swap8(ptr nonnull readonly swiftself captures(none) %instance, i32 %0, i32 %1, i32 %2) #1 {
entry:
  %3 = getelementptr i8, ptr %instance, i64 16
  %4 = load ptr, ptr %3, align 8, !tbaa !3, !invariant.load !6
  %5 = trunc i32 %2 to i8
  %6 = trunc i32 %1 to i8
  %7 = zext i32 %0 to i64
  %8 = getelementptr i8, ptr %4, i64 %7
  %9 = cmpxchg ptr %8, i8 %6, i8 %5 seq_cst seq_cst, align 1
  %10 = extractvalue { i8, i1 } %9, 0
  %11 = zext i8 %10 to i32
  ret i32 %11
}

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(read, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable
define internal swiftcc noundef i32 @wasm.2.plain(ptr nonnull readonly swiftself captures(none) %instance, i32 %0) #2 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !3, !invariant.load !6
  %3 = zext i32 %0 to i64
  %4 = getelementptr i8, ptr %2, i64 %3
  %5 = load i32, ptr %4, align 1, !tbaa !7
  %6 = freeze i32 %5
  ret i32 %6
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.3.wake(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  %1 = zext i32 %0 to i64
  %2 = load ptr, ptr %instance, align 8, !tbaa !3, !invariant.load !6
  %3 = getelementptr i8, ptr %2, i64 8
  %4 = load ptr, ptr %3, align 8, !tbaa !3, !invariant.load !6
  %5 = getelementptr i8, ptr %4, i64 120
  %6 = load ptr, ptr %5, align 8, !tbaa !3, !invariant.load !6
  %7 = notail call i32 %6(ptr nonnull %instance, i32 0, i64 %1, i64 0, i32 1) #4
  ret i32 %7
}

; Function Attrs: cold noreturn nounwind memory(inaccessiblemem: write)
declare void @llvm.ubsantrap(i8 immarg) #3

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #0 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = getelementptr i8, ptr %2, i64 8
  %5 = load i32, ptr %4, align 8
  %6 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %3, i32 %5) #4
  %7 = zext i32 %6 to i64
  store i64 %7, ptr %2, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #0 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = getelementptr i8, ptr %2, i64 8
  %5 = load i32, ptr %4, align 8
  %6 = getelementptr i8, ptr %2, i64 16
  %7 = load i32, ptr %6, align 8
  %8 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %3, i32 %5, i32 %7) #4
  %9 = zext i32 %8 to i64
  store i64 %9, ptr %2, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t2(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #0 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %3) #4
  %5 = zext i32 %4 to i64
  store i64 %5, ptr %2, align 8
  ret void
}

attributes #0 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { mustprogress nofree norecurse nounwind willreturn memory(readwrite, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #2 = { mustprogress nofree norecurse nosync nounwind willreturn memory(read, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #3 = { cold noreturn nounwind memory(inaccessiblemem: write) }
attributes #4 = { nounwind }
attributes #5 = { noreturn nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!"branch_weights", i32 1048575, i32 1}
!3 = !{!4, !4, i64 0}
!4 = !{!"instance", !5, i64 0}
!5 = !{!"tenon"}
!6 = !{}
!7 = !{!8, !8, i64 0}
!8 = !{!"memory", !5, i64 0}
