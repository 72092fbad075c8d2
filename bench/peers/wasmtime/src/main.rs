//! wasmtime as a host, with modules compiled ahead of time.
//!
//!   bench-wasmtime compile MODULE.wasm OUT.cwasm
//!   bench-wasmtime loop MODULE.cwasm [COUNT [COLLECT_EVERY]]
//!   bench-wasmtime kernel MODULE.cwasm ROUNDS
//!   bench-wasmtime boundary MODULE.cwasm
//!   bench-wasmtime start MODULE.cwasm COUNT
//!
//! prints what the C++ hosts print.
use wasmtime::*;

/// This thread's nanoseconds on a processor (proc(5), schedstat).
fn thread_time() -> f64 {
    let line = std::fs::read_to_string("/proc/self/schedstat").unwrap();
    line.split(' ').next().unwrap().parse().unwrap()
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = thread_time();
    work();
    (thread_time() - start) / 1e9
}

fn load(engine: &Engine, path: &str) -> Module {
    // The file is one that this program wrote.
    unsafe { Module::deserialize_file(engine, path) }.expect("an artifact of this wasmtime")
}

fn instantiate(engine: &Engine, module: &Module) -> (Store<()>, Instance) {
    let mut linker = Linker::new(engine);
    linker.func_wrap("custom", "tests", |value: i32| value + 1).unwrap();
    linker.func_wrap("custom", "tests2", |value: i64| value + 2).unwrap();
    linker.func_wrap("bench", "add_one", |value: i32| value + 1).unwrap();
    linker.func_wrap("wasi_snapshot_preview1", "fd_write", fd_write).unwrap();
    let mut store = Store::new(engine, ());
    linker.define_unknown_imports_as_traps(module).unwrap();
    let instance = linker.instantiate(&mut store, module).unwrap();
    (store, instance)
}

// Guest output is counted and dropped.
fn fd_write(mut caller: Caller<'_, ()>, _: i32, vectors: i32, count: i32, written: i32) -> i32 {
    let memory = caller.get_export("memory").unwrap().into_memory().unwrap();
    let data = memory.data_mut(&mut caller);
    let total: u32 = (0..count)
        .map(|i| (vectors + 8 * i + 4) as usize)
        .map(|at| u32::from_le_bytes(data[at..at + 4].try_into().unwrap()))
        .sum();
    data[written as usize..written as usize + 4].copy_from_slice(&total.to_le_bytes());
    0
}

struct Guest {
    store: Store<()>,
    memory: Memory,
    malloc: TypedFunc<u32, u32>,
    pin: TypedFunc<u32, u32>,
    unpin: TypedFunc<u32, ()>,
    collect: TypedFunc<(), ()>,
    transform: TypedFunc<(u32, u32), u32>,
}

impl Guest {
    fn new(engine: &Engine, path: &str) -> Guest {
        let (mut store, instance) = instantiate(engine, &load(engine, path));
        instance.get_typed_func::<(), ()>(&mut store, "_start").unwrap().call(&mut store, ()).unwrap();
        let init = instance.get_typed_func::<u32, ()>(&mut store, "init").unwrap();
        let mut guest = Guest {
            memory: instance.get_memory(&mut store, "memory").unwrap(),
            malloc: instance.get_typed_func(&mut store, "malloc").unwrap(),
            pin: instance.get_typed_func(&mut store, "__pin").unwrap(),
            unpin: instance.get_typed_func(&mut store, "__unpin").unwrap(),
            collect: instance.get_typed_func(&mut store, "__collect").unwrap(),
            transform: instance.get_typed_func(&mut store, "transform").unwrap(),
            store,
        };
        let config = guest.pass("Some input we have");
        init.call(&mut guest.store, config).unwrap();
        guest
    }

    fn pass(&mut self, text: &str) -> u32 {
        let pointer = self.malloc.call(&mut self.store, text.len() as u32).unwrap();
        self.memory.write(&mut self.store, pointer as usize, text.as_bytes()).unwrap();
        pointer
    }

    fn execute(&mut self, key: &str, payload: &str, result: &mut String) {
        let first = self.pass(key);
        self.pin.call(&mut self.store, first).unwrap();
        let second = self.pass(payload);
        let returned = self.transform.call(&mut self.store, (first, second)).unwrap() as usize;
        let data = self.memory.data(&self.store);
        let size = u32::from_le_bytes(data[returned - 4..returned].try_into().unwrap()) as usize;
        result.clear();
        result.push_str(std::str::from_utf8(&data[returned..returned + size]).unwrap());
        self.unpin.call(&mut self.store, first).unwrap();
    }
}

