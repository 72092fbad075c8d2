; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [6 x ptr] [ptr @wasm.0.dot, ptr @wasm.1.min, ptr @wasm.2.swizzle, ptr @entry.t0, ptr @entry.t1, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.0.dot(ptr nonnull swiftself %instance, i32 %0, i32 %1) #0 {
entry:
  %2 = getelementptr i8, ptr %instance, i64 16
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  %4 = zext i32 %0 to i64
  %5 = getelementptr i8, ptr %3, i64 %4
  %6 = load <2 x i64>, ptr %5, align 1, !tbaa !6
  %7 = zext i32 %1 to i64
  %8 = getelementptr i8, ptr %3, i64 %7
  %9 = load <2 x i64>, ptr %8, align 1, !tbaa !6
  %10 = bitcast <2 x i64> %6 to <8 x i16>
  %11 = bitcast <2 x i64> %9 to <8 x i16>
  %12 = call <4 x i32> @llvm.x86.sse2.pmadd.wd(<8 x i16> %10, <8 x i16> %11)
  %13 = bitcast <4 x i32> %12 to <2 x i64>
  %14 = bitcast <2 x i64> %13 to <4 x i32>
  %15 = extractelement <4 x i32> %14, i64 0
  br label %return

return:                                           ; preds = %body
  %16 = phi i32 [ %15, %body ]
  ret i32 %16
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.1.min(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  %3 = zext i32 %0 to i64
  %4 = getelementptr i8, ptr %2, i64 %3
  %5 = load <2 x i64>, ptr %4, align 1, !tbaa !6
  %6 = zext i32 %0 to i64
  %7 = add i64 %6, 16
  %8 = getelementptr i8, ptr %2, i64 %7
  %9 = load <2 x i64>, ptr %8, align 1, !tbaa !6
  %10 = bitcast <2 x i64> %5 to <4 x float>
  %11 = bitcast <2 x i64> %9 to <4 x float>
  %12 = call <4 x float> @llvm.x86.sse.min.ps(<4 x float> %10, <4 x float> %11)
  %13 = bitcast <4 x float> %12 to <4 x i32>
  %14 = call <4 x float> @llvm.x86.sse.min.ps(<4 x float> %11, <4 x float> %10)
  %15 = bitcast <4 x float> %14 to <4 x i32>
  %16 = or <4 x i32> %13, %15
  %17 = bitcast <4 x i32> %16 to <4 x float>
  %18 = fcmp uno <4 x float> %10, %11
  %19 = select <4 x i1> %18, <4 x float> splat (float 0xFFF8000000000000), <4 x float> %17
  %20 = bitcast <4 x float> %19 to <2 x i64>
  %21 = zext i32 %0 to i64
  %22 = getelementptr i8, ptr %2, i64 %21
  store <2 x i64> %20, ptr %22, align 1, !tbaa !6
  br label %return

return:                                           ; preds = %body
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc void @wasm.2.swizzle(ptr nonnull swiftself %instance, i32 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  br label %body

body:                                             ; preds = %entry
  %3 = zext i32 %0 to i64
  %4 = getelementptr i8, ptr %2, i64 %3
  %5 = load <2 x i64>, ptr %4, align 1, !tbaa !6
  %6 = zext i32 %0 to i64
  %7 = add i64 %6, 16
  %8 = getelementptr i8, ptr %2, i64 %7
  %9 = load <2 x i64>, ptr %8, align 1, !tbaa !6
  %10 = bitcast <2 x i64> %5 to <16 x i8>
  %11 = bitcast <2 x i64> %9 to <16 x i8>
  %12 = call <16 x i8> @llvm.uadd.sat.v16i8(<16 x i8> %11, <16 x i8> splat (i8 112))
  %13 = call <16 x i8> @llvm.x86.ssse3.pshuf.b.128(<16 x i8> %10, <16 x i8> %12)
  %14 = bitcast <16 x i8> %13 to <2 x i64>
  %15 = zext i32 %0 to i64
  %16 = getelementptr i8, ptr %2, i64 %15
  store <2 x i64> %14, ptr %16, align 1, !tbaa !6
  br label %return

return:                                           ; preds = %body
  ret void
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(none)
declare <4 x i32> @llvm.x86.sse2.pmadd.wd(<8 x i16>, <8 x i16>) #1

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(none)
declare <4 x float> @llvm.x86.sse.min.ps(<4 x float>, <4 x float>) #1

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare <16 x i8> @llvm.uadd.sat.v16i8(<16 x i8>, <16 x i8>) #2

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(none)
declare <16 x i8> @llvm.x86.ssse3.pshuf.b.128(<16 x i8>, <16 x i8>) #1

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
  notail call swiftcc void %1(ptr swiftself %0, i32 %4) #3
  ret void
}

attributes #0 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nocallback nofree nosync nounwind willreturn memory(none) }
attributes #2 = { nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none) }
attributes #3 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!3, !3, i64 0}
!3 = !{!"instance", !4, i64 0}
!4 = !{!"tenon"}
!5 = !{}
!6 = !{!7, !7, i64 0}
!7 = !{!"memory", !4, i64 0}
