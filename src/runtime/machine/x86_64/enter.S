// The ways in and out of guest code on x86-64.
#include "machine_offsets.h"

	.intel_syntax noprefix
	.text

	.macro restore_registers
	pop r15
	.cfi_adjust_cfa_offset -8
	.cfi_restore r15
	pop r14
	.cfi_adjust_cfa_offset -8
	.cfi_restore r14
	pop r13
	.cfi_adjust_cfa_offset -8
	.cfi_restore r13
	pop r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore r12
	pop rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore rbx
	pop rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore rbp
	.endm

// Error* tenon_activate(StoreHead*, EntryFunction, void* context, const void* code, uint64_t* slots, InstanceHead*)
// Every host-to-guest call goes through here: no allocation, no lock, no system
// call, one branch for each thing that can be wrong. A trap comes to the landing
// pad with rsp as it was saved here, and any value in every other register. The
// guest's frames need nothing more: their stack is just used again.
	.globl tenon_activate
	.hidden tenon_activate
	.type tenon_activate, @function
	.p2align 6
tenon_activate:
	.cfi_startproc
	.irp register, rbp, rbx, r12, r13, r14, r15
	push \register
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset \register, 0
	.endr
	sub rsp, TENON_ACTIVATION_SIZE
	.cfi_adjust_cfa_offset TENON_ACTIVATION_SIZE
.Lchoose:
	mov r10, [rip + tenon_thread_state@gottpoff]
	mov r11, fs:[r10 + TENON_THREAD_CURRENT]
	mov [rsp + TENON_ACTIVATION_PREVIOUS], r11
	// The outermost activation goes over to the guest stack, one inside goes on where
	// it is, which must be there.
	test r11, r11
	mov r11, rsp
	cmovz r11, fs:[r10 + TENON_THREAD_STACK_HIGH]
	// Safety: a guest may only start with the store's reserve below it, on which its
	// host functions count, and only on the guest stack, whose guard ends recursion.
	// Neither holds on a thread that is not prepared: its stack_high is 0.
	mov rax, [rdi + TENON_STORE_HEAD_STACK_RESERVE]
	add rax, fs:[r10 + TENON_THREAD_STACK_LOW]
	cmp r11, rax
	jb .Lprepare
	cmp r11, fs:[r10 + TENON_THREAD_STACK_HIGH]
	ja .Lprepare
	// A store that may use less than is there starts lower: the same guard ends it.
	// Safety: after the checks above, which must see where the stack really is.
	mov rbp, [rdi + TENON_STORE_HEAD_STACK_SIZE]
	add rbp, fs:[r10 + TENON_THREAD_STACK_LOW]
	cmp rbp, r11
	cmovb r11, rbp
	mov [rsp + TENON_ACTIVATION_SAVED_SP], rsp
	mov [rsp + TENON_ACTIVATION_STORE], rdi
	mov [rsp + TENON_ACTIVATION_INSTANCE], r9
	mov qword ptr [rsp + TENON_ACTIVATION_ERROR], 0
	mov byte ptr [rsp + TENON_ACTIVATION_CAPTURING], 0
	// An activation around this one may be another thread's, which waits.
	mov r9, [rdi + TENON_STORE_HEAD_STACK_LIMIT]
	mov [rsp + TENON_ACTIVATION_EARLIER_LIMIT], r9
	mov [rdi + TENON_STORE_HEAD_STACK_LIMIT], rax
	mov fs:[r10 + TENON_THREAD_CURRENT], rsp
	mov rbp, rsp
	.cfi_remember_state
	.cfi_def_cfa_register rbp
	mov rsp, r11
	mov rax, rsi
	mov rdi, rdx
	mov rsi, rcx
	mov rdx, r8
	call rax
	mov rsp, rbp
	.cfi_restore_state
	mov r10, [rip + tenon_thread_state@gottpoff]
	mov rdx, [rsp + TENON_ACTIVATION_STORE]
	mov rcx, [rsp + TENON_ACTIVATION_EARLIER_LIMIT]
	mov rax, [rsp + TENON_ACTIVATION_PREVIOUS]
	// In this order: the handler of interrupts raises the limit of the current activation.
	mov fs:[r10 + TENON_THREAD_CURRENT], rax
	mov [rdx + TENON_STORE_HEAD_STACK_LIMIT], rcx
	xor eax, eax
	// The entry has kept the other callee-saved registers, so only their copies go.
	mov rbp, [rsp + TENON_ACTIVATION_SIZE + 40]
	.cfi_remember_state
	.cfi_restore rbp
	add rsp, TENON_ACTIVATION_SIZE + 48
	.cfi_def_cfa_offset 8
	ret
	.globl tenon_landing_pad
	.hidden tenon_landing_pad
tenon_landing_pad:
	.cfi_restore_state
	.cfi_remember_state
	mov rdi, rsp
	call tenon_finish_trapped
