; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [8 x ptr] [ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @host_call.t0, ptr @host_call_array.t0, ptr @wasm.1.loop, ptr @wasm.2.call, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc noundef i32 @wasm.1.loop(ptr nonnull readonly swiftself captures(none) %instance, i32 %0) #0 {
entry:
  %1 = load ptr, ptr %instance, align 8, !tbaa !2, !invariant.load !5
  %2 = getelementptr i8, ptr %1, i64 24
  %3 = getelementptr i8, ptr %instance, i64 16
  %4 = load ptr, ptr %3, align 8, !tbaa !2, !invariant.load !5
  %5 = getelementptr i8, ptr %4, i64 8
  br label %loop

loop:                                             ; preds = %9, %entry
  %.0 = phi i32 [ %0, %entry ], [ %12, %9 ]
  %6 = load volatile i64, ptr %2, align 8, !tbaa !6
  %7 = add i64 %6, -11
  store volatile i64 %7, ptr %2, align 8, !tbaa !6
  %8 = icmp slt i64 %7, 0
  br i1 %8, label %trap, label %9, !prof !8

9:                                                ; preds = %loop
  %10 = load i32, ptr %5, align 1, !tbaa !9
  %11 = add i32 %10, 1
  store i32 %11, ptr %5, align 1, !tbaa !9
  %12 = add i32 %.0, -1
  %.not = icmp eq i32 %12, 0
  br i1 %.not, label %13, label %loop, !llvm.loop !11

13:                                               ; preds = %9
  %14 = load volatile i64, ptr %2, align 8, !tbaa !6
  %15 = add i64 %14, -1
  store volatile i64 %15, ptr %2, align 8, !tbaa !6
  %16 = icmp slt i64 %15, 0
  br i1 %16, label %trap, label %return, !prof !8

trap:                                             ; preds = %loop, %13
  call void asm sideeffect "", "~{memory}"() #3
  call void @llvm.ubsantrap(i8 16) #4
  unreachable

return:                                           ; preds = %13
  ret i32 0
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.2.call(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  %1 = load ptr, ptr %instance, align 8, !tbaa !2, !invariant.load !5
  %2 = getelementptr i8, ptr %1, i64 24
  %3 = load volatile i64, ptr %2, align 8, !tbaa !6
  %4 = add i64 %3, -2
  store volatile i64 %4, ptr %2, align 8, !tbaa !6
  %5 = icmp slt i64 %4, 0
  br i1 %5, label %trap, label %6, !prof !8

6:                                                ; preds = %entry
  %.not = icmp eq i32 %0, 0
  br i1 %.not, label %end, label %then

then:                                             ; preds = %6
  %7 = load volatile i64, ptr %2, align 8, !tbaa !6
  %8 = add i64 %7, -1
  store volatile i64 %8, ptr %2, align 8, !tbaa !6
  %9 = icmp slt i64 %8, 0
  br i1 %9, label %trap, label %10, !prof !8

trap:                                             ; preds = %18, %end, %then, %entry
  call void asm sideeffect "", "~{memory}"() #3
  call void @llvm.ubsantrap(i8 16) #4
  unreachable

10:                                               ; preds = %then
  %11 = getelementptr i8, ptr %instance, i64 32
  %12 = load ptr, ptr %11, align 8, !tbaa !2, !invariant.load !5
  %13 = getelementptr i8, ptr %instance, i64 40
  %14 = load ptr, ptr %13, align 8, !tbaa !2, !invariant.load !5
  notail call swiftcc void %12(ptr swiftself %14) #3
  br label %end

end:                                              ; preds = %6, %10
  %15 = load volatile i64, ptr %2, align 8, !tbaa !6
  %16 = add i64 %15, -4
  store volatile i64 %16, ptr %2, align 8, !tbaa !6
  %17 = icmp slt i64 %16, 0
  br i1 %17, label %trap, label %18, !prof !8

18:                                               ; preds = %end
  %19 = zext i32 %0 to i64
  %20 = lshr i64 %19, 6
  %21 = load volatile i64, ptr %2, align 8, !tbaa !6
  %22 = sub i64 %21, %20
  store volatile i64 %22, ptr %2, align 8, !tbaa !6
  %23 = icmp slt i64 %22, 0
  br i1 %23, label %trap, label %return, !prof !8

return:                                           ; preds = %18
  %24 = icmp ugt i32 %0, 128
  br i1 %24, label %slow.i, label %inside.i

slow.i:                                           ; preds = %return
  %25 = load ptr, ptr %instance, align 8
  %26 = getelementptr i8, ptr %25, i64 8
  %27 = load ptr, ptr %26, align 8
  %28 = getelementptr i8, ptr %27, i64 8
  %29 = load ptr, ptr %28, align 8
  notail call void %29(ptr nonnull %instance, i32 0, i64 0, i32 7, i64 range(i64 0, 4294967296) %19) #3
  br label %memory_fill.exit

inside.i:                                         ; preds = %return
  %30 = getelementptr i8, ptr %instance, i64 16
  %31 = load ptr, ptr %30, align 8
  %32 = icmp samesign ugt i32 %0, 64
  br i1 %32, label %33, label %42

33:                                               ; preds = %inside.i
  store <2 x i64> splat (i64 506381209866536711), ptr %31, align 1
  %34 = getelementptr i8, ptr %31, i64 16
  store <2 x i64> splat (i64 506381209866536711), ptr %34, align 1
  %35 = getelementptr i8, ptr %31, i64 32
  store <2 x i64> splat (i64 506381209866536711), ptr %35, align 1
  %36 = getelementptr i8, ptr %31, i64 48
  store <2 x i64> splat (i64 506381209866536711), ptr %36, align 1
  %37 = getelementptr i8, ptr %31, i64 %19
  %38 = getelementptr i8, ptr %37, i64 -64
  store <2 x i64> splat (i64 506381209866536711), ptr %38, align 1
  %39 = getelementptr i8, ptr %37, i64 -48
  store <2 x i64> splat (i64 506381209866536711), ptr %39, align 1
  %40 = getelementptr i8, ptr %37, i64 -32
  store <2 x i64> splat (i64 506381209866536711), ptr %40, align 1
  %41 = getelementptr i8, ptr %37, i64 -16
  store <2 x i64> splat (i64 506381209866536711), ptr %41, align 1
  br label %memory_fill.exit

42:                                               ; preds = %inside.i
  %43 = icmp samesign ugt i32 %0, 32
  br i1 %43, label %44, label %49

44:                                               ; preds = %42
  store <2 x i64> splat (i64 506381209866536711), ptr %31, align 1
  %45 = getelementptr i8, ptr %31, i64 16
  store <2 x i64> splat (i64 506381209866536711), ptr %45, align 1
  %46 = getelementptr i8, ptr %31, i64 %19
  %47 = getelementptr i8, ptr %46, i64 -32
  store <2 x i64> splat (i64 506381209866536711), ptr %47, align 1
  %48 = getelementptr i8, ptr %46, i64 -16
  store <2 x i64> splat (i64 506381209866536711), ptr %48, align 1
  br label %memory_fill.exit

49:                                               ; preds = %42
  %50 = icmp samesign ugt i32 %0, 15
  br i1 %50, label %51, label %54

51:                                               ; preds = %49
  store <2 x i64> splat (i64 506381209866536711), ptr %31, align 1
  %52 = getelementptr i8, ptr %31, i64 %19
  %53 = getelementptr i8, ptr %52, i64 -16
  store <2 x i64> splat (i64 506381209866536711), ptr %53, align 1
  br label %memory_fill.exit

54:                                               ; preds = %49
  %55 = icmp samesign ugt i32 %0, 7
  br i1 %55, label %56, label %59

56:                                               ; preds = %54
  store i64 506381209866536711, ptr %31, align 1
  %57 = getelementptr i8, ptr %31, i64 %19
  %58 = getelementptr i8, ptr %57, i64 -8
  store i64 506381209866536711, ptr %58, align 1
  br label %memory_fill.exit

59:                                               ; preds = %54
  %60 = icmp samesign ugt i32 %0, 3
  br i1 %60, label %61, label %64

61:                                               ; preds = %59
  store i32 117901063, ptr %31, align 1
  %62 = getelementptr i8, ptr %31, i64 %19
  %63 = getelementptr i8, ptr %62, i64 -4
  store i32 117901063, ptr %63, align 1
  br label %memory_fill.exit

64:                                               ; preds = %59
  %65 = icmp samesign ugt i32 %0, 1
  br i1 %65, label %66, label %69

66:                                               ; preds = %64
  store i16 1799, ptr %31, align 1
  %67 = getelementptr i8, ptr %31, i64 %19
  %68 = getelementptr i8, ptr %67, i64 -2
  store i16 1799, ptr %68, align 1
  br label %memory_fill.exit

69:                                               ; preds = %64
  br i1 %.not, label %memory_fill.exit, label %70

70:                                               ; preds = %69
  store i8 7, ptr %31, align 1
  br label %memory_fill.exit

memory_fill.exit:                                 ; preds = %slow.i, %33, %44, %51, %56, %61, %66, %69, %70
  ret void
}

; Function Attrs: cold noreturn nounwind memory(inaccessiblemem: write)
declare void @llvm.ubsantrap(i8 immarg) #1

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr readnone captures(none) %2) #0 align 32 {
entry:
  notail call swiftcc void %1(ptr swiftself %0) #3
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @host_call.t0(ptr nonnull swiftself %0) #0 align 32 {
entry:
  %1 = getelementptr i8, ptr %0, i64 8
  %2 = load ptr, ptr %1, align 8
  %3 = load i64, ptr %2, align 8, !tbaa !2
  %4 = call i64 @llvm.read_register.i64(metadata !13)
  %5 = icmp ult i64 %4, %3
  br i1 %5, label %exhausted, label %6, !prof !8

