; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [8 x ptr] [ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @wasm.0.load, ptr @wasm.1.sum, ptr @wasm.2.store, ptr @wasm.3.grow, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(read, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable
define internal swiftcc i32 @wasm.0.load(ptr nonnull readonly swiftself captures(none) %instance, i32 %0) #0 {
entry:
  %1 = getelementptr i8, ptr %instance, i64 16
  %2 = load ptr, ptr %1, align 8, !tbaa !2, !invariant.load !5
  %3 = zext i32 %0 to i64
  %4 = getelementptr i8, ptr %2, i64 %3
  %5 = getelementptr i8, ptr %4, i64 4
  %6 = load i32, ptr %5, align 1, !tbaa !6
  ret i32 %6
}

; Function Attrs: nofree norecurse nosync nounwind memory(read, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable
define internal swiftcc i32 @wasm.1.sum(ptr nonnull readonly swiftself captures(none) %instance, i32 %0, i32 %1) #1 {
entry:
  %2 = getelementptr i8, ptr %instance, i64 16
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  %min.iters.check = icmp ult i32 %1, 20
  br i1 %min.iters.check, label %loop.preheader, label %vector.scevcheck

vector.scevcheck:                                 ; preds = %entry
  %4 = add i32 %1, -1
  %mul.result = shl i32 %4, 2
  %mul.overflow = icmp ugt i32 %4, 1073741823
  %5 = xor i32 %0, -1
  %6 = icmp ugt i32 %mul.result, %5
  %7 = or i1 %6, %mul.overflow
  br i1 %7, label %loop.preheader, label %vector.ph

vector.ph:                                        ; preds = %vector.scevcheck
  %n.vec = and i32 %1, 2147483640
  %8 = and i32 %1, 7
  %9 = shl i32 %n.vec, 2
  %10 = add i32 %0, %9
  br label %vector.body

vector.body:                                      ; preds = %vector.body, %vector.ph
  %index = phi i32 [ 0, %vector.ph ], [ %index.next, %vector.body ]
  %vec.phi = phi <4 x i32> [ zeroinitializer, %vector.ph ], [ %15, %vector.body ]
  %vec.phi3 = phi <4 x i32> [ zeroinitializer, %vector.ph ], [ %16, %vector.body ]
  %11 = shl i32 %index, 2
  %offset.idx = add i32 %0, %11
  %12 = zext i32 %offset.idx to i64
  %13 = getelementptr i8, ptr %3, i64 %12
  %14 = getelementptr i8, ptr %13, i64 16
  %wide.load = load <4 x i32>, ptr %13, align 1, !tbaa !6
  %wide.load4 = load <4 x i32>, ptr %14, align 1, !tbaa !6
  %15 = add <4 x i32> %vec.phi, %wide.load
  %16 = add <4 x i32> %vec.phi3, %wide.load4
  %index.next = add nuw i32 %index, 8
  %17 = icmp eq i32 %index.next, %n.vec
  br i1 %17, label %middle.block, label %vector.body, !llvm.loop !8

middle.block:                                     ; preds = %vector.body
  %bin.rdx = add <4 x i32> %16, %15
  %18 = call i32 @llvm.vector.reduce.add.v4i32(<4 x i32> %bin.rdx)
  %cmp.n = icmp eq i32 %1, %n.vec
  br i1 %cmp.n, label %return, label %loop.preheader

loop.preheader:                                   ; preds = %vector.scevcheck, %entry, %middle.block
  %.02.ph = phi i32 [ 0, %vector.scevcheck ], [ 0, %entry ], [ %18, %middle.block ]
  %.01.ph = phi i32 [ %1, %vector.scevcheck ], [ %1, %entry ], [ %8, %middle.block ]
  %.0.ph = phi i32 [ %0, %vector.scevcheck ], [ %0, %entry ], [ %10, %middle.block ]
  %19 = add i32 %.01.ph, -1
  %xtraiter = and i32 %.01.ph, 3
  %lcmp.mod.not = icmp eq i32 %xtraiter, 0
  br i1 %lcmp.mod.not, label %loop.prol.loopexit, label %loop.prol

loop.prol:                                        ; preds = %loop.preheader, %loop.prol
  %.02.prol = phi i32 [ %23, %loop.prol ], [ %.02.ph, %loop.preheader ]
  %.01.prol = phi i32 [ %25, %loop.prol ], [ %.01.ph, %loop.preheader ]
  %.0.prol = phi i32 [ %24, %loop.prol ], [ %.0.ph, %loop.preheader ]
  %prol.iter = phi i32 [ %prol.iter.next, %loop.prol ], [ 0, %loop.preheader ]
  %20 = zext i32 %.0.prol to i64
  %21 = getelementptr i8, ptr %3, i64 %20
  %22 = load i32, ptr %21, align 1, !tbaa !6
  %23 = add i32 %.02.prol, %22
  %24 = add i32 %.0.prol, 4
  %25 = add i32 %.01.prol, -1
  %prol.iter.next = add i32 %prol.iter, 1
  %prol.iter.cmp.not = icmp eq i32 %prol.iter.next, %xtraiter
  br i1 %prol.iter.cmp.not, label %loop.prol.loopexit, label %loop.prol, !llvm.loop !12

loop.prol.loopexit:                               ; preds = %loop.prol, %loop.preheader
  %.lcssa6.unr = phi i32 [ poison, %loop.preheader ], [ %23, %loop.prol ]
  %.02.unr = phi i32 [ %.02.ph, %loop.preheader ], [ %23, %loop.prol ]
  %.01.unr = phi i32 [ %.01.ph, %loop.preheader ], [ %25, %loop.prol ]
  %.0.unr = phi i32 [ %.0.ph, %loop.preheader ], [ %24, %loop.prol ]
  %26 = icmp ult i32 %19, 3
  br i1 %26, label %return, label %loop

loop:                                             ; preds = %loop.prol.loopexit, %loop
  %.02 = phi i32 [ %45, %loop ], [ %.02.unr, %loop.prol.loopexit ]
  %.01 = phi i32 [ %47, %loop ], [ %.01.unr, %loop.prol.loopexit ]
  %.0 = phi i32 [ %46, %loop ], [ %.0.unr, %loop.prol.loopexit ]
  %27 = zext i32 %.0 to i64
  %28 = getelementptr i8, ptr %3, i64 %27
  %29 = load i32, ptr %28, align 1, !tbaa !6
  %30 = add i32 %.02, %29
  %31 = add i32 %.0, 4
  %32 = zext i32 %31 to i64
  %33 = getelementptr i8, ptr %3, i64 %32
  %34 = load i32, ptr %33, align 1, !tbaa !6
  %35 = add i32 %30, %34
  %36 = add i32 %.0, 8
  %37 = zext i32 %36 to i64
  %38 = getelementptr i8, ptr %3, i64 %37
  %39 = load i32, ptr %38, align 1, !tbaa !6
  %40 = add i32 %35, %39
  %41 = add i32 %.0, 12
  %42 = zext i32 %41 to i64
  %43 = getelementptr i8, ptr %3, i64 %42
  %44 = load i32, ptr %43, align 1, !tbaa !6
  %45 = add i32 %40, %44
  %46 = add i32 %.0, 16
  %47 = add i32 %.01, -4
  %.not.3 = icmp eq i32 %47, 0
  br i1 %.not.3, label %return, label %loop, !llvm.loop !14

return:                                           ; preds = %loop.prol.loopexit, %loop, %middle.block
  %.lcssa = phi i32 [ %18, %middle.block ], [ %.lcssa6.unr, %loop.prol.loopexit ], [ %45, %loop ]
  ret i32 %.lcssa
}

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(write, argmem: readwrite, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable
define internal swiftcc void @wasm.2.store(ptr nonnull readonly swiftself captures(none) %instance, i32 %0, i64 %1) #2 {
entry:
  %2 = getelementptr i8, ptr %instance, i64 16
  %3 = load ptr, ptr %2, align 8, !tbaa !2, !invariant.load !5
  %4 = trunc i64 %1 to i16
  %5 = zext i32 %0 to i64
  %6 = getelementptr i8, ptr %3, i64 %5
  %7 = getelementptr i8, ptr %6, i64 4294967295
  store i16 %4, ptr %7, align 1, !tbaa !6
  ret void
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.3.grow(ptr nonnull swiftself %instance, i32 %0) #3 {
entry:
  %1 = zext i32 %0 to i64
  %2 = load ptr, ptr %instance, align 8, !tbaa !2, !invariant.load !5
  %3 = getelementptr i8, ptr %2, i64 8
  %4 = load ptr, ptr %3, align 8, !tbaa !2, !invariant.load !5
  %5 = load ptr, ptr %4, align 8, !tbaa !2, !invariant.load !5
  %6 = notail call i64 %5(ptr nonnull %instance, i32 0, i64 %1) #5
  %7 = trunc i64 %6 to i32
  ret i32 %7
}

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #3 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %3) #5
  %5 = zext i32 %4 to i64
  store i64 %5, ptr %2, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #3 align 32 {
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
define internal void @entry.t2(ptr %0, ptr readonly captures(none) %1, ptr readonly captures(none) %2) #3 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = getelementptr i8, ptr %2, i64 8
  %5 = load i64, ptr %4, align 8
  notail call swiftcc void %1(ptr swiftself %0, i32 %3, i64 %5) #5
  ret void
}

; Function Attrs: nocallback nofree nosync nounwind speculatable willreturn memory(none)
declare i32 @llvm.vector.reduce.add.v4i32(<4 x i32>) #4

attributes #0 = { mustprogress nofree norecurse nosync nounwind willreturn memory(read, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nofree norecurse nosync nounwind memory(read, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #2 = { mustprogress nofree norecurse nosync nounwind willreturn memory(write, argmem: readwrite, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #3 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #4 = { nocallback nofree nosync nounwind speculatable willreturn memory(none) }
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
!8 = distinct !{!8, !9, !10, !11}
!9 = !{!"llvm.loop.isvectorized", i32 1}
!10 = !{!"llvm.loop.unroll.runtime.disable"}
!11 = !{!"llvm.loop.align", i32 64}
!12 = distinct !{!12, !13, !11}
!13 = !{!"llvm.loop.unroll.disable"}
!14 = distinct !{!14, !9, !11}
