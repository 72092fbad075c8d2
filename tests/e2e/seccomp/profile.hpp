// A seccomp profile for a process that does nothing but run plugins: what Tenon needs of the
// system, from loading an artifact to a timeout. docs/hardening.md explains it. Whatever is not
// listed ends the process.
#pragma once

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <vector>

namespace tenon::e2e {

// Call it before the first thread is started: a filter is of its thread and those that it starts.
// False: the system has no seccomp.
inline bool restrict_system_calls() {
  constexpr auto kNumber = offsetof(seccomp_data, nr), kMachine = offsetof(seccomp_data, arch);
  const auto argument = [](int index) {  // the low 32 bits, where all our flags are
    return static_cast<__u32>(offsetof(seccomp_data, args) + 8 * static_cast<std::size_t>(index));
  };
  const auto load = [](std::size_t at) -> sock_filter {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<__u32>(at));
  };
  const auto give = [](__u32 action) -> sock_filter { return BPF_STMT(BPF_RET | BPF_K, action); };
  constexpr __u32 kKill = SECCOMP_RET_KILL_PROCESS, kAllow = SECCOMP_RET_ALLOW;
  std::vector<sock_filter> filter{load(kMachine),
                                  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0), give(kKill),
                                  load(kNumber)};
  const auto allow = [&](long number) {
    filter.insert(filter.end(),
                  {BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<__u32>(number), 0, 1), give(kAllow)});
  };
  // Allowed where `argument & mask` is `value`.
  const auto allow_where = [&](long number, int index, __u32 mask, __u32 value) {
    filter.insert(filter.end(),
                  {BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<__u32>(number), 0, 5),
                   load(argument(index)), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask),
                   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1), give(kAllow), give(kKill)});
  };
  // Memory: never writable and executable, and what was mapped never becomes code.
  for (const long number : {SYS_munmap, SYS_madvise, SYS_mremap, SYS_brk}) allow(number);
  filter.insert(filter.end(), {BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 5), load(argument(2)),
                               BPF_STMT(BPF_ALU | BPF_AND | BPF_K, PROT_WRITE | PROT_EXEC),
                               BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROT_WRITE | PROT_EXEC, 0, 1), give(kKill),
                               give(kAllow)});
  allow_where(SYS_mprotect, 2, PROT_EXEC, 0);
  // Files: read what is there. memfd_create, ftruncate and write are for private copies and images.
  allow_where(SYS_openat, 2, O_ACCMODE | O_CREAT, O_RDONLY);
  for (const long number :
       {SYS_close, SYS_read, SYS_pread64, SYS_lseek, SYS_fstat, SYS_newfstatat, SYS_readlink, SYS_readlinkat,
        SYS_access, SYS_fcntl, SYS_memfd_create, SYS_ftruncate, SYS_write, SYS_writev})
    allow(number);
  // Given directories, to read. openat2 hides its flags from filters, and Tenon then walks.
  for (const long number : {SYS_fstatfs, SYS_getdents64, SYS_readv, SYS_preadv}) allow(number);
  filter.insert(filter.end(),
                {BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1), give(SECCOMP_RET_ERRNO | ENOSYS)});
  // Threads, and only threads: the watchdog of timeouts. clone3 hides its flags from filters, and
  // the C library then takes clone.
  allow_where(SYS_clone, 0, CLONE_THREAD, CLONE_THREAD);
  filter.insert(filter.end(),
                {BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1), give(SECCOMP_RET_ERRNO | ENOSYS)});
  for (const long number : {SYS_set_robust_list, SYS_rseq, SYS_futex, SYS_sched_yield, SYS_sched_getaffinity,
                            SYS_gettid, SYS_getpid, SYS_prctl, SYS_exit, SYS_exit_group, SYS_restart_syscall})
    allow(number);
  // Signals: traps and timeouts.
  for (const long number : {SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack,
                            SYS_tgkill, SYS_rt_tgsigqueueinfo, SYS_getuid})
    allow(number);
  // Time, limits, randomness.
  for (const long number : {SYS_clock_gettime, SYS_clock_nanosleep, SYS_clock_getres, SYS_nanosleep,
                            SYS_getrandom, SYS_prlimit64, SYS_sysinfo})
    allow(number);
  filter.push_back(give(kKill));
  sock_fprog program{.len = static_cast<unsigned short>(filter.size()), .filter = filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace tenon::e2e
