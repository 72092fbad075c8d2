; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [8 x ptr] [ptr @wasm.1.loop, ptr @wasm.2.call, ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @host_call.t0, ptr @host_call_array.t0, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc void @memory_fill(ptr nonnull swiftself %0, i64 %1, i32 %2, i64 %3) #0 {
entry:
  %4 = getelementptr i8, ptr %0, i64 24
  %5 = load ptr, ptr %4, align 8
  %6 = getelementptr i8, ptr %5, i64 8
  %7 = load i64, ptr %6, align 8
  %8 = icmp ugt i64 %3, 128
  %9 = sub i64 %7, %3
  %10 = icmp ugt i64 %1, %9
  %11 = or i1 %8, %10
  br i1 %11, label %slow, label %inside

slow:                                             ; preds = %entry
  %12 = getelementptr i8, ptr %0, i64 0
  %13 = load ptr, ptr %12, align 8
  %14 = getelementptr i8, ptr %13, i64 8
  %15 = load ptr, ptr %14, align 8
  %16 = getelementptr i8, ptr %15, i64 8
  %17 = load ptr, ptr %16, align 8
  notail call void %17(ptr %0, i32 0, i64 %1, i32 %2, i64 %3) #3
  ret void

inside:                                           ; preds = %entry
  %18 = getelementptr i8, ptr %0, i64 16
  %19 = load ptr, ptr %18, align 8
  %20 = getelementptr i8, ptr %19, i64 %1
  %21 = trunc i32 %2 to i8
  %22 = zext i8 %21 to i64
  %23 = mul i64 %22, 72340172838076673
  %24 = icmp uge i64 %3, 65
  br i1 %24, label %25, label %38

25:                                               ; preds = %inside
  %.splatinsert = insertelement <2 x i64> poison, i64 %23, i64 0
  %.splat = shufflevector <2 x i64> %.splatinsert, <2 x i64> poison, <2 x i32> zeroinitializer
  %26 = getelementptr i8, ptr %20, i64 0
  store <2 x i64> %.splat, ptr %26, align 1
  %27 = getelementptr i8, ptr %20, i64 16
  store <2 x i64> %.splat, ptr %27, align 1
  %28 = getelementptr i8, ptr %20, i64 32
  store <2 x i64> %.splat, ptr %28, align 1
  %29 = getelementptr i8, ptr %20, i64 48
  store <2 x i64> %.splat, ptr %29, align 1
  %30 = sub i64 %3, 64
  %31 = getelementptr i8, ptr %20, i64 %30
  store <2 x i64> %.splat, ptr %31, align 1
  %32 = sub i64 %3, 48
  %33 = getelementptr i8, ptr %20, i64 %32
  store <2 x i64> %.splat, ptr %33, align 1
  %34 = sub i64 %3, 32
  %35 = getelementptr i8, ptr %20, i64 %34
  store <2 x i64> %.splat, ptr %35, align 1
  %36 = sub i64 %3, 16
  %37 = getelementptr i8, ptr %20, i64 %36
  store <2 x i64> %.splat, ptr %37, align 1
  ret void

38:                                               ; preds = %inside
  %39 = icmp uge i64 %3, 33
  br i1 %39, label %40, label %47

40:                                               ; preds = %38
  %.splatinsert1 = insertelement <2 x i64> poison, i64 %23, i64 0
  %.splat2 = shufflevector <2 x i64> %.splatinsert1, <2 x i64> poison, <2 x i32> zeroinitializer
  %41 = getelementptr i8, ptr %20, i64 0
  store <2 x i64> %.splat2, ptr %41, align 1
  %42 = getelementptr i8, ptr %20, i64 16
  store <2 x i64> %.splat2, ptr %42, align 1
  %43 = sub i64 %3, 32
  %44 = getelementptr i8, ptr %20, i64 %43
  store <2 x i64> %.splat2, ptr %44, align 1
  %45 = sub i64 %3, 16
  %46 = getelementptr i8, ptr %20, i64 %45
  store <2 x i64> %.splat2, ptr %46, align 1
  ret void

47:                                               ; preds = %38
  %48 = icmp uge i64 %3, 16
  br i1 %48, label %49, label %53

49:                                               ; preds = %47
  %.splatinsert3 = insertelement <2 x i64> poison, i64 %23, i64 0
  %.splat4 = shufflevector <2 x i64> %.splatinsert3, <2 x i64> poison, <2 x i32> zeroinitializer
  %50 = getelementptr i8, ptr %20, i64 0
  store <2 x i64> %.splat4, ptr %50, align 1
  %51 = sub i64 %3, 16
  %52 = getelementptr i8, ptr %20, i64 %51
  store <2 x i64> %.splat4, ptr %52, align 1
  ret void

53:                                               ; preds = %47
  %54 = icmp uge i64 %3, 8
  br i1 %54, label %55, label %59

55:                                               ; preds = %53
  %56 = getelementptr i8, ptr %20, i64 0
  store i64 %23, ptr %56, align 1
  %57 = sub i64 %3, 8
  %58 = getelementptr i8, ptr %20, i64 %57
  store i64 %23, ptr %58, align 1
  ret void

59:                                               ; preds = %53
  %60 = icmp uge i64 %3, 4
  br i1 %60, label %61, label %66

61:                                               ; preds = %59
  %62 = trunc i64 %23 to i32
  %63 = getelementptr i8, ptr %20, i64 0
  store i32 %62, ptr %63, align 1
  %64 = sub i64 %3, 4
  %65 = getelementptr i8, ptr %20, i64 %64
  store i32 %62, ptr %65, align 1
  ret void

66:                                               ; preds = %59
  %67 = icmp uge i64 %3, 2
  br i1 %67, label %68, label %73

68:                                               ; preds = %66
  %69 = trunc i64 %23 to i16
  %70 = getelementptr i8, ptr %20, i64 0
  store i16 %69, ptr %70, align 1
  %71 = sub i64 %3, 2
  %72 = getelementptr i8, ptr %20, i64 %71
  store i16 %69, ptr %72, align 1
  ret void

73:                                               ; preds = %66
  %74 = icmp uge i64 %3, 1
  br i1 %74, label %75, label %78

75:                                               ; preds = %73
  %76 = trunc i64 %23 to i8
  %77 = getelementptr i8, ptr %20, i64 0
  store i8 %76, ptr %77, align 1
  ret void

78:                                               ; preds = %73
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.1.loop(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 0
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  %3 = getelementptr i8, ptr %2, i64 24
  %4 = getelementptr i8, ptr %instance, i64 16
  %5 = load ptr, ptr %4, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  br label %loop

loop:                                             ; preds = %9, %body
  %.0 = phi i32 [ %0, %body ], [ %14, %9 ]
  %6 = load volatile i64, ptr %3, align 8, !tbaa !6
  %7 = sub i64 %6, 11
  store volatile i64 %7, ptr %3, align 8, !tbaa !6
  %8 = icmp slt i64 %7, 0
  br i1 %8, label %trap, label %9, !prof !8

9:                                                ; preds = %loop
  %10 = getelementptr i8, ptr %5, i64 8
  %11 = load i32, ptr %10, align 1, !tbaa !9
  %12 = add i32 %11, 1
  %13 = getelementptr i8, ptr %5, i64 8
  store i32 %12, ptr %13, align 1, !tbaa !9
  %14 = sub i32 %.0, 1
  %15 = icmp ne i32 %14, 0
  br i1 %15, label %loop, label %16

16:                                               ; preds = %9
  %17 = load volatile i64, ptr %3, align 8, !tbaa !6
  %18 = sub i64 %17, 1
  store volatile i64 %18, ptr %3, align 8, !tbaa !6
  %19 = icmp slt i64 %18, 0
  br i1 %19, label %trap, label %20, !prof !8

trap:                                             ; preds = %16, %loop
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 16) #4
  unreachable

20:                                               ; preds = %16
  br label %return

return:                                           ; preds = %20
  %21 = phi i32 [ %14, %20 ]
  ret i32 %21
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.2.call(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 0
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  %3 = getelementptr i8, ptr %2, i64 24
  br label %body

body:                                             ; preds = %entry
  %4 = load volatile i64, ptr %3, align 8, !tbaa !6
  %5 = sub i64 %4, 2
  store volatile i64 %5, ptr %3, align 8, !tbaa !6
  %6 = icmp slt i64 %5, 0
  br i1 %6, label %trap, label %7, !prof !8

7:                                                ; preds = %body
  %8 = icmp ne i32 %0, 0
  br i1 %8, label %then, label %else

then:                                             ; preds = %7
  %9 = load volatile i64, ptr %3, align 8, !tbaa !6
  %10 = sub i64 %9, 1
  store volatile i64 %10, ptr %3, align 8, !tbaa !6
  %11 = icmp slt i64 %10, 0
  br i1 %11, label %trap, label %12, !prof !8

trap:                                             ; preds = %20, %end, %then, %body
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 16) #4
  unreachable

12:                                               ; preds = %then
  %13 = getelementptr i8, ptr %instance, i64 32
  %14 = load ptr, ptr %13, align 8, !tbaa !2, !invariant.load !5
  %15 = getelementptr i8, ptr %instance, i64 40
  %16 = load ptr, ptr %15, align 8, !tbaa !2, !invariant.load !5
  notail call swiftcc void %14(ptr swiftself %16) #3
  br label %end

else:                                             ; preds = %7
  br label %end

end:                                              ; preds = %else, %12
  %17 = load volatile i64, ptr %3, align 8, !tbaa !6
  %18 = sub i64 %17, 4
  store volatile i64 %18, ptr %3, align 8, !tbaa !6
  %19 = icmp slt i64 %18, 0
  br i1 %19, label %trap, label %20, !prof !8

20:                                               ; preds = %end
  %21 = zext i32 %0 to i64
  %22 = lshr i64 %21, 6
  %23 = load volatile i64, ptr %3, align 8, !tbaa !6
  %24 = sub i64 %23, %22
  store volatile i64 %24, ptr %3, align 8, !tbaa !6
  %25 = icmp slt i64 %24, 0
  br i1 %25, label %trap, label %26, !prof !8

26:                                               ; preds = %20
  %27 = zext i32 %0 to i64
  notail call swiftcc void @memory_fill(ptr swiftself %instance, i64 0, i32 7, i64 %27) #3
  br label %return

return:                                           ; preds = %26
  ret void
}

