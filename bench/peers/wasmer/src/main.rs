//! wasmer as a host, with modules compiled ahead of time by its LLVM compiler.
//!
//! Memory operations are not volatile, which wasmer documents as faster and as
//! not quite what the specification says: as Tenon without --strict.
use bench_measure::{Boundary, Peer, Transform};
use wasmer::sys::{EngineBuilder, LLVM};
use wasmer::*;

struct Wasmer {
    engine: Engine,
}

type Instantiated = (Store, Instance);

fn typed<P: WasmTypeList, R: WasmTypeList>(guest: &Instantiated, name: &str) -> TypedFunction<P, R> {
    guest.1.exports.get_typed_function(&guest.0, name).unwrap()
}

fn memory(guest: &Instantiated) -> Memory {
    guest.1.exports.get_memory("memory").unwrap().clone()
}

struct Output {
    memory: Option<Memory>,
}

// Guest output is counted and dropped.
fn fd_write(environment: FunctionEnvMut<Output>, _: i32, vectors: i32, count: i32, written: i32) -> i32 {
    let memory = environment.data().memory.as_ref().unwrap().view(&environment);
    let mut total = 0;
    for i in 0..count {
        let mut size = [0; 4];
        memory.read((vectors + 8 * i + 4) as u64, &mut size).unwrap();
        total += u32::from_le_bytes(size);
    }
    memory.write(written as u64, &total.to_le_bytes()).unwrap();
    0
}

/// Imports that no benchmark calls trap.
fn unknown(store: &mut Store, import: &ImportType) -> Extern {
    match import.ty() {
        ExternType::Function(kind) => {
            Function::new(store, kind, |_: &[Value]| Err(RuntimeError::new("not to be called"))).into()
        }
        ExternType::Global(kind) if kind.mutability == Mutability::Var => {
            Global::new_mut(store, Value::I32(0)).into()
        }
        ExternType::Global(_) => Global::new(store, Value::I32(0)).into(),
        ExternType::Memory(kind) => Memory::new(store, *kind).unwrap().into(),
        ExternType::Table(kind) => Table::new(store, *kind, Value::FuncRef(None)).unwrap().into(),
        ExternType::Tag(_) => unimplemented!(),
    }
}

fn imports(store: &mut Store, module: &Module, output: &FunctionEnv<Output>) -> Imports {
    let mut imports = Imports::new();
    for import in module.imports() {
        let known = match (import.module(), import.name()) {
            ("custom", "tests") => Function::new_typed(store, |value: i32| value + 1).into(),
            ("custom", "tests2") => Function::new_typed(store, |value: i64| value + 2).into(),
            ("bench", "add_one") => Function::new_typed(store, |value: i32| value + 1).into(),
            (_, "fd_write") => Function::new_typed_with_env(store, output, fd_write).into(),
            _ => unknown(store, &import),
        };
        imports.define(import.module(), import.name(), known);
    }
    imports
}

impl Peer for Wasmer {
    type Module = Module;
    type Instance = Instantiated;

    fn new(_: usize) -> Wasmer {
        let mut llvm = LLVM::new();
        llvm.non_volatile_memops(true).readonly_funcref_table(true);
        Wasmer { engine: EngineBuilder::new(llvm).engine().into() }
    }

    fn compile(&self, wasm: &[u8]) -> Vec<u8> {
        Module::new(&self.engine, wasm).unwrap().serialize().unwrap().to_vec()
    }

    fn load(&self, path: &str) -> Module {
        // The file is one that this program wrote.
        unsafe { Module::deserialize_from_file_unchecked(&self.engine, path) }.expect("an artifact of this wasmer")
    }

    fn instantiate(&self, module: &Module) -> Instantiated {
        let mut store = Store::new(self.engine.clone());
        let output = FunctionEnv::new(&mut store, Output { memory: None });
        let imports = imports(&mut store, module, &output);
        let instance = Instance::new(&mut store, module, &imports).unwrap();
        output.as_mut(&mut store).memory = instance.exports.get_memory("memory").ok().cloned();
        (store, instance)
    }

