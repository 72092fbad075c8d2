; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [8 x ptr] [ptr @wasm.0.add, ptr @wasm.1.swap8, ptr @wasm.2.plain, ptr @wasm.3.wake, ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.0.add(ptr nonnull swiftself %instance, i32 %0, i32 %1) #0 {
entry:
  %2 = getelementptr i8, ptr %instance, i64 16
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  %4 = zext i32 %0 to i64
  %5 = add i64 %4, 4
  %6 = and i64 %5, 3
  %7 = icmp ne i64 %6, 0
  br i1 %7, label %trap, label %8, !prof !6

8:                                                ; preds = %body
  %9 = zext i32 %0 to i64
  %10 = add i64 %9, 4
  %11 = getelementptr i8, ptr %3, i64 %10
  %12 = atomicrmw add ptr %11, i32 %1 seq_cst, align 4
  br label %return

return:                                           ; preds = %8
  %13 = phi i32 [ %12, %8 ]
  ret i32 %13

trap:                                             ; preds = %body
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 11) #2
  unreachable
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.1.swap8(ptr nonnull swiftself %instance, i32 %0, i32 %1, i32 %2) #0 {
entry:
  %3 = getelementptr i8, ptr %instance, i64 16
  %4 = load ptr, ptr %3, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  %5 = trunc i32 %2 to i8
  %6 = trunc i32 %1 to i8
  %7 = zext i32 %0 to i64
  %8 = getelementptr i8, ptr %4, i64 %7
  %9 = cmpxchg ptr %8, i8 %6, i8 %5 seq_cst seq_cst, align 1
  %10 = extractvalue { i8, i1 } %9, 0
  %11 = zext i8 %10 to i32
  br label %return

return:                                           ; preds = %body
  %12 = phi i32 [ %11, %body ]
  ret i32 %12
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.2.plain(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  %3 = zext i32 %0 to i64
  %4 = getelementptr i8, ptr %2, i64 %3
  %5 = load i32, ptr %4, align 1, !tbaa !7
  %6 = freeze i32 %5
  br label %return

return:                                           ; preds = %body
  %7 = phi i32 [ %6, %body ]
  ret i32 %7
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.3.wake(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %1 = zext i32 %0 to i64
  %2 = getelementptr i8, ptr %instance, i64 0
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  %4 = getelementptr i8, ptr %3, i64 8
  %5 = load ptr, ptr %4, align 8, !tbaa !2, !invariant.load !5
  %6 = getelementptr i8, ptr %5, i64 120
  %7 = load ptr, ptr %6, align 8, !tbaa !2, !invariant.load !5
  %8 = notail call i32 %7(ptr %instance, i32 0, i64 %1, i64 0, i32 1) #3
  br label %return

return:                                           ; preds = %body
  %9 = phi i32 [ %8, %body ]
  ret i32 %9
}

; Function Attrs: cold noreturn nounwind memory(inaccessiblemem: write)
declare void @llvm.ubsantrap(i8 immarg) #1

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = getelementptr i64, ptr %2, i64 1
  %6 = load i32, ptr %5, align 8
  %7 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %4, i32 %6) #3
  %8 = getelementptr i64, ptr %2, i64 0
  %9 = zext i32 %7 to i64
  store i64 %9, ptr %8, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = getelementptr i64, ptr %2, i64 1
  %6 = load i32, ptr %5, align 8
  %7 = getelementptr i64, ptr %2, i64 2
  %8 = load i32, ptr %7, align 8
  %9 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %4, i32 %6, i32 %8) #3
  %10 = getelementptr i64, ptr %2, i64 0
  %11 = zext i32 %9 to i64
  store i64 %11, ptr %10, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t2(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %4) #3
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
!6 = !{!"branch_weights", i32 1, i32 1048575}
!7 = !{!8, !8, i64 0}
!8 = !{!"memory", !4, i64 0}
