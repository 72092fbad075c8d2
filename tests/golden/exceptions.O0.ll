; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [5 x ptr] [ptr @wasm.1.catch, ptr @wasm.2.pass, ptr @entry.t0, ptr @entry.t1, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: uwtable
define internal swiftcc void @wasm.0.throws(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %1 = getelementptr i8, ptr %instance, i64 0
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  %3 = getelementptr i8, ptr %2, i64 8
  %4 = load ptr, ptr %3, align 8, !tbaa !2, !invariant.load !5
  %5 = getelementptr i8, ptr %4, i64 104
  %6 = load ptr, ptr %5, align 8, !tbaa !2, !invariant.load !5
  %7 = notail call ptr %6(ptr %instance, i32 0) #1
  %8 = getelementptr i8, ptr %7, i64 8
  %9 = getelementptr i64, ptr %8, i64 0
  %10 = zext i32 %0 to i64
  store i64 %10, ptr %9, align 8
  %11 = getelementptr i8, ptr %instance, i64 0
  %12 = load ptr, ptr %11, align 8, !tbaa !2, !invariant.load !5
  %13 = getelementptr i8, ptr %12, i64 8
  %14 = load ptr, ptr %13, align 8, !tbaa !2, !invariant.load !5
  %15 = getelementptr i8, ptr %14, i64 112
  %16 = load ptr, ptr %15, align 8, !tbaa !2, !invariant.load !5
  notail call void %16(ptr %instance, ptr %7)
  unreachable

return:                                           ; No predecessors!
  unreachable
}

; Function Attrs: uwtable
define internal swiftcc i32 @wasm.1.catch(ptr nonnull swiftself %instance, i32 %0) #0 personality ptr @exception_personality {
entry:
  br label %body

body:                                             ; preds = %entry
  invoke swiftcc void @wasm.0.throws(ptr swiftself %instance, i32 %0)
          to label %1 unwind label %landing_pad

1:                                                ; preds = %body
  br label %end

dispatch:                                         ; preds = %landing_pad
  %2 = load ptr, ptr %12, align 8
  %3 = getelementptr i8, ptr %instance, i64 32
  %4 = load ptr, ptr %3, align 8, !tbaa !2, !invariant.load !5
  %5 = icmp eq ptr %2, %4
  br i1 %5, label %catch, label %dispatch1

catch:                                            ; preds = %dispatch
  %6 = getelementptr i8, ptr %12, i64 8
  %7 = getelementptr i64, ptr %6, i64 0
  %8 = load i32, ptr %7, align 8
  br label %end

dispatch1:                                        ; preds = %dispatch
  br label %end

end:                                              ; preds = %dispatch1, %catch, %1
  %9 = phi i32 [ 0, %1 ], [ %8, %catch ], [ -1, %dispatch1 ]
  br label %return

return:                                           ; preds = %end
  %10 = phi i32 [ %9, %end ]
  ret i32 %10

landing_pad:                                      ; preds = %body
  %11 = landingpad { ptr, i32 }
          cleanup
  %12 = extractvalue { ptr, i32 } %11, 0
  br label %dispatch
}

; Function Attrs: uwtable
define internal swiftcc void @wasm.2.pass(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  notail call swiftcc void @wasm.0.throws(ptr swiftself %instance, i32 %0)
  br label %return

return:                                           ; preds = %body
  ret void
}

define internal i32 @exception_personality() {
  ret i32 8
}

; Function Attrs: uwtable
define internal void @entry.t1(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %4)
  %6 = getelementptr i64, ptr %2, i64 0
  %7 = zext i32 %5 to i64
  store i64 %7, ptr %6, align 8
  ret void
}

; Function Attrs: uwtable
define internal void @entry.t0(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %4)
  ret void
}

attributes #0 = { uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!3, !3, i64 0}
!3 = !{!"instance", !4, i64 0}
!4 = !{!"tenon"}
!5 = !{}