    fn transform(&self, module: &Module) -> impl Transform {
        let mut guest = self.instantiate(module);
        typed::<(), ()>(&guest, "_start").call(&mut guest.0).unwrap();
        let init = typed::<u32, ()>(&guest, "init");
        let mut plugin = Plugin {
            memory: memory(&guest),
            malloc: typed(&guest, "malloc"),
            pin: typed(&guest, "__pin"),
            unpin: typed(&guest, "__unpin"),
            collect: typed(&guest, "__collect"),
            transform: typed(&guest, "transform"),
            store: guest.0,
            bytes: Vec::new(),
        };
        let config = plugin.pass("Some input we have");
        init.call(&mut plugin.store, config).unwrap();
        plugin
    }

    fn kernel(&self, module: &Module) -> impl FnMut(u32) -> u64 {
        let mut guest = self.instantiate(module);
        let kernel = typed::<u32, u64>(&guest, "kernel");
        move |rounds| kernel.call(&mut guest.0, rounds).unwrap()
    }

    fn boundary(&self, module: &Module) -> impl Boundary {
        let guest = self.instantiate(module);
        Functions {
            memory: memory(&guest),
            empty: typed(&guest, "empty"),
            add: typed(&guest, "add"),
            call_host: typed(&guest, "call_host"),
            buffer: typed(&guest, "buffer"),
            flip: typed(&guest, "flip"),
            store: guest.0,
        }
    }
}

struct Plugin {
    store: Store,
    memory: Memory,
    malloc: TypedFunction<u32, u32>,
    pin: TypedFunction<u32, u32>,
    unpin: TypedFunction<u32, ()>,
    collect: TypedFunction<(), ()>,
    transform: TypedFunction<(u32, u32), u32>,
    bytes: Vec<u8>,
}

impl Plugin {
    fn pass(&mut self, text: &str) -> u32 {
        let pointer = self.malloc.call(&mut self.store, text.len() as u32).unwrap();
        self.memory.view(&self.store).write(pointer as u64, text.as_bytes()).unwrap();
        pointer
    }
}

impl Transform for Plugin {
    fn execute(&mut self, key: &str, payload: &str, result: &mut String) {
        let first = self.pass(key);
        self.pin.call(&mut self.store, first).unwrap();
        let second = self.pass(payload);
        let returned = self.transform.call(&mut self.store, first, second).unwrap() as u64;
        let view = self.memory.view(&self.store);
        let mut size = [0; 4];
        view.read(returned - 4, &mut size).unwrap();
        self.bytes.resize(u32::from_le_bytes(size) as usize, 0);
        view.read(returned, &mut self.bytes).unwrap();
        result.clear();
        result.push_str(std::str::from_utf8(&self.bytes).unwrap());
        self.unpin.call(&mut self.store, first).unwrap();
    }

    fn collect(&mut self) {
        self.collect.call(&mut self.store).unwrap();
    }
}

struct Functions {
    store: Store,
    memory: Memory,
    empty: TypedFunction<(), ()>,
    add: TypedFunction<(i32, i32), i32>,
    call_host: TypedFunction<i32, i32>,
    buffer: TypedFunction<(), u32>,
    flip: TypedFunction<u32, u32>,
}

impl Boundary for Functions {
    fn empty(&mut self) {
        self.empty.call(&mut self.store).unwrap();
    }

    fn add(&mut self, left: i32, right: i32) -> Option<i32> {
        self.add.call(&mut self.store, left, right).ok()
    }

    fn call_host(&mut self, times: i32) -> i32 {
        self.call_host.call(&mut self.store, times).unwrap()
    }

    fn pass_bytes(&mut self, input: &[u8], output: &mut [u8]) {
        let at = self.buffer.call(&mut self.store).unwrap() as u64;
        self.memory.view(&self.store).write(at, input).unwrap();
        let at = self.flip.call(&mut self.store, input.len() as u32).unwrap() as u64;
        self.memory.view(&self.store).read(at, output).unwrap();
    }
}

fn main() {
    bench_measure::run::<Wasmer>();
}
