; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [5 x ptr] [ptr @entry.t0, ptr @entry.t1, ptr @wasm.1.catch, ptr @wasm.2.pass, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: uwtable
define internal swiftcc i32 @wasm.1.catch(ptr nonnull swiftself %instance, i32 %0) #0 personality ptr @exception_personality {
entry:
  %1 = load ptr, ptr %instance, align 8, !tbaa !2, !invariant.load !5
  %2 = getelementptr i8, ptr %1, i64 8
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  %4 = getelementptr i8, ptr %3, i64 104
  %5 = load ptr, ptr %4, align 8, !tbaa !2, !invariant.load !5
  %6 = notail call ptr %5(ptr nonnull %instance, i32 0) #2
  %7 = getelementptr i8, ptr %6, i64 8
  %8 = zext i32 %0 to i64
  store i64 %8, ptr %7, align 8
  %9 = getelementptr i8, ptr %3, i64 112
  %10 = load ptr, ptr %9, align 8, !tbaa !2, !invariant.load !5
  invoke void %10(ptr nonnull %instance, ptr nonnull %6)
          to label %.noexc unwind label %landing_pad

.noexc:                                           ; preds = %entry
  unreachable

catch:                                            ; preds = %landing_pad
  %11 = getelementptr i8, ptr %15, i64 8
  %12 = load i32, ptr %11, align 8
  br label %return

return:                                           ; preds = %catch, %landing_pad
  %13 = phi i32 [ -1, %landing_pad ], [ %12, %catch ]
  ret i32 %13

landing_pad:                                      ; preds = %entry
  %14 = landingpad { ptr, i32 }
          cleanup
  %15 = extractvalue { ptr, i32 } %14, 0
  %16 = load ptr, ptr %15, align 8
  %17 = getelementptr i8, ptr %instance, i64 32
  %18 = load ptr, ptr %17, align 8, !tbaa !2, !invariant.load !5
  %19 = icmp eq ptr %16, %18
  br i1 %19, label %catch, label %return
}

; Function Attrs: noreturn uwtable
define internal swiftcc void @wasm.2.pass(ptr nonnull swiftself %instance, i32 %0) #1 {
entry:
  %1 = load ptr, ptr %instance, align 8, !tbaa !2, !invariant.load !5
  %2 = getelementptr i8, ptr %1, i64 8
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  %4 = getelementptr i8, ptr %3, i64 104
  %5 = load ptr, ptr %4, align 8, !tbaa !2, !invariant.load !5
  %6 = notail call ptr %5(ptr nonnull %instance, i32 0) #2
  %7 = getelementptr i8, ptr %6, i64 8
  %8 = zext i32 %0 to i64
  store i64 %8, ptr %7, align 8
  %9 = getelementptr i8, ptr %3, i64 112
  %10 = load ptr, ptr %9, align 8, !tbaa !2, !invariant.load !5
  notail call void %10(ptr nonnull %instance, ptr %6)
  unreachable
}

define internal i32 @exception_personality() {
  ret i32 8
}

; Function Attrs: uwtable
define internal void @entry.t1(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #0 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %3)
  %5 = zext i32 %4 to i64
  store i64 %5, ptr %2, align 8
  ret void
}

; Function Attrs: uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr readonly captures(none) %2) #0 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %3)
  ret void
}

attributes #0 = { uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { noreturn uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #2 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!3, !3, i64 0}
!3 = !{!"instance", !4, i64 0}
!4 = !{!"tenon"}
!5 = !{}