.Lreturn_error:
	add rsp, TENON_ACTIVATION_SIZE
	.cfi_adjust_cfa_offset -TENON_ACTIVATION_SIZE
	restore_registers
	ret
	// The thread's first time, or no room.
.Lprepare:
	.cfi_restore_state
	mov rbx, rdi
	mov rbp, rsi
	mov r12, rdx
	mov r13, rcx
	mov r14, r8
	mov r15, r9
	mov rsi, rsp
	call tenon_prepare_or_refuse
	test rax, rax
	jnz .Lreturn_error
	mov rdi, rbx
	mov rsi, rbp
	mov rdx, r12
	mov rcx, r13
	mov r8, r14
	mov r9, r15
	// What the registers were on entry, which they must be on return.
	mov r15, [rsp + TENON_ACTIVATION_SIZE]
	mov r14, [rsp + TENON_ACTIVATION_SIZE + 8]
	mov r13, [rsp + TENON_ACTIVATION_SIZE + 16]
	mov r12, [rsp + TENON_ACTIVATION_SIZE + 24]
	mov rbx, [rsp + TENON_ACTIVATION_SIZE + 32]
	mov rbp, [rsp + TENON_ACTIVATION_SIZE + 40]
	jmp .Lchoose
	.cfi_endproc
	.size tenon_activate, . - tenon_activate
	.globl tenon_activate_end
	.hidden tenon_activate_end
tenon_activate_end:

// [[noreturn]] void tenon_land(void* saved_sp)
	.globl tenon_land
	.hidden tenon_land
	.type tenon_land, @function
	.p2align 4
tenon_land:
	.cfi_startproc
	mov rsp, rdi
	cld
	jmp tenon_landing_pad
	.cfi_endproc
	.size tenon_land, . - tenon_land

// What follows is called by guest code, and so with as little stack as the
// guest left. It touches no stack before the limit is checked, and traps as
// guest code does; the signal handler counts this range as guest text.
	.globl tenon_guest_stubs
	.hidden tenon_guest_stubs
	.p2align 4
tenon_guest_stubs:

// One for each builtin: checks the stack limit, then goes on to the C++ side.
	.macro builtin name
	.globl tenon_stub_\name
	.hidden tenon_stub_\name
	.type tenon_stub_\name, @function
	.p2align 4
tenon_stub_\name:
	.cfi_startproc
	mov rax, [rdi + TENON_INSTANCE_STORE]
	cmp rsp, [rax + TENON_STORE_STACK_LIMIT]
	jae tenon_builtin_\name
	ud1 eax, dword ptr [eax + TENON_TRAP_STACK_EXHAUSTION]
	.cfi_endproc
	.size tenon_stub_\name, . - tenon_stub_\name
	.endm

	builtin memory_grow
	builtin memory_fill
	builtin memory_copy
	builtin memory_init
	builtin data_drop
	builtin table_set
	builtin table_grow
	builtin table_fill
	builtin table_copy
	builtin table_init
	builtin element_drop
	builtin table_element
	builtin function_reference
	builtin memory_atomic_notify
	builtin memory_atomic_wait32
	builtin memory_atomic_wait64

// The start of a builtin that looks at its caller's frame: checks the stack
// limit and makes a frame that holds a FrameRegisters of the caller's, keeps the
// stack aligned and has eight bytes more.
	.macro frame_registers exhausted
	mov rax, [rdi + TENON_INSTANCE_STORE]
	cmp rsp, [rax + TENON_STORE_STACK_LIMIT]
	jb \exhausted
	mov rax, [rsp]
	lea rcx, [rsp + 8]
	sub rsp, TENON_FRAME_SIZE
	.cfi_def_cfa_offset TENON_FRAME_SIZE + 8
	mov [rsp + TENON_FRAME_SAVED], rbx
	mov [rsp + TENON_FRAME_SAVED + 8], rbp
	mov [rsp + TENON_FRAME_SAVED + 16], r12
	mov [rsp + TENON_FRAME_SAVED + 24], r13
	mov [rsp + TENON_FRAME_SAVED + 32], r14
	mov [rsp + TENON_FRAME_SAVED + 40], r15
	mov [rsp + TENON_FRAME_SP], rcx
	mov [rsp + TENON_FRAME_PC], rax
	mov rdx, rsp
	.endm

// ExceptionRecord* tenon_stub_exception_new(InstanceRecord*, uint32_t tag)
	.globl tenon_stub_exception_new
	.hidden tenon_stub_exception_new
	.type tenon_stub_exception_new, @function
	.p2align 4
tenon_stub_exception_new:
	.cfi_startproc
	frame_registers .Lnew_exhausted
	call tenon_builtin_exception_new
	add rsp, TENON_FRAME_SIZE
	.cfi_def_cfa_offset 8
	ret
.Lnew_exhausted:
	ud1 eax, dword ptr [eax + TENON_TRAP_STACK_EXHAUSTION]
	.cfi_endproc
	.size tenon_stub_exception_new, . - tenon_stub_exception_new

