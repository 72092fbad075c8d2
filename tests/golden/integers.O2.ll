; ModuleID = 'plugin'
source_filename = "plugin"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

@llvm.compiler.used = appending global [11 x ptr] [ptr @entry.t0, ptr @entry.t1, ptr @entry.t2, ptr @entry.t3, ptr @wasm.0.div_s, ptr @wasm.1.rem_s, ptr @wasm.2.shl, ptr @wasm.3.rotl, ptr @wasm.4.trunc, ptr @wasm.5.trunc_sat, ptr @note], section "llvm.metadata"

@tenon_artifact = alias { i64, i32, i32, [32 x i8], i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64, i64 }, ptr @descriptor

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.0.div_s(ptr nonnull readnone swiftself captures(none) %instance, i32 %0, i32 %1) #0 {
entry:
  %2 = icmp eq i32 %1, 0
  br i1 %2, label %trap, label %3, !prof !2

3:                                                ; preds = %entry
  %4 = icmp eq i32 %1, -1
  %5 = icmp eq i32 %0, -2147483648
  %6 = and i1 %5, %4
  br i1 %6, label %trap1, label %return, !prof !2

trap:                                             ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #4
  call void @llvm.ubsantrap(i8 2) #5
  unreachable

return:                                           ; preds = %3
  %7 = sdiv i32 %0, %1
  ret i32 %7

trap1:                                            ; preds = %3
  call void asm sideeffect "", "~{memory}"() #4
  call void @llvm.ubsantrap(i8 3) #5
  unreachable
}

; Function Attrs: nounwind uwtable
define internal swiftcc range(i64 -9223372036854775807, -9223372036854775808) i64 @wasm.1.rem_s(ptr nonnull readnone swiftself captures(none) %instance, i64 %0, i64 %1) #0 {
entry:
  %2 = icmp eq i64 %1, 0
  br i1 %2, label %trap, label %return, !prof !2

return:                                           ; preds = %entry
  %3 = icmp eq i64 %1, -1
  %4 = select i1 %3, i64 1, i64 %1
  %5 = srem i64 %0, %4
  ret i64 %5

trap:                                             ; preds = %entry
  call void asm sideeffect "", "~{memory}"() #4
  call void @llvm.ubsantrap(i8 2) #5
  unreachable
}

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable
define internal swiftcc i32 @wasm.2.shl(ptr nonnull readnone swiftself captures(none) %instance, i32 %0, i32 %1) #1 {
entry:
  %2 = and i32 %1, 31
  %3 = shl i32 %0, %2
  ret i32 %3
}

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable
define internal swiftcc i64 @wasm.3.rotl(ptr nonnull readnone swiftself captures(none) %instance, i64 %0, i64 %1) #1 {
entry:
  %2 = call i64 @llvm.fshl.i64(i64 %0, i64 %0, i64 %1)
  ret i64 %2
}

; Function Attrs: nounwind uwtable
define internal swiftcc i32 @wasm.4.trunc(ptr nonnull readnone swiftself captures(none) %instance, double %0) #0 {
entry:
  %1 = fcmp ogt double %0, 0xC1E0000000200000
  %2 = fcmp olt double %0, 0x41E0000000000000
  %3 = and i1 %1, %2
  br i1 %3, label %return, label %unfit, !prof !3

unfit:                                            ; preds = %entry
  %4 = fcmp uno double %0, 0.000000e+00
  call void asm sideeffect "", "~{memory}"() #4
  br i1 %4, label %trap1, label %trap

return:                                           ; preds = %entry
  %5 = fptosi double %0 to i32
  ret i32 %5

trap:                                             ; preds = %unfit
  call void @llvm.ubsantrap(i8 3) #5
  unreachable

trap1:                                            ; preds = %unfit
  call void @llvm.ubsantrap(i8 4) #5
  unreachable
}

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable
define internal swiftcc i64 @wasm.5.trunc_sat(ptr nonnull readnone swiftself captures(none) %instance, float %0) #1 {
entry:
  %1 = call i64 @llvm.fptoui.sat.i64.f32(float %0)
  ret i64 %1
}

; Function Attrs: cold noreturn nounwind memory(inaccessiblemem: write)
declare void @llvm.ubsantrap(i8 immarg) #2

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare i64 @llvm.fshl.i64(i64, i64, i64) #3

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare i64 @llvm.fptoui.sat.i64.f32(float) #3

; Function Attrs: nounwind uwtable
define internal void @entry.t0(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #0 align 32 {
entry:
  %3 = load i32, ptr %2, align 8
  %4 = getelementptr i8, ptr %2, i64 8
  %5 = load i32, ptr %4, align 8
  %6 = notail call swiftcc i32 %1(ptr swiftself %0, i32 %3, i32 %5) #4
  %7 = zext i32 %6 to i64
  store i64 %7, ptr %2, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t1(ptr %0, ptr readonly captures(none) %1, ptr captures(none) %2) #0 align 32 {
entry:
  %3 = load i64, ptr %2, align 8
  %4 = getelementptr i8, ptr %2, i64 8
  %5 = load i64, ptr %4, align 8
  %6 = notail call swiftcc i64 %1(ptr swiftself %0, i64 %3, i64 %5) #4
  store i64 %6, ptr %2, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t2(ptr %0, ptr readonly captures(none) %1, ptr captures(none) %2) #0 align 32 {
entry:
  %3 = load double, ptr %2, align 8
  %4 = notail call swiftcc i32 %1(ptr swiftself %0, double %3) #4
  %5 = zext i32 %4 to i64
  store i64 %5, ptr %2, align 8
  ret void
}

; Function Attrs: nounwind uwtable
define internal void @entry.t3(ptr %0, ptr readonly captures(none) %1, ptr captures(none) initializes((4, 8)) %2) #0 align 32 {
entry:
  %3 = load float, ptr %2, align 8
  %4 = notail call swiftcc i64 %1(ptr swiftself %0, float %3) #4
  store i64 %4, ptr %2, align 8
  ret void
}

attributes #0 = { nounwind uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #1 = { mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable "no-builtins" "probe-stack"="inline-asm" "target-cpu"="x86-64-v2" "target-features" "tune-cpu"="generic" }
attributes #2 = { cold noreturn nounwind memory(inaccessiblemem: write) }
attributes #3 = { nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none) }
attributes #4 = { nounwind }
attributes #5 = { noreturn nounwind }

!llvm.module.flags = !{!0, !1}

!0 = !{i32 8, !"PIC Level", i32 2}
!1 = !{i32 7, !"uwtable", i32 2}
!2 = !{!"branch_weights", i32 1, i32 1048575}
!3 = !{!"branch_weights", i32 1048575, i32 1}
