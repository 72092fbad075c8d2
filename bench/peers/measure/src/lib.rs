//! What the hosts in Rust share. An engine implements [`Peer`], and `main` calls
//! [`run`], which understands
//!
//!   compile MODULE.wasm OUT
//!   loop OUT [COUNT [COLLECT_EVERY]]
//!   fresh OUT [COUNT]
//!   kernel OUT ROUNDS
//!   boundary OUT
//!   start OUT COUNT
//!
//! and prints what the C++ hosts print.
mod clock;

use clock::{nanoseconds, resident_kib, seconds};

pub trait Peer: Sized {
    type Module;
    /// What keeps an instance alive.
    type Instance;

    /// `instances` is how many will live at once.
    fn new(instances: usize) -> Self;
    /// The module as the engine stores it, compiled as far as it can be ahead of time.
    fn compile(&self, wasm: &[u8]) -> Vec<u8>;
    fn load(&self, path: &str) -> Self::Module;
    fn instantiate(&self, module: &Self::Module) -> Self::Instance;
    fn transform(&self, module: &Self::Module) -> impl Transform;
    /// The kernel's one export.
    fn kernel(&self, module: &Self::Module) -> impl FnMut(u32) -> u64;
    fn boundary(&self, module: &Self::Module) -> impl Boundary;
}

/// The plugin of the original loop.
pub trait Transform {
    fn execute(&mut self, key: &str, payload: &str, result: &mut String);
    fn collect(&mut self);
}

/// The functions of guests/boundary.c.
pub trait Boundary {
    fn empty(&mut self);
    /// Nothing where the engine has no such call.
    fn add(&mut self, left: i32, right: i32) -> Option<i32>;
    fn call_host(&mut self, times: i32) -> i32;
    /// Copies `input` in, has it flipped, copies it out.
    fn pass_bytes(&mut self, input: &[u8], output: &mut [u8]);
}

pub fn run<P: Peer>() {
    let arguments: Vec<String> = std::env::args().collect();
    let text = |at: usize| arguments.get(at).map(String::as_str);
    let number = |at: usize, otherwise: u64| text(at).map_or(otherwise, |word| word.parse().unwrap());
    let path = text(2).expect("a module");
    let verb = text(1).unwrap();
    let peer = P::new(if verb == "start" { number(3, 1) as usize } else { 1 });
    match verb {
        "compile" => {
            let bytes = peer.compile(&std::fs::read(path).unwrap());
            std::fs::write(text(3).unwrap(), bytes).unwrap();
        }
        "loop" => run_loop(&mut peer.transform(&peer.load(path)), number(3, 1_000_000), number(4, 1)),
        "fresh" => run_fresh(&peer, &peer.load(path), number(3, 10_000)),
        "kernel" => run_kernel(peer.kernel(&peer.load(path)), number(3, 1) as u32),
        "boundary" => run_boundary(&mut peer.boundary(&peer.load(path))),
        "start" => run_start(&peer, path, number(3, 1) as usize),
        verb => panic!("no such verb: {verb}"),
    }
}

fn execute_item(plugin: &mut impl Transform, i: u64, result: &mut String) {
    let key = format!("/some/test/{i}");
    let payload = format!("{{\"temperature\": {i} }}");
    plugin.execute(&key, &payload, result);
    assert_eq!(*result, format!("transform: {key} for payload {payload}"));
}

fn run_loop(plugin: &mut impl Transform, count: u64, collect_every: u64) {
    let mut result = String::new();
    let time = seconds(|| {
        for i in 1..=count {
            execute_item(plugin, i, &mut result);
            if i % collect_every == 0 {
                plugin.collect();
            }
        }
    });
    println!("{count} {time:.9}");
}

/// A new instance for each item, which is how a call starts from a clean state here.
fn run_fresh<P: Peer>(peer: &P, module: &P::Module, count: u64) {
    let mut result = String::new();
    let time = seconds(|| (1..=count).for_each(|i| execute_item(&mut peer.transform(module), i, &mut result)));
    println!("{count} {time:.9}");
}

fn run_kernel(mut kernel: impl FnMut(u32) -> u64, rounds: u32) {
    kernel(1);
    let mut result = 0;
    let time = seconds(|| result = kernel(rounds));
    println!("{result} {time:.9}");
}

/// Prints each case as Google Benchmark does.
pub fn run_boundary(guest: &mut impl Boundary) {
    const HOST_CALLS: i32 = 1000;
    let mut report = vec![("empty call".to_string(), nanoseconds(|| guest.empty()))];
    if guest.add(2, 3) == Some(5) {
        report.push(("two arguments".into(), nanoseconds(|| _ = guest.add(2, 3))));
    }
    assert_eq!(guest.call_host(HOST_CALLS), HOST_CALLS);
    report.push(("host function".into(), nanoseconds(|| _ = guest.call_host(HOST_CALLS)) / HOST_CALLS as f64));
    for size in [16, 1 << 10, 1 << 16, 1 << 20] {
        let input = vec![7u8; size];
        let mut output = vec![0u8; size];
        report.push((format!("bytes/{size}"), nanoseconds(|| guest.pass_bytes(&input, &mut output))));
        assert_ne!(output[0], output[1], "the bytes did not come through");
    }
    let lines: Vec<String> =
        report.iter().map(|(name, time)| format!(r#"{{"name": "{name}", "cpu_time": {time}}}"#)).collect();
    println!(r#"{{"benchmarks": [{}]}}"#, lines.join(", "));
}

fn run_start<P: Peer>(peer: &P, path: &str, count: usize) {
    let mut module = None;
    let open = seconds(|| module = Some(peer.load(path)));
    let module = module.unwrap();
    let first = seconds(|| drop(peer.instantiate(&module)));
    let cycles = seconds(|| (0..count).for_each(|_| drop(peer.instantiate(&module))));
    let mut instances = Vec::with_capacity(count);
    let before = resident_kib();
    let rest = seconds(|| instances.extend((0..count).map(|_| peer.instantiate(&module))));
    let each = (resident_kib() - before) / count as f64;
    println!(
        r#"{{"open_us": {:.2}, "first_us": {:.2}, "cycle_us": {:.2}, "next_us": {:.2}, "resident_kib": {each:.2}}}"#,
        open * 1e6,
        first * 1e6,
        cycles * 1e6 / count as f64,
        rest * 1e6 / count as f64
    );
}
