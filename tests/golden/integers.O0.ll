; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [11 x ptr] [ptr @wasm.0.div_s, ptr @wasm.1.rem_s, ptr @wasm.2.shl, ptr @wasm.3.rotl, ptr @wasm.4.trunc, ptr @wasm.5.trunc_sat, ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @entry.t3, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.0.div_s(ptr nonnull swiftself %instance, i32 %0, i32 %1) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %2 = icmp eq i32 %1, 0
  br i1 %2, label %trap, label %3, !prof !2

3:                                                ; preds = %body
  %4 = icmp eq i32 %1, -1
  %5 = icmp eq i32 %0, -2147483648
  %6 = and i1 %5, %4
  br i1 %6, label %trap1, label %7, !prof !2

trap:                                             ; preds = %body
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 2) #3
  unreachable

7:                                                ; preds = %3
  %8 = sdiv i32 %0, %1
  br label %return

return:                                           ; preds = %7
  %9 = phi i32 [ %8, %7 ]
  ret i32 %9

trap1:                                            ; preds = %3
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 3) #3
  unreachable
}

; Function Attrs: nounwind uwtable
define internal swiftcc i64 @wasm.1.rem_s(ptr nonnull swiftself %instance, i64 %0, i64 %1) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %2 = icmp eq i64 %1, 0
  br i1 %2, label %trap, label %3, !prof !2

3:                                                ; preds = %body
  %4 = icmp eq i64 %1, -1
  %5 = select i1 %4, i64 1, i64 %1
  %6 = srem i64 %0, %5
  br label %return

return:                                           ; preds = %3
  %7 = phi i64 [ %6, %3 ]
  ret i64 %7

trap:                                             ; preds = %body
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 2) #3
  unreachable
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.2.shl(ptr nonnull swiftself %instance, i32 %0, i32 %1) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %2 = and i32 %1, 31
  %3 = shl i32 %0, %2
  br label %return

return:                                           ; preds = %body
  %4 = phi i32 [ %3, %body ]
  ret i32 %4
}

; Function Attrs: nounwind uwtable
define internal swiftcc i64 @wasm.3.rotl(ptr nonnull swiftself %instance, i64 %0, i64 %1) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %2 = call i64 @llvm.fshl.i64(i64 %0, i64 %0, i64 %1)
  br label %return

return:                                           ; preds = %body
  %3 = phi i64 [ %2, %body ]
  ret i64 %3
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.4.trunc(ptr nonnull swiftself %instance, double %0) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %1 = fcmp ogt double %0, 0xC1E0000000200000
  %2 = fcmp olt double %0, 0x41E0000000000000
  %3 = and i1 %1, %2
  br i1 %3, label %5, label %unfit, !prof !3

unfit:                                            ; preds = %body
  %4 = fcmp uno double %0, %0
  br i1 %4, label %trap1, label %trap

5:                                                ; preds = %body
  %6 = fptosi double %0 to i32
  br label %return

return:                                           ; preds = %5
  %7 = phi i32 [ %6, %5 ]
  ret i32 %7

trap:                                             ; preds = %unfit
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 3) #3
  unreachable

trap1:                                            ; preds = %unfit
  call void asm sideeffect "", "~{memory}"()
  call void @llvm.ubsantrap(i8 4) #3
  unreachable
}

; Function Attrs: nounwind uwtable
define internal swiftcc i64 @wasm.5.trunc_sat(ptr nonnull swiftself %instance, float %0) #0 {
entry:
  br label %body

body:                                             ; preds = %entry
  %1 = call i64 @llvm.fptoui.sat.i64.f32(float %0)
  br label %return

return:                                           ; preds = %body
  %2 = phi i64 [ %1, %body ]
  ret i64 %2
}

; Function Attrs: cold noreturn nounwind memory(inaccessiblemem: write)
declare void @llvm.ubsantrap(i8 immarg) #1

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare i64 @llvm.fshl.i64(i64, i64, i64) #2

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare i64 @llvm.fptoui.sat.i64.f32(float) #2

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i32, ptr %3, align 8
  %5 = getelementptr i64, ptr %2, i64 1
  %6 = load i32, ptr %5, align 8
  %7 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %4, i32 %6) #4
  %8 = getelementptr i64, ptr %2, i64 0
  %9 = zext i32 %7 to i64
  store i64 %9, ptr %8, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load i64, ptr %3, align 8
  %5 = getelementptr i64, ptr %2, i64 1
  %6 = load i64, ptr %5, align 8
  %7 = notail call swiftcc i64 %1(ptr swiftself %0, i64 %4, i64 %6) #4
  %8 = getelementptr i64, ptr %2, i64 0
  store i64 %7, ptr %8, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t2(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load double, ptr %3, align 8
  %5 = notail call swiftcc i32 %1(ptr swiftself %0, double %4) #4
  %6 = getelementptr i64, ptr %2, i64 0
  %7 = zext i32 %5 to i64
  store i64 %7, ptr %6, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t3(ptr %0, ptr %1, ptr %2) #0 align 32 {
entry:
  %3 = getelementptr i64, ptr %2, i64 0
  %4 = load float, ptr %3, align 8
  %5 = notail call swiftcc i64 %1(ptr swiftself %0, float %4) #4
  %6 = getelementptr i64, ptr %2, i64 0
  store i64 %5, ptr %6, align 8
  ret void
}

attributes #0 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { cold noreturn nounwind memory(inaccessiblemem: write) }
attributes #2 = { nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none) }
attributes #3 = { noreturn nounwind }
attributes #4 = { nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!"branch_weights", i32 1, i32 1048575}
!3 = !{!"branch_weights", i32 1048575, i32 1}
