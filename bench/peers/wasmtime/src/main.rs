//! wasmtime as a host, with modules compiled ahead of time, instances from its
//! pooling allocator and imports looked up once.
use bench_measure::{Boundary, Peer, Transform};
use wasmtime::*;

struct Wasmtime {
    engine: Engine,
}

type Instantiated = (Store<()>, Instance);

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

fn typed<P: WasmParams, R: WasmResults>(guest: &mut Instantiated, name: &str) -> TypedFunc<P, R> {
    guest.1.get_typed_func(&mut guest.0, name).unwrap()
}

impl Peer for Wasmtime {
    type Module = InstancePre<()>;
    type Instance = Instantiated;

    fn new(instances: usize) -> Wasmtime {
        let count = instances as u32 + 1;
        let mut pool = PoolingAllocationConfig::new();
        pool.total_core_instances(count).total_memories(count).total_tables(count).table_elements(100_000);
        let mut config = Config::new();
        config.allocation_strategy(pool);
        Wasmtime { engine: Engine::new(&config).unwrap() }
    }

    fn compile(&self, wasm: &[u8]) -> Vec<u8> {
        self.engine.precompile_module(wasm).unwrap()
    }

    fn load(&self, path: &str) -> InstancePre<()> {
        // The file is one that this program wrote.
        let module = unsafe { Module::deserialize_file(&self.engine, path) }.expect("an artifact of this wasmtime");
        let mut linker = Linker::new(&self.engine);
        linker.func_wrap("custom", "tests", |value: i32| value + 1).unwrap();
        linker.func_wrap("custom", "tests2", |value: i64| value + 2).unwrap();
        linker.func_wrap("bench", "add_one", |value: i32| value + 1).unwrap();
        linker.func_wrap("wasi_snapshot_preview1", "fd_write", fd_write).unwrap();
        linker.define_unknown_imports_as_traps(&module).unwrap();
        linker.instantiate_pre(&module).unwrap()
    }

    fn instantiate(&self, module: &InstancePre<()>) -> Instantiated {
        let mut store = Store::new(&self.engine, ());
        let instance = module.instantiate(&mut store).unwrap();
        (store, instance)
    }

    fn transform(&self, module: &InstancePre<()>) -> impl Transform {
        let mut guest = self.instantiate(module);
        typed::<(), ()>(&mut guest, "_start").call(&mut guest.0, ()).unwrap();
        let mut plugin = Plugin {
            memory: guest.1.get_memory(&mut guest.0, "memory").unwrap(),
            malloc: typed(&mut guest, "malloc"),
            pin: typed(&mut guest, "__pin"),
            unpin: typed(&mut guest, "__unpin"),
            collect: typed(&mut guest, "__collect"),
            transform: typed(&mut guest, "transform"),
            store: guest.0,
        };
        let config = plugin.pass("Some input we have");
        let init = guest.1.get_typed_func::<u32, ()>(&mut plugin.store, "init").unwrap();
        init.call(&mut plugin.store, config).unwrap();
        plugin
    }

    fn kernel(&self, module: &InstancePre<()>) -> impl FnMut(u32) -> u64 {
        let mut guest = self.instantiate(module);
        let kernel = typed::<u32, u64>(&mut guest, "kernel");
        move |rounds| kernel.call(&mut guest.0, rounds).unwrap()
    }

    fn boundary(&self, module: &InstancePre<()>) -> impl Boundary {
        let mut guest = self.instantiate(module);
        Functions {
            memory: guest.1.get_memory(&mut guest.0, "memory").unwrap(),
            empty: typed(&mut guest, "empty"),
            add: typed(&mut guest, "add"),
            call_host: typed(&mut guest, "call_host"),
            buffer: typed(&mut guest, "buffer"),
            flip: typed(&mut guest, "flip"),
            store: guest.0,
        }
    }
}

struct Plugin {
    store: Store<()>,
    memory: Memory,
    malloc: TypedFunc<u32, u32>,
    pin: TypedFunc<u32, u32>,
    unpin: TypedFunc<u32, ()>,
    collect: TypedFunc<(), ()>,
    transform: TypedFunc<(u32, u32), u32>,
}

impl Plugin {
    fn pass(&mut self, text: &str) -> u32 {
        let pointer = self.malloc.call(&mut self.store, text.len() as u32).unwrap();
        self.memory.write(&mut self.store, pointer as usize, text.as_bytes()).unwrap();
        pointer
    }
}

impl Transform for Plugin {
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

    fn collect(&mut self) {
        self.collect.call(&mut self.store, ()).unwrap();
    }
}

struct Functions {
    store: Store<()>,
    memory: Memory,
    empty: TypedFunc<(), ()>,
    add: TypedFunc<(i32, i32), i32>,
    call_host: TypedFunc<i32, i32>,
    buffer: TypedFunc<(), u32>,
    flip: TypedFunc<u32, u32>,
}

impl Boundary for Functions {
    fn empty(&mut self) {
        self.empty.call(&mut self.store, ()).unwrap();
    }

    fn add(&mut self, left: i32, right: i32) -> Option<i32> {
        self.add.call(&mut self.store, (left, right)).ok()
    }

    fn call_host(&mut self, times: i32) -> i32 {
        self.call_host.call(&mut self.store, times).unwrap()
    }

    fn pass_bytes(&mut self, input: &[u8], output: &mut [u8]) {
        let at = self.buffer.call(&mut self.store, ()).unwrap() as usize;
        self.memory.write(&mut self.store, at, input).unwrap();
        let at = self.flip.call(&mut self.store, input.len() as u32).unwrap() as usize;
        self.memory.read(&self.store, at, output).unwrap();
    }
}

fn main() {
    bench_measure::run::<Wasmtime>();
}
