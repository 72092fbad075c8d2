; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@code_array.table0.t2 = internal constant [2 x i32] [i32 trunc (i64 sub (i64 ptrtoint (ptr @wasm.2.one to i64), i64 ptrtoint (ptr @code_array.table0.t2 to i64)) to i32), i32 trunc (i64 sub (i64 ptrtoint (ptr @wasm.3.two to i64), i64 ptrtoint (ptr @code_array.table0.t2 to i64)) to i32)], align 4
@llvm.compiler.used = appending global [13 x ptr] [ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @entry.t3, ptr @host_call.t0, ptr @host_call_array.t0, ptr @host_call_array.t1, ptr @wasm.2.one, ptr @wasm.3.two, ptr @wasm.4.host, ptr @wasm.5.fixed, ptr @wasm.6.open_call, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: noinline nounwind uwtable
define internal preserve_mostcc i32 @table_element(ptr nonnull swiftself %0, i64 range(i64 0, 4294967296) %1) unnamed_addr #0 {
entry:
  %2 = load ptr, ptr %0, align 8
  %3 = getelementptr i8, ptr %2, i64 8
  %4 = load ptr, ptr %3, align 8
  %5 = getelementptr i8, ptr %4, i64 88
  %6 = load ptr, ptr %5, align 8
  %7 = notail call i32 %6(ptr nonnull %0, i32 1, i64 %1) #6
  ret i32 %7
}

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable
define internal swiftcc noundef i32 @wasm.2.one(ptr nonnull readnone swiftself captures(none) %instance) #1 {
entry:
  ret i32 1
}

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable
define internal swiftcc noundef i32 @wasm.3.two(ptr nonnull readnone swiftself captures(none) %instance) #1 {
entry:
  ret i32 2
}

; Function Attrs: nounwind uwtable
define internal swiftcc { double, i64 } @wasm.4.host(ptr nonnull readonly swiftself captures(none) %instance, double %0) #2 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 32
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  %3 = getelementptr i8, ptr %instance, i64 40
  %4 = load ptr, ptr %3, align 8, !tbaa !2, !invariant.load !5
  notail call swiftcc void %2(ptr swiftself %4, i32 7) #6
  %5 = getelementptr i8, ptr %instance, i64 72
  %6 = load ptr, ptr %5, align 8, !tbaa !2, !invariant.load !5
  %7 = getelementptr i8, ptr %instance, i64 80
  %8 = load ptr, ptr %7, align 8, !tbaa !2, !invariant.load !5
  %9 = notail call swiftcc { double, i64 } %6(ptr swiftself %8, double %0) #6
  ret { double, i64 } %9
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.5.fixed(ptr nonnull swiftself %instance, i32 %0) #2 {
entry:
  %1 = icmp ugt i32 %0, 1
  br i1 %1, label %trap, label %return, !prof !6

return:                                           ; preds = %entry
  %2 = shl nuw nsw i32 %0, 2
  %3 = zext nneg i32 %2 to i64
  %4 = call ptr @llvm.load.relative.i64(ptr nonnull @code_array.table0.t2, i64 %3)
  %5 = notail call swiftcc i32 %4(ptr nonnull swiftself %instance) #6
  ret i32 %5

trap:                                             ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #6
  call void @llvm.ubsantrap(i8 7) #7
  unreachable
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.6.open_call(ptr nonnull swiftself %instance, i32 %0) #2 {
entry:
  %1 = zext i32 %0 to i64
  %2 = getelementptr i8, ptr %instance, i64 24
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  %4 = getelementptr i8, ptr %3, i64 8
  %5 = load i64, ptr %4, align 8, !tbaa !7
  %.not = icmp ugt i64 %5, %1
  br i1 %.not, label %6, label %trap, !prof !9

6:                                                ; preds = %entry
  %7 = load ptr, ptr %3, align 8, !tbaa !7
  %8 = shl nuw nsw i64 %1, 5
  %9 = getelementptr i8, ptr %7, i64 %8
  %10 = getelementptr i8, ptr %9, i64 16
  %11 = load i32, ptr %10, align 4, !tbaa !7
  %12 = getelementptr i8, ptr %instance, i64 120
  %13 = load i32, ptr %12, align 4, !tbaa !2, !invariant.load !5
  %14 = icmp eq i32 %11, %13
  br i1 %14, label %return, label %mismatch, !prof !9

trap:                                             ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #6
  call void @llvm.ubsantrap(i8 7) #7
  unreachable

mismatch:                                         ; preds = %6
  %15 = icmp eq i32 %11, 0
  br i1 %15, label %empty, label %trap1

empty:                                            ; preds = %mismatch
  %16 = notail call preserve_mostcc i32 @table_element(ptr swiftself %instance, i64 %1) #6
  %17 = icmp eq i32 %16, %13
  br i1 %17, label %return, label %18

trap1:                                            ; preds = %18, %mismatch
  call void asm sideeffect "", "~{memory}"() #6
  call void @llvm.ubsantrap(i8 9) #7
  unreachable

18:                                               ; preds = %empty
  %19 = icmp eq i32 %16, 0
  br i1 %19, label %trap2, label %trap1

