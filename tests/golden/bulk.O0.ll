; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [7 x ptr] [ptr @wasm.0.fill, ptr @wasm.1.copy, ptr @wasm.2.init, ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc void @memory_copy(ptr nonnull swiftself %0, i64 %1, i64 %2, i64 %3) #0 {
entry:
  %4 = getelementptr i8, ptr %0, i64 24
  %5 = load ptr, ptr %4, align 8
  %6 = getelementptr i8, ptr %5, i64 8
  %7 = load i64, ptr %6, align 8
  %8 = icmp ugt i64 %3, 128
  %9 = sub i64 %7, %3
  %10 = icmp ugt i64 %1, %9
  %11 = or i1 %8, %10
  %12 = sub i64 %7, %3
  %13 = icmp ugt i64 %2, %12
  %14 = or i1 %11, %13
  br i1 %14, label %slow, label %inside

slow:                                             ; preds = %entry
  %15 = getelementptr i8, ptr %0, i64 0
  %16 = load ptr, ptr %15, align 8
  %17 = getelementptr i8, ptr %16, i64 8
  %18 = load ptr, ptr %17, align 8
  %19 = getelementptr i8, ptr %18, i64 16
  %20 = load ptr, ptr %19, align 8
  notail call void %20(ptr %0, i32 0, i32 0, i64 %1, i64 %2, i64 %3) #1
  ret void

inside:                                           ; preds = %entry
  %21 = getelementptr i8, ptr %0, i64 16
  %22 = load ptr, ptr %21, align 8
  %23 = getelementptr i8, ptr %22, i64 %1
  %24 = getelementptr i8, ptr %22, i64 %2
  %25 = icmp uge i64 %3, 65
  br i1 %25, label %26, label %55

26:                                               ; preds = %inside
  %27 = getelementptr i8, ptr %24, i64 0
  %28 = load <2 x i64>, ptr %27, align 1
  %29 = getelementptr i8, ptr %24, i64 16
  %30 = load <2 x i64>, ptr %29, align 1
  %31 = getelementptr i8, ptr %24, i64 32
  %32 = load <2 x i64>, ptr %31, align 1
  %33 = getelementptr i8, ptr %24, i64 48
  %34 = load <2 x i64>, ptr %33, align 1
  %35 = sub i64 %3, 64
  %36 = getelementptr i8, ptr %24, i64 %35
  %37 = load <2 x i64>, ptr %36, align 1
  %38 = sub i64 %3, 48
  %39 = getelementptr i8, ptr %24, i64 %38
  %40 = load <2 x i64>, ptr %39, align 1
  %41 = sub i64 %3, 32
  %42 = getelementptr i8, ptr %24, i64 %41
  %43 = load <2 x i64>, ptr %42, align 1
  %44 = sub i64 %3, 16
  %45 = getelementptr i8, ptr %24, i64 %44
  %46 = load <2 x i64>, ptr %45, align 1
  %47 = getelementptr i8, ptr %23, i64 0
  store <2 x i64> %28, ptr %47, align 1
  %48 = getelementptr i8, ptr %23, i64 16
  store <2 x i64> %30, ptr %48, align 1
  %49 = getelementptr i8, ptr %23, i64 32
  store <2 x i64> %32, ptr %49, align 1
  %50 = getelementptr i8, ptr %23, i64 48
  store <2 x i64> %34, ptr %50, align 1
  %51 = getelementptr i8, ptr %23, i64 %35
  store <2 x i64> %37, ptr %51, align 1
  %52 = getelementptr i8, ptr %23, i64 %38
  store <2 x i64> %40, ptr %52, align 1
  %53 = getelementptr i8, ptr %23, i64 %41
  store <2 x i64> %43, ptr %53, align 1
  %54 = getelementptr i8, ptr %23, i64 %44
  store <2 x i64> %46, ptr %54, align 1
  ret void

55:                                               ; preds = %inside
  %56 = icmp uge i64 %3, 33
  br i1 %56, label %57, label %72

57:                                               ; preds = %55
  %58 = getelementptr i8, ptr %24, i64 0
  %59 = load <2 x i64>, ptr %58, align 1
  %60 = getelementptr i8, ptr %24, i64 16
  %61 = load <2 x i64>, ptr %60, align 1
  %62 = sub i64 %3, 32
  %63 = getelementptr i8, ptr %24, i64 %62
  %64 = load <2 x i64>, ptr %63, align 1
  %65 = sub i64 %3, 16
  %66 = getelementptr i8, ptr %24, i64 %65
  %67 = load <2 x i64>, ptr %66, align 1
  %68 = getelementptr i8, ptr %23, i64 0
  store <2 x i64> %59, ptr %68, align 1
  %69 = getelementptr i8, ptr %23, i64 16
  store <2 x i64> %61, ptr %69, align 1
  %70 = getelementptr i8, ptr %23, i64 %62
  store <2 x i64> %64, ptr %70, align 1
  %71 = getelementptr i8, ptr %23, i64 %65
  store <2 x i64> %67, ptr %71, align 1
  ret void

72:                                               ; preds = %55
  %73 = icmp uge i64 %3, 16
  br i1 %73, label %74, label %82

74:                                               ; preds = %72
  %75 = getelementptr i8, ptr %24, i64 0
  %76 = load <2 x i64>, ptr %75, align 1
  %77 = sub i64 %3, 16
  %78 = getelementptr i8, ptr %24, i64 %77
  %79 = load <2 x i64>, ptr %78, align 1
  %80 = getelementptr i8, ptr %23, i64 0
  store <2 x i64> %76, ptr %80, align 1
  %81 = getelementptr i8, ptr %23, i64 %77
  store <2 x i64> %79, ptr %81, align 1
  ret void

82:                                               ; preds = %72
  %83 = icmp uge i64 %3, 8
  br i1 %83, label %84, label %92

84:                                               ; preds = %82
  %85 = getelementptr i8, ptr %24, i64 0
  %86 = load i64, ptr %85, align 1
  %87 = sub i64 %3, 8
  %88 = getelementptr i8, ptr %24, i64 %87
  %89 = load i64, ptr %88, align 1
  %90 = getelementptr i8, ptr %23, i64 0
  store i64 %86, ptr %90, align 1
  %91 = getelementptr i8, ptr %23, i64 %87
  store i64 %89, ptr %91, align 1
  ret void

92:                                               ; preds = %82
  %93 = icmp uge i64 %3, 4
  br i1 %93, label %94, label %102

94:                                               ; preds = %92
  %95 = getelementptr i8, ptr %24, i64 0
  %96 = load i32, ptr %95, align 1
  %97 = sub i64 %3, 4
  %98 = getelementptr i8, ptr %24, i64 %97
  %99 = load i32, ptr %98, align 1
  %100 = getelementptr i8, ptr %23, i64 0
  store i32 %96, ptr %100, align 1
  %101 = getelementptr i8, ptr %23, i64 %97
  store i32 %99, ptr %101, align 1
  ret void

102:                                              ; preds = %92
  %103 = icmp uge i64 %3, 2
  br i1 %103, label %104, label %112

104:                                              ; preds = %102
  %105 = getelementptr i8, ptr %24, i64 0
  %106 = load i16, ptr %105, align 1
  %107 = sub i64 %3, 2
  %108 = getelementptr i8, ptr %24, i64 %107
  %109 = load i16, ptr %108, align 1
  %110 = getelementptr i8, ptr %23, i64 0
  store i16 %106, ptr %110, align 1
  %111 = getelementptr i8, ptr %23, i64 %107
  store i16 %109, ptr %111, align 1
  ret void

112:                                              ; preds = %102
  %113 = icmp uge i64 %3, 1
  br i1 %113, label %114, label %118

114:                                              ; preds = %112
  %115 = getelementptr i8, ptr %24, i64 0
  %116 = load i8, ptr %115, align 1
  %117 = getelementptr i8, ptr %23, i64 0
  store i8 %116, ptr %117, align 1
  ret void

118:                                              ; preds = %112
  ret void
}

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
  notail call void %17(ptr %0, i32 0, i64 %1, i32 %2, i64 %3) #1
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
define internal swiftcc void @wasm.0.fill(ptr nonnull swiftself %instance, i32 %0, i32 %1, i32 %2) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %3 = zext i32 %2 to i64
  %4 = zext i32 %0 to i64
  notail call swiftcc void @memory_fill(ptr swiftself %instance, i64 %4, i32 %1, i64 %3) #1
  br label %return

