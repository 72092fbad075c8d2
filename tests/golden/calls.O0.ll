; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@code_array.table0.t2 = internal constant [2 x i32] [i32 trunc (i64 sub (i64 ptrtoint (ptr @wasm.2.one to i64), i64 ptrtoint (ptr @code_array.table0.t2 to i64)) to i32), i32 trunc (i64 sub (i64 ptrtoint (ptr @wasm.3.two to i64), i64 ptrtoint (ptr @code_array.table0.t2 to i64)) to i32)], align 4
@llvm.compiler.used = appending global [13 x ptr] [ptr @wasm.2.one, ptr @wasm.3.two, ptr @wasm.4.host, ptr @wasm.5.fixed, ptr @wasm.6.open_call, ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @entry.t3, ptr @host_call.t0, ptr @host_call_array.t0, ptr @host_call_array.t1, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: noinline nounwind uwtable
define internal preserve_mostcc i32 @table_element(ptr nonnull swiftself %0, i32 %1, i64 %2) #0 {
entry:
  %3 = getelementptr i8, ptr %0, i64 0
  %4 = load ptr, ptr %3, align 8
  %5 = getelementptr i8, ptr %4, i64 8
  %6 = load ptr, ptr %5, align 8
  %7 = getelementptr i8, ptr %6, i64 88
  %8 = load ptr, ptr %7, align 8
  %9 = notail call i32 %8(ptr %0, i32 %1, i64 %2) #5
  ret i32 %9
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.2.one(ptr nonnull swiftself %instance) #1 {
entry:
  br label %body

body:                                             ; preds = %entry
  br label %return

return:                                           ; preds = %body
  %0 = phi i32 [ 1, %body ]
  ret i32 %0
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.3.two(ptr nonnull swiftself %instance) #1 {
entry:
  br label %body

body:                                             ; preds = %entry
  br label %return

return:                                           ; preds = %body
  %0 = phi i32 [ 2, %body ]
  ret i32 %0
}

; Function Attrs: nounwind uwtable
define internal swiftcc { double, i64 } @wasm.4.host(ptr nonnull swiftself %instance, double %0) #1 {
entry:
  br label %body

body:                                             ; preds = %entry
  %1 = getelementptr i8, ptr %instance, i64 32
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  %3 = getelementptr i8, ptr %instance, i64 40
  %4 = load ptr, ptr %3, align 8, !tbaa !2, !invariant.load !5
  notail call swiftcc void %2(ptr swiftself %4, i32 7) #5
  %5 = getelementptr i8, ptr %instance, i64 72
  %6 = load ptr, ptr %5, align 8, !tbaa !2, !invariant.load !5
  %7 = getelementptr i8, ptr %instance, i64 80
  %8 = load ptr, ptr %7, align 8, !tbaa !2, !invariant.load !5
  %9 = notail call swiftcc { double, i64 } %6(ptr swiftself %8, double %0) #5
  %10 = extractvalue { double, i64 } %9, 0
  %11 = extractvalue { double, i64 } %9, 1
  br label %return

return:                                           ; preds = %body
  %12 = phi double [ %10, %body ]
  %13 = phi i64 [ %11, %body ]
  %14 = insertvalue { double, i64 } poison, double %12, 0
  %15 = insertvalue { double, i64 } %14, i64 %13, 1
  ret { double, i64 } %15
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.5.fixed(ptr nonnull swiftself %instance, i32 %0) #1 {
entry:
  br label %body

body:                                             ; preds = %entry
  %1 = zext i32 %0 to i64
  %2 = icmp uge i64 %1, 2
  br i1 %2, label %trap, label %3, !prof !6

3:                                                ; preds = %body
  %4 = mul i64 %1, 4
  %5 = call ptr @llvm.load.relative.i64(ptr @code_array.table0.t2, i64 %4)
  %6 = notail call swiftcc i32 %5(ptr swiftself %instance) #5
  br label %return

return:                                           ; preds = %3
  %7 = phi i32 [ %6, %3 ]
  ret i32 %7

