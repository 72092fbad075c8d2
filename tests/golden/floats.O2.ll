; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [10 x ptr] [ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @entry.t3, ptr @wasm.0.add, ptr @wasm.1.times_one, ptr @wasm.2.there_and_back, ptr @wasm.3.min, ptr @wasm.4.nearest, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable
define internal swiftcc double @wasm.0.add(ptr nonnull readnone swiftself captures(none) %instance, double %0, double %1) #0 {
entry:
  %2 = fadd double %0, %1
  ret double %2
}

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable
define internal swiftcc float @wasm.1.times_one(ptr nonnull readnone swiftself captures(none) %instance, float %0) #0 {
entry:
  %1 = call float @llvm.canonicalize.f32(float %0)
  ret float %1
}

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable
define internal swiftcc float @wasm.2.there_and_back(ptr nonnull readnone swiftself captures(none) %instance, float %0) #0 {
entry:
  %1 = fpext float %0 to double
  %2 = call double @llvm.canonicalize.f64(double %1)
  %3 = fptrunc double %2 to float
  ret float %3
}

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable
define internal swiftcc float @wasm.3.min(ptr nonnull readnone swiftself captures(none) %instance, float %0, float %1) #0 {
entry:
  %2 = fcmp olt float %0, %1
  %3 = select i1 %2, float %0, float %1
  %4 = bitcast float %3 to i32
  %5 = fcmp olt float %1, %0
  %6 = select i1 %5, float %1, float %0
  %7 = bitcast float %6 to i32
  %8 = or i32 %4, %7
  %9 = bitcast i32 %8 to float
  %10 = fadd float %0, %1
  %11 = fcmp uno float %0, %1
  %12 = select i1 %11, float %10, float %9
  ret float %12
}

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable
define internal swiftcc double @wasm.4.nearest(ptr nonnull readnone swiftself captures(none) %instance, double %0) #0 {
entry:
  %1 = call double @llvm.roundeven.f64(double %0)
  ret double %1
}

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare double @llvm.roundeven.f64(double) #1

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr captures(none) %2) #2 align 32 {
entry:
  %3 = load double, ptr %2, align 8
  %4 = getelementptr i8, ptr %2, i64 8
  %5 = load double, ptr %4, align 8
  %6 = notail call swiftcc double %1(ptr swiftself %0, double %3, double %5) #3
  store double %6, ptr %2, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #2 align 32 {
entry:
  %3 = load float, ptr %2, align 8
  %4 = notail call swiftcc float %1(ptr swiftself %0, float %3) #3
  %5 = bitcast float %4 to i32
  %6 = zext i32 %5 to i64
  store i64 %6, ptr %2, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t2(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #2 align 32 {
entry:
  %3 = load float, ptr %2, align 8
  %4 = getelementptr i8, ptr %2, i64 8
  %5 = load float, ptr %4, align 8
  %6 = notail call swiftcc float %1(ptr swiftself %0, float %3, float %5) #3
  %7 = bitcast float %6 to i32
  %8 = zext i32 %7 to i64
  store i64 %8, ptr %2, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t3(ptr %0, ptr readonly captures(none) %1, ptr captures(none) %2) #2 align 32 {
entry:
  %3 = load double, ptr %2, align 8
  %4 = notail call swiftcc double %1(ptr swiftself %0, double %3) #3
  store double %4, ptr %2, align 8
  ret void
}

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare float @llvm.canonicalize.f32(float) #1

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare double @llvm.canonicalize.f64(double) #1

attributes #0 = { mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none) }
attributes #2 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #3 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
