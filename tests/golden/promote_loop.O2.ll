; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [3 x ptr] [ptr @entry.t0, ptr @wasm.0.promote, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nofree norecurse nosync nounwind memory(readwrite, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable
define internal swiftcc void @wasm.0.promote(ptr nonnull readonly swiftself captures(none) %instance, i32 %0, i32 %1, i32 %2) #0 {
entry:
  %3 = getelementptr i8, ptr %instance, i64 16
  %4 = load ptr, ptr %3, align 8, !tbaa !2, !invariant.load !5
  %min.iters.check = icmp ult i32 %2, 34
  br i1 %min.iters.check, label %loop.preheader, label %vector.scevcheck

vector.scevcheck:                                 ; preds = %entry
  %5 = add i32 %2, -1
  %mul.result = shl i32 %5, 3
  %mul.overflow = icmp ugt i32 %5, 536870911
  %6 = xor i32 %1, -1
  %7 = icmp ugt i32 %mul.result, %6
  %8 = or i1 %7, %mul.overflow
  %mul.result4 = shl i32 %5, 2
  %9 = xor i32 %0, -1
  %10 = icmp ugt i32 %mul.result4, %9
  %11 = or i1 %10, %8
  br i1 %11, label %loop.preheader, label %vector.memcheck

vector.memcheck:                                  ; preds = %vector.scevcheck
  %12 = zext i32 %1 to i64
  %scevgep = getelementptr i8, ptr %4, i64 %12
  %13 = add nsw i32 %2, -1
  %14 = zext i32 %13 to i64
  %15 = shl nuw nsw i64 %14, 3
  %16 = getelementptr i8, ptr %4, i64 %15
  %17 = getelementptr i8, ptr %16, i64 %12
  %scevgep6 = getelementptr i8, ptr %17, i64 8
  %18 = zext i32 %0 to i64
  %scevgep7 = getelementptr i8, ptr %4, i64 %18
  %19 = shl nuw nsw i64 %14, 2
  %20 = getelementptr i8, ptr %4, i64 %19
  %21 = getelementptr i8, ptr %20, i64 %18
  %scevgep8 = getelementptr i8, ptr %21, i64 4
  %bound0 = icmp ult ptr %scevgep, %scevgep8
  %bound1 = icmp ult ptr %scevgep7, %scevgep6
  %found.conflict = and i1 %bound0, %bound1
  br i1 %found.conflict, label %loop.preheader, label %vector.ph

vector.ph:                                        ; preds = %vector.memcheck
  %n.vec = and i32 %2, 1073741820
  %22 = and i32 %2, 3
  %23 = shl i32 %n.vec, 3
  %24 = add i32 %1, %23
  %25 = shl nuw i32 %n.vec, 2
  %26 = add i32 %0, %25
  br label %vector.body

vector.body:                                      ; preds = %vector.body, %vector.ph
  %index = phi i32 [ 0, %vector.ph ], [ %index.next, %vector.body ]
  %27 = shl i32 %index, 3
  %offset.idx = add i32 %1, %27
  %28 = shl i32 %index, 2
  %offset.idx9 = add i32 %0, %28
  %29 = zext i32 %offset.idx9 to i64
  %30 = getelementptr i8, ptr %4, i64 %29
  %31 = getelementptr i8, ptr %30, i64 8
  %wide.load = load <2 x float>, ptr %30, align 1, !tbaa !6, !alias.scope !8
  %wide.load10 = load <2 x float>, ptr %31, align 1, !tbaa !6, !alias.scope !8
  %32 = shufflevector <2 x float> %wide.load, <2 x float> poison, <4 x i32> <i32 0, i32 1, i32 poison, i32 poison>
  %33 = call <4 x float> @llvm.canonicalize.v4f32(<4 x float> %32)
  %34 = shufflevector <4 x float> %33, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %35 = shufflevector <2 x float> %wide.load10, <2 x float> poison, <4 x i32> <i32 0, i32 1, i32 poison, i32 poison>
  %36 = call <4 x float> @llvm.canonicalize.v4f32(<4 x float> %35)
  %37 = shufflevector <4 x float> %36, <4 x float> poison, <2 x i32> <i32 0, i32 1>
  %38 = fpext <2 x float> %34 to <2 x double>
  %39 = fpext <2 x float> %37 to <2 x double>
  %40 = zext i32 %offset.idx to i64
  %41 = getelementptr i8, ptr %4, i64 %40
  %42 = getelementptr i8, ptr %41, i64 16
  store <2 x double> %38, ptr %41, align 1, !tbaa !6, !alias.scope !11, !noalias !8
  store <2 x double> %39, ptr %42, align 1, !tbaa !6, !alias.scope !11, !noalias !8
  %index.next = add nuw i32 %index, 4
  %43 = icmp eq i32 %index.next, %n.vec
  br i1 %43, label %middle.block, label %vector.body, !llvm.loop !13

middle.block:                                     ; preds = %vector.body
  %cmp.n = icmp eq i32 %2, %n.vec
  br i1 %cmp.n, label %return, label %loop.preheader

loop.preheader:                                   ; preds = %vector.memcheck, %vector.scevcheck, %entry, %middle.block
  %.02.ph = phi i32 [ %2, %vector.memcheck ], [ %2, %vector.scevcheck ], [ %2, %entry ], [ %22, %middle.block ]
  %.01.ph = phi i32 [ %1, %vector.memcheck ], [ %1, %vector.scevcheck ], [ %1, %entry ], [ %24, %middle.block ]
  %.0.ph = phi i32 [ %0, %vector.memcheck ], [ %0, %vector.scevcheck ], [ %0, %entry ], [ %26, %middle.block ]
  %xtraiter = and i32 %.02.ph, 1
  %lcmp.mod.not = icmp eq i32 %xtraiter, 0
  br i1 %lcmp.mod.not, label %loop.prol.loopexit, label %loop.prol

loop.prol:                                        ; preds = %loop.preheader
  %44 = zext i32 %.0.ph to i64
  %45 = getelementptr i8, ptr %4, i64 %44
  %46 = load float, ptr %45, align 1, !tbaa !6
  %47 = call float @llvm.canonicalize.f32(float %46)
  %48 = fpext float %47 to double
  %49 = zext i32 %.01.ph to i64
  %50 = getelementptr i8, ptr %4, i64 %49
  store double %48, ptr %50, align 1, !tbaa !6
  %51 = add i32 %.0.ph, 4
  %52 = add i32 %.01.ph, 8
  %53 = add nsw i32 %.02.ph, -1
  br label %loop.prol.loopexit

loop.prol.loopexit:                               ; preds = %loop.prol, %loop.preheader
  %.02.unr = phi i32 [ %.02.ph, %loop.preheader ], [ %53, %loop.prol ]
  %.01.unr = phi i32 [ %.01.ph, %loop.preheader ], [ %52, %loop.prol ]
  %.0.unr = phi i32 [ %.0.ph, %loop.preheader ], [ %51, %loop.prol ]
  %54 = icmp eq i32 %.02.ph, 1
  br i1 %54, label %return, label %loop

loop:                                             ; preds = %loop.prol.loopexit, %loop
  %.02 = phi i32 [ %73, %loop ], [ %.02.unr, %loop.prol.loopexit ]
  %.01 = phi i32 [ %72, %loop ], [ %.01.unr, %loop.prol.loopexit ]
  %.0 = phi i32 [ %71, %loop ], [ %.0.unr, %loop.prol.loopexit ]
  %55 = zext i32 %.0 to i64
  %56 = getelementptr i8, ptr %4, i64 %55
  %57 = load float, ptr %56, align 1, !tbaa !6
  %58 = call float @llvm.canonicalize.f32(float %57)
  %59 = fpext float %58 to double
  %60 = zext i32 %.01 to i64
  %61 = getelementptr i8, ptr %4, i64 %60
  store double %59, ptr %61, align 1, !tbaa !6
  %62 = add i32 %.0, 4
  %63 = add i32 %.01, 8
  %64 = zext i32 %62 to i64
  %65 = getelementptr i8, ptr %4, i64 %64
  %66 = load float, ptr %65, align 1, !tbaa !6
  %67 = call float @llvm.canonicalize.f32(float %66)
  %68 = fpext float %67 to double
  %69 = zext i32 %63 to i64
  %70 = getelementptr i8, ptr %4, i64 %69
  store double %68, ptr %70, align 1, !tbaa !6
  %71 = add i32 %.0, 8
  %72 = add i32 %.01, 16
  %73 = add i32 %.02, -2
  %.not.1 = icmp eq i32 %73, 0
  br i1 %.not.1, label %return, label %loop, !llvm.loop !17

return:                                           ; preds = %loop.prol.loopexit, %loop, %middle.block
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr readonly captures(none) %2) #1 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = getelementptr i8, ptr %2, i64 8
  %5 = load i32, ptr %4, align 8
  %6 = getelementptr i8, ptr %2, i64 16
  %7 = load i32, ptr %6, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %3, i32 %5, i32 %7) #3
  ret void
}

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare float @llvm.canonicalize.f32(float) #2

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare <2 x float> @llvm.canonicalize.v2f32(<2 x float>) #2

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare <4 x float> @llvm.canonicalize.v4f32(<4 x float>) #2

attributes #0 = { nofree norecurse nosync nounwind memory(readwrite, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
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
!8 = !{!9}
!9 = distinct !{!9, !10}
!10 = distinct !{!10, !"LVerDomain"}
!11 = !{!12}
!12 = distinct !{!12, !10}
!13 = distinct !{!13, !14, !15, !16}
!14 = !{!"llvm.loop.isvectorized", i32 1}
!15 = !{!"llvm.loop.unroll.runtime.disable"}
!16 = !{!"llvm.loop.align", i32 64}
!17 = distinct !{!17, !14, !16}