fn run_loop(engine: &Engine, path: &str, count: u64, collect_every: u64) {
    let mut guest = Guest::new(engine, path);
    let mut result = String::new();
    let time = seconds(|| {
        for i in 1..=count {
            let key = format!("/some/test/{i}");
            let payload = format!("{{\"temperature\": {i} }}");
            guest.execute(&key, &payload, &mut result);
            assert_eq!(result, format!("transform: {key} for payload {payload}"));
            if i % collect_every == 0 {
                guest.collect.call(&mut guest.store, ()).unwrap();
            }
        }
    });
    println!("{count} {time:.9}");
}

fn run_kernel(engine: &Engine, path: &str, rounds: u32) {
    let (mut store, instance) = instantiate(engine, &load(engine, path));
    let kernel = instance.get_typed_func::<u32, u64>(&mut store, "kernel").unwrap();
    kernel.call(&mut store, 1).unwrap();
    let mut result = 0;
    let time = seconds(|| result = kernel.call(&mut store, rounds).unwrap());
    println!("{result} {time:.9}");
}

/// Nanoseconds for one of `work`, over at least a tenth of a second.
fn nanoseconds(mut work: impl FnMut()) -> f64 {
    let mut times = 1u64;
    loop {
        let time = seconds(|| (0..times).for_each(|_| work()));
        if time > 0.1 {
            return time / times as f64 * 1e9;
        }
        times *= 4;
    }
}

fn run_boundary(engine: &Engine, path: &str) {
    let (mut store, instance) = instantiate(engine, &load(engine, path));
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    let empty = instance.get_typed_func::<(), ()>(&mut store, "empty").unwrap();
    let add = instance.get_typed_func::<(i32, i32), i32>(&mut store, "add").unwrap();
    let call_host = instance.get_typed_func::<i32, i32>(&mut store, "call_host").unwrap();
    let buffer = instance.get_typed_func::<(), u32>(&mut store, "buffer").unwrap();
    let flip = instance.get_typed_func::<u32, u32>(&mut store, "flip").unwrap();
    let mut report = vec![
        ("empty call".into(), nanoseconds(|| empty.call(&mut store, ()).unwrap())),
        ("two arguments".into(), nanoseconds(|| _ = add.call(&mut store, (2, 3)).unwrap())),
        ("host function".into(), nanoseconds(|| _ = call_host.call(&mut store, 1000).unwrap()) / 1000.0),
    ];
    for size in [16, 1 << 10, 1 << 16, 1 << 20] {
        let input = vec![7u8; size];
        let mut output = vec![0u8; size];
        let time = nanoseconds(|| {
            let at = buffer.call(&mut store, ()).unwrap() as usize;
            memory.write(&mut store, at, &input).unwrap();
            let at = flip.call(&mut store, size as u32).unwrap() as usize;
            memory.read(&store, at, &mut output).unwrap();
        });
        report.push((format!("bytes/{size}"), time));
    }
    let lines: Vec<String> =
        report.iter().map(|(name, time)| format!(r#"{{"name": "{name}", "cpu_time": {time}}}"#)).collect();
    println!(r#"{{"benchmarks": [{}]}}"#, lines.join(", "));
}

/// Resident pages of this process, in KiB (proc(5), statm).
fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<f64>().unwrap() * 4.0
}

fn run_start(engine: &Engine, path: &str, count: usize) {
    let mut module = None;
    let open = seconds(|| module = Some(load(engine, path)));
    let module = module.unwrap();
    let first = seconds(|| drop(instantiate(engine, &module)));
    let mut stores = Vec::with_capacity(count);
    let before = resident();
    let rest = seconds(|| stores.extend((0..count).map(|_| instantiate(engine, &module))));
    let each = (resident() - before) / count as f64;
    println!(
        r#"{{"open_us": {:.2}, "first_us": {:.2}, "next_us": {:.2}, "resident_kib": {each:.2}}}"#,
        open * 1e6,
        first * 1e6,
        rest * 1e6 / count as f64
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let text = |at: usize| arguments.get(at).map(String::as_str);
    let number = |at: usize, otherwise: u64| text(at).map_or(otherwise, |word| word.parse().unwrap());
    let engine = Engine::default();
    let path = text(2).expect("a module");
    match text(1).unwrap() {
        "compile" => {
            let bytes = engine.precompile_module(&std::fs::read(path).unwrap()).unwrap();
            std::fs::write(text(3).unwrap(), bytes).unwrap();
        }
        "loop" => run_loop(&engine, path, number(3, 1_000_000), number(4, 1)),
        "kernel" => run_kernel(&engine, path, number(3, 1) as u32),
        "boundary" => run_boundary(&engine, path),
        "start" => run_start(&engine, path, number(3, 1) as usize),
        verb => panic!("no such verb: {verb}"),
    }
}
