; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [6 x ptr] [ptr @entry.t0, ptr @entry.t1, ptr @wasm.0.dot, ptr @wasm.1.min, ptr @wasm.2.swizzle, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(read, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable
define internal swiftcc i32 @wasm.0.dot(ptr nonnull readonly swiftself captures(none) %instance, i32 %0, i32 %1) #0 {
entry:
  %2 = getelementptr i8, ptr %instance, i64 16
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  %4 = zext i32 %0 to i64
  %5 = getelementptr i8, ptr %3, i64 %4
  %6 = load <8 x i16>, ptr %5, align 1, !tbaa !6
  %7 = zext i32 %1 to i64
  %8 = getelementptr i8, ptr %3, i64 %7
  %9 = load <8 x i16>, ptr %8, align 1, !tbaa !6
  %10 = call <4 x i32> @llvm.x86.sse2.pmadd.wd(<8 x i16> %6, <8 x i16> %9)
  %11 = extractelement <4 x i32> %10, i64 0
  ret i32 %11
}

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(readwrite, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable
define internal swiftcc void @wasm.1.min(ptr nonnull readonly swiftself captures(none) %instance, i32 %0) #1 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  %3 = zext i32 %0 to i64
  %4 = getelementptr i8, ptr %2, i64 %3
  %5 = load <4 x float>, ptr %4, align 1, !tbaa !6
  %6 = getelementptr i8, ptr %4, i64 16
  %7 = load <4 x float>, ptr %6, align 1, !tbaa !6
  %8 = call <4 x float> @llvm.x86.sse.min.ps(<4 x float> %5, <4 x float> %7)
  %9 = bitcast <4 x float> %8 to <4 x i32>
  %10 = call <4 x float> @llvm.x86.sse.min.ps(<4 x float> %7, <4 x float> %5)
  %11 = bitcast <4 x float> %10 to <4 x i32>
  %12 = or <4 x i32> %9, %11
  %13 = bitcast <4 x i32> %12 to <4 x float>
  %14 = fcmp uno <4 x float> %5, %7
  %15 = select <4 x i1> %14, <4 x float> splat (float 0xFFF8000000000000), <4 x float> %13
  store <4 x float> %15, ptr %4, align 1, !tbaa !6
  ret void
}

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(readwrite, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable
define internal swiftcc void @wasm.2.swizzle(ptr nonnull readonly swiftself captures(none) %instance, i32 %0) #1 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  %3 = zext i32 %0 to i64
  %4 = getelementptr i8, ptr %2, i64 %3
  %5 = load <16 x i8>, ptr %4, align 1, !tbaa !6
  %6 = getelementptr i8, ptr %4, i64 16
  %7 = load <16 x i8>, ptr %6, align 1, !tbaa !6
  %8 = call <16 x i8> @llvm.uadd.sat.v16i8(<16 x i8> %7, <16 x i8> splat (i8 112))
  %9 = call <16 x i8> @llvm.x86.ssse3.pshuf.b.128(<16 x i8> %5, <16 x i8> %8)
  store <16 x i8> %9, ptr %4, align 1, !tbaa !6
  ret void
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(none)
declare <4 x i32> @llvm.x86.sse2.pmadd.wd(<8 x i16>, <8 x i16>) #2

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(none)
declare <4 x float> @llvm.x86.sse.min.ps(<4 x float>, <4 x float>) #2

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare <16 x i8> @llvm.uadd.sat.v16i8(<16 x i8>, <16 x i8>) #3

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(none)
declare <16 x i8> @llvm.x86.ssse3.pshuf.b.128(<16 x i8>, <16 x i8>) #2

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #4 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = getelementptr i8, ptr %2, i64 8
  %5 = load i32, ptr %4, align 8
  %6 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %3, i32 %5) #5
  %7 = zext i32 %6 to i64
  store i64 %7, ptr %2, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr readonly captures(none) %1, ptr readonly captures(none) %2) #4 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %3) #5
  ret void
}

attributes #0 = { mustprogress nofree norecurse nosync nounwind willreturn memory(read, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { mustprogress nofree norecurse nosync nounwind willreturn memory(readwrite, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #2 = { nocallback nofree nosync nounwind willreturn memory(none) }
attributes #3 = { nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none) }
attributes #4 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #5 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!3, !3, i64 0}
!3 = !{!"instance", !4, i64 0}
!4 = !{!"tenon"}
!5 = !{}
!6 = !{!7, !7, i64 0}
!7 = !{!"memory", !4, i64 0}