trap:                                             ; preds = %body
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 7) #6
  unreachable
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.6.open_call(ptr nonnull swiftself %instance, i32 %0) #1 {
entry:
  br label %body

body:                                             ; preds = %entry
  %1 = zext i32 %0 to i64
  %2 = getelementptr i8, ptr %instance, i64 24
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  %4 = getelementptr i8, ptr %3, i64 8
  %5 = load i64, ptr %4, align 8, !tbaa !7
  %6 = icmp uge i64 %1, %5
  br i1 %6, label %trap, label %7, !prof !6

7:                                                ; preds = %body
  %8 = getelementptr i8, ptr %3, i64 0
  %9 = load ptr, ptr %8, align 8, !tbaa !7
  %10 = mul i64 %1, 32
  %11 = getelementptr i8, ptr %9, i64 %10
  %12 = getelementptr i8, ptr %11, i64 16
  %13 = load i32, ptr %12, align 4, !tbaa !7
  %14 = getelementptr i8, ptr %instance, i64 120
  %15 = load i32, ptr %14, align 4, !tbaa !2, !invariant.load !5
  %16 = icmp eq i32 %13, %15
  br i1 %16, label %22, label %mismatch, !prof !9

trap:                                             ; preds = %body
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 7) #6
  unreachable

mismatch:                                         ; preds = %7
  %17 = icmp eq i32 %13, 0
  br i1 %17, label %empty, label %trap1

empty:                                            ; preds = %mismatch
  %18 = notail call preserve_mostcc i32 @table_element(ptr swiftself %instance, i32 1, i64 %1) #5
  %19 = icmp eq i32 %18, %15
  br i1 %19, label %22, label %20

trap1:                                            ; preds = %20, %mismatch
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 9) #6
  unreachable

20:                                               ; preds = %empty
  %21 = icmp eq i32 %18, 0
  br i1 %21, label %trap2, label %trap1

22:                                               ; preds = %empty, %7
  %23 = getelementptr i8, ptr %11, i64 0
  %24 = load ptr, ptr %23, align 4, !tbaa !7
  %25 = getelementptr i8, ptr %11, i64 8
  %26 = load ptr, ptr %25, align 4, !tbaa !7
  %27 = notail call swiftcc i32 %24(ptr swiftself %26) #5
  br label %return

return:                                           ; preds = %22
  %28 = phi i32 [ %27, %22 ]
  ret i32 %28

trap2:                                            ; preds = %20
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 8) #6
  unreachable
}

; Function Attrs: cold noreturn nounwind memory(inaccessiblemem: write)
declare void @llvm.ubsantrap(i8 immarg) #2

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: read)
declare ptr @llvm.load.relative.i64(ptr, i64) #3

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr %1, ptr %2) #1 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %4) #5
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @host_call.t0(ptr nonnull swiftself %0, i32 %1) #1 align 32 {
entry:
  %2 = getelementptr i8, ptr %0, i64 8
  %3 = load ptr, ptr %2, align 8
  %4 = getelementptr i8, ptr %3, i64 0
  %5 = load i64, ptr %4, align 8, !tbaa !2
  %6 = call i64 @llvm.read_register.i64(metadata !10)
  %7 = icmp ult i64 %6, %5
  br i1 %7, label %exhausted, label %8, !prof !6

8:                                                ; preds = %entry
  %9 = getelementptr i8, ptr %0, i64 0
  %10 = load ptr, ptr %9, align 8
  tail call void %10(ptr %0, i32 %1) #5
  ret void

exhausted:                                        ; preds = %entry
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 10) #6
  unreachable
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(read)
declare i64 @llvm.read_register.i64(metadata) #4

; Function Attrs: nounwind uwtable
define internal swiftcc void @host_call_array.t0(ptr nonnull swiftself %0, i32 %1) #1 {
entry:
  %2 = getelementptr i8, ptr %0, i64 8
  %3 = load ptr, ptr %2, align 8
  %4 = getelementptr i8, ptr %3, i64 0
  %5 = load i64, ptr %4, align 8, !tbaa !2
  %6 = call i64 @llvm.read_register.i64(metadata !10)
  %7 = icmp ult i64 %6, %5
  br i1 %7, label %exhausted, label %8, !prof !6