6:                                                ; preds = %entry
  %7 = load ptr, ptr %0, align 8
  tail call void %7(ptr nonnull %0) #3
  ret void

exhausted:                                        ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #3
  call void @llvm.ubsantrap(i8 10) #4
  unreachable
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(read)
declare i64 @llvm.read_register.i64(metadata) #2

; Function Attrs: nounwind uwtable
define internal swiftcc void @host_call_array.t0(ptr nonnull swiftself %0) #0 {
entry:
  %1 = getelementptr i8, ptr %0, i64 8
  %2 = load ptr, ptr %1, align 8
  %3 = load i64, ptr %2, align 8, !tbaa !2
  %4 = call i64 @llvm.read_register.i64(metadata !13)
  %5 = icmp ult i64 %4, %3
  br i1 %5, label %exhausted, label %6, !prof !8

6:                                                ; preds = %entry
  %7 = load ptr, ptr %0, align 8
  %8 = alloca [1 x i64], align 8
  call void %7(ptr nonnull %0, ptr nonnull %8) #3
  ret void

exhausted:                                        ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #3
  call void @llvm.ubsantrap(i8 10) #4
  unreachable
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #0 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %3) #3
  %5 = zext i32 %4 to i64
  store i64 %5, ptr %2, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t2(ptr %0, ptr readonly captures(none) %1, ptr readonly captures(none) %2) #0 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %3) #3
  ret void
}

attributes #0 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { cold noreturn nounwind memory(inaccessiblemem: write) }
attributes #2 = { nocallback nofree nosync nounwind willreturn memory(read) }
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
!7 = !{!"fuel", !4, i64 0}
!8 = !{!"branch_weights", i32 1, i32 1048575}
!9 = !{!10, !10, i64 0}
!10 = !{!"memory", !4, i64 0}
!11 = distinct !{!11, !12}
!12 = !{!"llvm.loop.align", i32 64}
!13 = !{!"rsp"}
