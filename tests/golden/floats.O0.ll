; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [10 x ptr] [ptr @wasm.0.add, ptr @wasm.1.times_one, ptr @wasm.2.there_and_back, ptr @wasm.3.min, ptr @wasm.4.nearest, ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @entry.t3, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc double @wasm.0.add(ptr nonnull swiftself %instance, double %0, double %1) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %2 = fadd double %0, %1
  br label %return

return:                                           ; preds = %body
  %3 = phi double [ %2, %body ]
  ret double %3
}

; Function Attrs: nounwind uwtable
define internal swiftcc float @wasm.1.times_one(ptr nonnull swiftself %instance, float %0) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %1 = call float @llvm.canonicalize.f32(float %0)
  %2 = fmul float %1, 1.000000e+00
  br label %return

return:                                           ; preds = %body
  %3 = phi float [ %2, %body ]
  ret float %3
}

; Function Attrs: nounwind uwtable
define internal swiftcc float @wasm.2.there_and_back(ptr nonnull swiftself %instance, float %0) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %1 = fpext float %0 to double
  %2 = call double @llvm.canonicalize.f64(double %1)
  %3 = fptrunc double %2 to float
  br label %return

return:                                           ; preds = %body
  %4 = phi float [ %3, %body ]
  ret float %4
}

; Function Attrs: nounwind uwtable
define internal swiftcc float @wasm.3.min(ptr nonnull swiftself %instance, float %0, float %1) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
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
  br label %return

return:                                           ; preds = %body
  %13 = phi float [ %12, %body ]
  ret float %13
}

; Function Attrs: nounwind uwtable
define internal swiftcc double @wasm.4.nearest(ptr nonnull swiftself %instance, double %0) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %1 = call double @llvm.roundeven.f64(double %0)
  br label %return

return:                                           ; preds = %body
  %2 = phi double [ %1, %body ]
  ret double %2
}

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare double @llvm.roundeven.f64(double) #1

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load double, ptr %3, align 8
  %5 = getelementptr i64, ptr %2, i64 1
  %6 = load double, ptr %5, align 8
  %7 = notail call swiftcc double %1(ptr swiftself %0, double %4, double %6) #2
  %8 = getelementptr i64, ptr %2, i64 0
  store double %7, ptr %8, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load float, ptr %3, align 8
  %5 = notail call swiftcc float %1(ptr swiftself %0, float %4) #2
  %6 = getelementptr i64, ptr %2, i64 0
  %7 = bitcast float %5 to i32
  %8 = zext i32 %7 to i64
  store i64 %8, ptr %6, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t2(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load float, ptr %3, align 8
  %5 = getelementptr i64, ptr %2, i64 1
  %6 = load float, ptr %5, align 8
  %7 = notail call swiftcc float %1(ptr swiftself %0, float %4, float %6) #2
  %8 = getelementptr i64, ptr %2, i64 0
  %9 = bitcast float %7 to i32
  %10 = zext i32 %9 to i64
  store i64 %10, ptr %8, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t3(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load double, ptr %3, align 8
  %5 = notail call swiftcc double %1(ptr swiftself %0, double %4) #2
  %6 = getelementptr i64, ptr %2, i64 0
  store double %5, ptr %6, align 8
  ret void
}

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare float @llvm.canonicalize.f32(float) #1

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare double @llvm.canonicalize.f64(double) #1

attributes #0 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none) }
attributes #2 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