8:                                                ; preds = %entry
  %9 = getelementptr i8, ptr %0, i64 0
  %10 = load ptr, ptr %9, align 8
  %11 = alloca [1 x i64], align 8
  %12 = getelementptr i64, ptr %11, i64 0
  %13 = zext i32 %1 to i64
  store i64 %13, ptr %12, align 8
  call void %10(ptr %0, ptr %11) #5
  ret void

exhausted:                                        ; preds = %entry
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 10) #6
  unreachable
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr %1, ptr %2) #1 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load double, ptr %3, align 8
  %5 = notail call swiftcc { double, i64 } %1(ptr swiftself %0, double %4) #5
  %6 = extractvalue { double, i64 } %5, 0
  %7 = getelementptr i64, ptr %2, i64 0
  store double %6, ptr %7, align 8
  %8 = extractvalue { double, i64 } %5, 1
  %9 = getelementptr i64, ptr %2, i64 1
  store i64 %8, ptr %9, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc { double, i64 } @host_call_array.t1(ptr nonnull swiftself %0, double %1) #1 {
entry:
  %2 = getelementptr i8, ptr %0, i64 8
  %3 = load ptr, ptr %2, align 8
  %4 = getelementptr i8, ptr %3, i64 0
  %5 = load i64, ptr %4, align 8, !tbaa !2
  %6 = call i64 @llvm.read_register.i64(metadata !10)
  %7 = icmp ult i64 %6, %5
  br i1 %7, label %exhausted, label %8, !prof !6

8:                                                ; preds = %entry
  %9 = getelementptr i8, ptr %0, i64 0
  %10 = load ptr, ptr %9, align 8
  %11 = alloca [2 x i64], align 8
  %12 = getelementptr i64, ptr %11, i64 0
  store double %1, ptr %12, align 8
  call void %10(ptr %0, ptr %11) #5
  %13 = getelementptr i64, ptr %11, i64 0
  %14 = load double, ptr %13, align 8
  %15 = insertvalue { double, i64 } poison, double %14, 0
  %16 = getelementptr i64, ptr %11, i64 1
  %17 = load i64, ptr %16, align 8
  %18 = insertvalue { double, i64 } %15, i64 %17, 1
  ret { double, i64 } %18

exhausted:                                        ; preds = %entry
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 10) #6
  unreachable
}

; Function Attrs: nounwind uwtable
define internal void @entry.t2(ptr %0, ptr %1, ptr %2) #1 align 32 {
entry:
  %3 = notail call swiftcc i32 %1(ptr swiftself %0) #5
  %4 = getelementptr i64, ptr %2, i64 0
  %5 = zext i32 %3 to i64
  store i64 %5, ptr %4, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t3(ptr %0, ptr %1, ptr %2) #1 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %4) #5
  %6 = getelementptr i64, ptr %2, i64 0
  %7 = zext i32 %5 to i64
  store i64 %7, ptr %6, align 8
  ret void
}

attributes #0 = { noinline nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #2 = { cold noreturn nounwind memory(inaccessiblemem: write) }
attributes #3 = { nocallback nofree nosync nounwind willreturn memory(argmem: read) }
attributes #4 = { nocallback nofree nosync nounwind willreturn memory(read) }
attributes #5 = { nounwind }
attributes #6 = { noreturn nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!3, !3, i64 0}
!3 = !{!"instance", !4, i64 0}
!4 = !{!"tenon"}
!5 = !{}
!6 = !{!"branch_weights", i32 1, i32 1048575}
!7 = !{!8, !8, i64 0}
!8 = !{!"table", !4, i64 0}
!9 = !{!"branch_weights", i32 1048575, i32 1}
!10 = !{!"rsp"}