// void tenon_stub_throw_exception(InstanceRecord*, ExceptionRecord*): a builtin
// that goes on at the landing pad that tenon_find_handler found.
	.globl tenon_stub_throw_exception
	.hidden tenon_stub_throw_exception
	.type tenon_stub_throw_exception, @function
	.p2align 4
tenon_stub_throw_exception:
	.cfi_startproc
	frame_registers .Lthrow_exhausted
	mov [rsp + TENON_FRAME_PC + 8], rsi
	call tenon_find_handler
	mov rax, [rsp + TENON_FRAME_PC + 8]
	mov rcx, [rsp + TENON_FRAME_PC]
	mov rbx, [rsp + TENON_FRAME_SAVED]
	mov rbp, [rsp + TENON_FRAME_SAVED + 8]
	mov r12, [rsp + TENON_FRAME_SAVED + 16]
	mov r13, [rsp + TENON_FRAME_SAVED + 24]
	mov r14, [rsp + TENON_FRAME_SAVED + 32]
	mov r15, [rsp + TENON_FRAME_SAVED + 40]
	mov rsp, [rsp + TENON_FRAME_SP]
	xor edx, edx
	jmp rcx
.Lthrow_exhausted:
	.cfi_def_cfa_offset 8
	ud1 eax, dword ptr [eax + TENON_TRAP_STACK_EXHAUSTION]
	.cfi_endproc
	.size tenon_stub_throw_exception, . - tenon_stub_throw_exception

// Guest-convention code of a host function that no artifact's thunk serves: one
// made by Store::create_function and reached through a reference. Saves every
// register that may hold an argument and lets tenon_host_call sort them out.
	.globl tenon_host_thunk
	.hidden tenon_host_thunk
	.type tenon_host_thunk, @function
	.p2align 4
tenon_host_thunk:
	.cfi_startproc
	mov r11, [r13 + TENON_HOST_FUNCTION_STORE]
	cmp rsp, [r11 + TENON_STORE_STACK_LIMIT]
	jb .Lthunk_exhausted
	push rbp
	.cfi_def_cfa_offset 16
	.cfi_offset rbp, -16
	mov rbp, rsp
	.cfi_def_cfa_register rbp
	sub rsp, TENON_GUEST_CALL_SIZE
	mov [rsp + TENON_GUEST_CALL_INTEGERS], rdi
	mov [rsp + TENON_GUEST_CALL_INTEGERS + 8], rsi
	mov [rsp + TENON_GUEST_CALL_INTEGERS + 16], rdx
	mov [rsp + TENON_GUEST_CALL_INTEGERS + 24], rcx
	mov [rsp + TENON_GUEST_CALL_INTEGERS + 32], r8
	mov [rsp + TENON_GUEST_CALL_INTEGERS + 40], r9
	mov [rsp + TENON_GUEST_CALL_RESULT_POINTER], rax
	lea rax, [rbp + 16]
	mov [rsp + TENON_GUEST_CALL_STACK], rax
	movups [rsp + TENON_GUEST_CALL_VECTORS], xmm0
	movups [rsp + TENON_GUEST_CALL_VECTORS + 16], xmm1
	movups [rsp + TENON_GUEST_CALL_VECTORS + 32], xmm2
	movups [rsp + TENON_GUEST_CALL_VECTORS + 48], xmm3
	movups [rsp + TENON_GUEST_CALL_VECTORS + 64], xmm4
	movups [rsp + TENON_GUEST_CALL_VECTORS + 80], xmm5
	movups [rsp + TENON_GUEST_CALL_VECTORS + 96], xmm6
	movups [rsp + TENON_GUEST_CALL_VECTORS + 112], xmm7
	mov rdi, r13
	mov rsi, rsp
	call tenon_host_call
	mov rax, [rsp + TENON_GUEST_CALL_INTEGERS]
	mov rdx, [rsp + TENON_GUEST_CALL_INTEGERS + 8]
	mov rcx, [rsp + TENON_GUEST_CALL_INTEGERS + 16]
	mov r8, [rsp + TENON_GUEST_CALL_INTEGERS + 24]
	movups xmm0, [rsp + TENON_GUEST_CALL_VECTORS]
	movups xmm1, [rsp + TENON_GUEST_CALL_VECTORS + 16]
	movups xmm2, [rsp + TENON_GUEST_CALL_VECTORS + 32]
	movups xmm3, [rsp + TENON_GUEST_CALL_VECTORS + 48]
	leave
	.cfi_remember_state
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
	ret
	.cfi_restore_state
.Lthunk_exhausted:
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
	ud1 eax, dword ptr [eax + TENON_TRAP_STACK_EXHAUSTION]
	.cfi_endproc
	.size tenon_host_thunk, . - tenon_host_thunk

	.globl tenon_guest_stubs_end
	.hidden tenon_guest_stubs_end
tenon_guest_stubs_end:

	.section .note.GNU-stack, "", @progbits