; Function Attrs: cold noreturn nounwind memory(inaccessiblemem: write)
declare void @llvm.ubsantrap(i8 immarg) #1

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  notail call swiftcc void %1(ptr swiftself %0) #3
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @host_call.t0(ptr nonnull swiftself %0) #0 align 32 {
entry:
  %1 = getelementptr i8, ptr %0, i64 8
  %2 = load ptr, ptr %1, align 8
  %3 = getelementptr i8, ptr %2, i64 0
  %4 = load i64, ptr %3, align 8, !tbaa !2
  %5 = call i64 @llvm.read_register.i64(metadata !11)
  %6 = icmp ult i64 %5, %4
  br i1 %6, label %exhausted, label %7, !prof !8

7:                                                ; preds = %entry
  %8 = getelementptr i8, ptr %0, i64 0
  %9 = load ptr, ptr %8, align 8
  tail call void %9(ptr %0) #3
  ret void

exhausted:                                        ; preds = %entry
  call void asm sideeffect "", "~{memory}"()
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
  %3 = getelementptr i8, ptr %2, i64 0
  %4 = load i64, ptr %3, align 8, !tbaa !2
  %5 = call i64 @llvm.read_register.i64(metadata !11)
  %6 = icmp ult i64 %5, %4
  br i1 %6, label %exhausted, label %7, !prof !8

7:                                                ; preds = %entry
  %8 = getelementptr i8, ptr %0, i64 0
  %9 = load ptr, ptr %8, align 8
  %10 = alloca [1 x i64], align 8
  call void %9(ptr %0, ptr %10) #3
  ret void

exhausted:                                        ; preds = %entry
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 10) #4
  unreachable
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %4) #3
  %6 = getelementptr i64, ptr %2, i64 0
  %7 = zext i32 %5 to i64
  store i64 %7, ptr %6, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t2(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %4) #3
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
!11 = !{!"rsp"}
