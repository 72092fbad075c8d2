; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [7 x ptr] [ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @wasm.0.fill, ptr @wasm.1.copy, ptr @wasm.2.init, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.0.fill(ptr nonnull swiftself %instance, i32 %0, i32 %1, i32 %2) #0 {
entry:
  %3 = zext i32 %2 to i64
  %4 = zext i32 %0 to i64
  %5 = getelementptr i8, ptr %instance, i64 24
  %6 = load ptr, ptr %5, align 8
  %7 = getelementptr i8, ptr %6, i64 8
  %8 = load i64, ptr %7, align 8
  %9 = icmp ugt i32 %2, 128
  %10 = sub i64 %8, %3
  %11 = icmp ult i64 %10, %4
  %12 = or i1 %9, %11
  br i1 %12, label %slow.i, label %inside.i

slow.i:                                           ; preds = %entry
  %13 = load ptr, ptr %instance, align 8
  %14 = getelementptr i8, ptr %13, i64 8
  %15 = load ptr, ptr %14, align 8
  %16 = getelementptr i8, ptr %15, i64 8
  %17 = load ptr, ptr %16, align 8
  notail call void %17(ptr nonnull %instance, i32 0, i64 range(i64 0, 4294967296) %4, i32 %1, i64 range(i64 0, 4294967296) %3) #1
  br label %memory_fill.exit

inside.i:                                         ; preds = %entry
  %18 = getelementptr i8, ptr %instance, i64 16
  %19 = load ptr, ptr %18, align 8
  %20 = getelementptr i8, ptr %19, i64 %4
  %21 = and i32 %1, 255
  %22 = zext nneg i32 %21 to i64
  %23 = mul nuw i64 %22, 72340172838076673
  %24 = icmp samesign ugt i32 %2, 64
  br i1 %24, label %25, label %34

25:                                               ; preds = %inside.i
  %.splatinsert.i = insertelement <2 x i64> poison, i64 %23, i64 0
  %.splat.i = shufflevector <2 x i64> %.splatinsert.i, <2 x i64> poison, <2 x i32> zeroinitializer
  store <2 x i64> %.splat.i, ptr %20, align 1
  %26 = getelementptr i8, ptr %20, i64 16
  store <2 x i64> %.splat.i, ptr %26, align 1
  %27 = getelementptr i8, ptr %20, i64 32
  store <2 x i64> %.splat.i, ptr %27, align 1
  %28 = getelementptr i8, ptr %20, i64 48
  store <2 x i64> %.splat.i, ptr %28, align 1
  %29 = getelementptr i8, ptr %20, i64 %3
  %30 = getelementptr i8, ptr %29, i64 -64
  store <2 x i64> %.splat.i, ptr %30, align 1
  %31 = getelementptr i8, ptr %29, i64 -48
  store <2 x i64> %.splat.i, ptr %31, align 1
  %32 = getelementptr i8, ptr %29, i64 -32
  store <2 x i64> %.splat.i, ptr %32, align 1
  %33 = getelementptr i8, ptr %29, i64 -16
  store <2 x i64> %.splat.i, ptr %33, align 1
  br label %memory_fill.exit

34:                                               ; preds = %inside.i
  %35 = icmp samesign ugt i32 %2, 32
  br i1 %35, label %36, label %41

36:                                               ; preds = %34
  %.splatinsert1.i = insertelement <2 x i64> poison, i64 %23, i64 0
  %.splat2.i = shufflevector <2 x i64> %.splatinsert1.i, <2 x i64> poison, <2 x i32> zeroinitializer
  store <2 x i64> %.splat2.i, ptr %20, align 1
  %37 = getelementptr i8, ptr %20, i64 16
  store <2 x i64> %.splat2.i, ptr %37, align 1
  %38 = getelementptr i8, ptr %20, i64 %3
  %39 = getelementptr i8, ptr %38, i64 -32
  store <2 x i64> %.splat2.i, ptr %39, align 1
  %40 = getelementptr i8, ptr %38, i64 -16
  store <2 x i64> %.splat2.i, ptr %40, align 1
  br label %memory_fill.exit

41:                                               ; preds = %34
  %42 = icmp samesign ugt i32 %2, 15
  br i1 %42, label %43, label %46

43:                                               ; preds = %41
  %.splatinsert3.i = insertelement <2 x i64> poison, i64 %23, i64 0
  %.splat4.i = shufflevector <2 x i64> %.splatinsert3.i, <2 x i64> poison, <2 x i32> zeroinitializer
  store <2 x i64> %.splat4.i, ptr %20, align 1
  %44 = getelementptr i8, ptr %20, i64 %3
  %45 = getelementptr i8, ptr %44, i64 -16
  store <2 x i64> %.splat4.i, ptr %45, align 1
  br label %memory_fill.exit

46:                                               ; preds = %41
  %47 = icmp samesign ugt i32 %2, 7
  br i1 %47, label %48, label %51

48:                                               ; preds = %46
  store i64 %23, ptr %20, align 1
  %49 = getelementptr i8, ptr %20, i64 %3
  %50 = getelementptr i8, ptr %49, i64 -8
  store i64 %23, ptr %50, align 1
  br label %memory_fill.exit

51:                                               ; preds = %46
  %52 = icmp samesign ugt i32 %2, 3
  br i1 %52, label %53, label %57

53:                                               ; preds = %51
  %54 = trunc i64 %23 to i32
  store i32 %54, ptr %20, align 1
  %55 = getelementptr i8, ptr %20, i64 %3
  %56 = getelementptr i8, ptr %55, i64 -4
  store i32 %54, ptr %56, align 1
  br label %memory_fill.exit

57:                                               ; preds = %51
  %58 = icmp samesign ugt i32 %2, 1
  br i1 %58, label %59, label %63

59:                                               ; preds = %57
  %60 = trunc i64 %23 to i16
  store i16 %60, ptr %20, align 1
  %61 = getelementptr i8, ptr %20, i64 %3
  %62 = getelementptr i8, ptr %61, i64 -2
  store i16 %60, ptr %62, align 1
  br label %memory_fill.exit

63:                                               ; preds = %57
  %.not.i = icmp eq i32 %2, 0
  br i1 %.not.i, label %memory_fill.exit, label %64

64:                                               ; preds = %63
  %65 = trunc i64 %23 to i8
  store i8 %65, ptr %20, align 1
  br label %memory_fill.exit

memory_fill.exit:                                 ; preds = %slow.i, %25, %36, %43, %48, %53, %59, %63, %64
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.1.copy(ptr nonnull swiftself %instance, i32 %0, i32 %1) #0 {
entry:
  %2 = zext i32 %1 to i64
  %3 = zext i32 %0 to i64
  %4 = getelementptr i8, ptr %instance, i64 24
  %5 = load ptr, ptr %4, align 8
  %6 = getelementptr i8, ptr %5, i64 8
  %7 = load i64, ptr %6, align 8
  %8 = add i64 %7, -16
  %9 = icmp ult i64 %8, %3
  %10 = icmp ult i64 %8, %2
  %11 = or i1 %9, %10
  br i1 %11, label %slow.i, label %17

slow.i:                                           ; preds = %entry
  %12 = load ptr, ptr %instance, align 8
  %13 = getelementptr i8, ptr %12, i64 8
  %14 = load ptr, ptr %13, align 8
  %15 = getelementptr i8, ptr %14, i64 16
  %16 = load ptr, ptr %15, align 8
  notail call void %16(ptr nonnull %instance, i32 0, i32 0, i64 range(i64 0, 4294967296) %3, i64 range(i64 0, 4294967296) %2, i64 16) #1
  br label %memory_copy.exit

17:                                               ; preds = %entry
  %18 = getelementptr i8, ptr %instance, i64 16
  %19 = load ptr, ptr %18, align 8
  %20 = getelementptr i8, ptr %19, i64 %3
  %21 = getelementptr i8, ptr %19, i64 %2
  %22 = load <2 x i64>, ptr %21, align 1
  store <2 x i64> %22, ptr %20, align 1
  br label %memory_copy.exit

memory_copy.exit:                                 ; preds = %slow.i, %17
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.2.init(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  %1 = zext i32 %0 to i64
  %2 = load ptr, ptr %instance, align 8, !tbaa !2, !invariant.load !5
  %3 = getelementptr i8, ptr %2, i64 8
  %4 = load ptr, ptr %3, align 8, !tbaa !2, !invariant.load !5
  %5 = getelementptr i8, ptr %4, i64 24
  %6 = load ptr, ptr %5, align 8, !tbaa !2, !invariant.load !5
  notail call void %6(ptr nonnull %instance, i32 0, i32 0, i64 %1, i64 0, i64 3) #1
  %7 = getelementptr i8, ptr %4, i64 32
  %8 = load ptr, ptr %7, align 8, !tbaa !2, !invariant.load !5
  notail call void %8(ptr nonnull %instance, i32 0) #1
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr readonly captures(none) %2) #0 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = getelementptr i8, ptr %2, i64 8
  %5 = load i32, ptr %4, align 8
  %6 = getelementptr i8, ptr %2, i64 16
  %7 = load i32, ptr %6, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %3, i32 %5, i32 %7) #1
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr readonly captures(none) %1, ptr readonly captures(none) %2) #0 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = getelementptr i8, ptr %2, i64 8
  %5 = load i32, ptr %4, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %3, i32 %5) #1
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t2(ptr %0, ptr readonly captures(none) %1, ptr readonly captures(none) %2) #0 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %3) #1
  ret void
}

attributes #0 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!3, !3, i64 0}
!3 = !{!"instance", !4, i64 0}
!4 = !{!"tenon"}
!5 = !{}