return:                                           ; preds = %empty, %6
  %20 = load ptr, ptr %9, align 4, !tbaa !7
  %21 = getelementptr i8, ptr %9, i64 8
  %22 = load ptr, ptr %21, align 4, !tbaa !7
  %23 = notail call swiftcc i32 %20(ptr swiftself %22) #6
  ret i32 %23

trap2:                                            ; preds = %18
  call void asm sideeffect "", "~{memory}"() #6
  call void @llvm.ubsantrap(i8 8) #7
  unreachable
}

; Function Attrs: cold noreturn nounwind memory(inaccessiblemem: write)
declare void @llvm.ubsantrap(i8 immarg) #3

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: read)
declare ptr @llvm.load.relative.i64(ptr, i64) #4

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr readonly captures(none) %2) #2 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %3) #6
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @host_call.t0(ptr nonnull swiftself %0, i32 %1) #2 align 32 {
entry:
  %2 = getelementptr i8, ptr %0, i64 8
  %3 = load ptr, ptr %2, align 8
  %4 = load i64, ptr %3, align 8, !tbaa !2
  %5 = call i64 @llvm.read_register.i64(metadata !10)
  %6 = icmp ult i64 %5, %4
  br i1 %6, label %exhausted, label %7, !prof !6

7:                                                ; preds = %entry
  %8 = load ptr, ptr %0, align 8
  tail call void %8(ptr nonnull %0, i32 %1) #6
  ret void

exhausted:                                        ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #6
  call void @llvm.ubsantrap(i8 10) #7
  unreachable
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(read)
declare i64 @llvm.read_register.i64(metadata) #5

; Function Attrs: nounwind uwtable
define internal swiftcc void @host_call_array.t0(ptr nonnull swiftself %0, i32 %1) #2 {
entry:
  %2 = getelementptr i8, ptr %0, i64 8
  %3 = load ptr, ptr %2, align 8
  %4 = load i64, ptr %3, align 8, !tbaa !2
  %5 = call i64 @llvm.read_register.i64(metadata !10)
  %6 = icmp ult i64 %5, %4
  br i1 %6, label %exhausted, label %7, !prof !6

7:                                                ; preds = %entry
  %8 = load ptr, ptr %0, align 8
  %9 = alloca [1 x i64], align 8
  %10 = zext i32 %1 to i64
  store i64 %10, ptr %9, align 8
  call void %8(ptr nonnull %0, ptr nonnull %9) #6
  ret void

exhausted:                                        ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #6
  call void @llvm.ubsantrap(i8 10) #7
  unreachable
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((8, 16)) %2) #2 align 32 {
entry:
  %3 = load double, ptr %2, align 8
  %4 = notail call swiftcc { double, i64 } %1(ptr swiftself %0, double %3) #6
  %5 = extractvalue { double, i64 } %4, 0
  store double %5, ptr %2, align 8
  %6 = extractvalue { double, i64 } %4, 1
  %7 = getelementptr i8, ptr %2, i64 8
  store i64 %6, ptr %7, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc { double, i64 } @host_call_array.t1(ptr nonnull swiftself %0, double %1) #2 {
entry:
  %2 = getelementptr i8, ptr %0, i64 8
  %3 = load ptr, ptr %2, align 8
  %4 = load i64, ptr %3, align 8, !tbaa !2
  %5 = call i64 @llvm.read_register.i64(metadata !10)
  %6 = icmp ult i64 %5, %4
  br i1 %6, label %exhausted, label %7, !prof !6

7:                                                ; preds = %entry
  %8 = load ptr, ptr %0, align 8
  %9 = alloca [2 x i64], align 8
  store double %1, ptr %9, align 8
  call void %8(ptr nonnull %0, ptr nonnull %9) #6
  %10 = load double, ptr %9, align 8
  %11 = insertvalue { double, i64 } poison, double %10, 0
  %12 = getelementptr inbounds nuw i8, ptr %9, i64 8
  %13 = load i64, ptr %12, align 8
  %14 = insertvalue { double, i64 } %11, i64 %13, 1
  ret { double, i64 } %14

exhausted:                                        ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #6
  call void @llvm.ubsantrap(i8 10) #7
  unreachable
}

; Function Attrs: nounwind uwtable
define internal void @entry.t2(ptr %0, ptr readonly captures(none) %1, ptr writeonly captures(none) initializes((0, 8)) %2) #2 align 32 {
entry:
  %3 = notail call swiftcc i32 %1(ptr swiftself %0) #6
  %4 = zext i32 %3 to i64
  store i64 %4, ptr %2, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t3(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #2 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %3) #6
  %5 = zext i32 %4 to i64
  store i64 %5, ptr %2, align 8
  ret void
}

attributes #0 = { noinline nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #2 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #3 = { cold noreturn nounwind memory(inaccessiblemem: write) }
attributes #4 = { nocallback nofree nosync nounwind willreturn memory(argmem: read) }
attributes #5 = { nocallback nofree nosync nounwind willreturn memory(read) }
attributes #6 = { nounwind }
attributes #7 = { noreturn nounwind }

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
