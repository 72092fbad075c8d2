//! The measuring thread's time on a processor, and the process's memory.

fn thread_seconds() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // Cannot fail for this clock and a valid pointer.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut now) };
    now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
}

pub fn seconds(work: impl FnOnce()) -> f64 {
    let start = thread_seconds();
    work();
    thread_seconds() - start
}

/// Nanoseconds for one of `work`, over at least a twentieth of a second, as the C++ hosts do.
pub fn nanoseconds(mut work: impl FnMut()) -> f64 {
    let mut times = 1u64;
    loop {
        let time = seconds(|| (0..times).for_each(|_| work()));
        if time > 0.05 {
            return time / times as f64 * 1e9;
        }
        times *= 4;
    }
}

/// Resident pages of this process (proc(5), statm).
pub fn resident_kib() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<f64>().unwrap() * 4.0
}