return:                                           ; preds = %body
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.1.copy(ptr nonnull swiftself %instance, i32 %0, i32 %1) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %2 = zext i32 %1 to i64
  %3 = zext i32 %0 to i64
  notail call swiftcc void @memory_copy(ptr swiftself %instance, i64 %3, i64 %2, i64 16) #1
  br label %return

return:                                           ; preds = %body
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.2.init(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %1 = zext i32 %0 to i64
  %2 = getelementptr i8, ptr %instance, i64 0
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  %4 = getelementptr i8, ptr %3, i64 8
  %5 = load ptr, ptr %4, align 8, !tbaa !2, !invariant.load !5
  %6 = getelementptr i8, ptr %5, i64 24
  %7 = load ptr, ptr %6, align 8, !tbaa !2, !invariant.load !5
  notail call void %7(ptr %instance, i32 0, i32 0, i64 %1, i64 0, i64 3) #1
  %8 = getelementptr i8, ptr %instance, i64 0
  %9 = load ptr, ptr %8, align 8, !tbaa !2, !invariant.load !5
  %10 = getelementptr i8, ptr %9, i64 8
  %11 = load ptr, ptr %10, align 8, !tbaa !2, !invariant.load !5
  %12 = getelementptr i8, ptr %11, i64 32
  %13 = load ptr, ptr %12, align 8, !tbaa !2, !invariant.load !5
  notail call void %13(ptr %instance, i32 0) #1
  br label %return

return:                                           ; preds = %body
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = getelementptr i64, ptr %2, i64 1
  %6 = load i32, ptr %5, align 8
  %7 = getelementptr i64, ptr %2, i64 2
  %8 = load i32, ptr %7, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %4, i32 %6, i32 %8) #1
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = getelementptr i64, ptr %2, i64 1
  %6 = load i32, ptr %5, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %4, i32 %6) #1
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t2(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %4) #1
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
