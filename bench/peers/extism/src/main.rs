//! Extism as a host: `bench-extism boundary PLUGIN.wasm`, with the plugin
//! compiled before the clock runs. Its calls take bytes and return bytes.
use bench_measure::{Boundary, run_boundary};
use extism::{CompiledPlugin, Manifest, Plugin, PluginBuilder, UserData, ValType, Wasm};

struct Functions {
    plugin: Plugin,
}

impl Boundary for Functions {
    fn empty(&mut self) {
        self.plugin.call::<(), ()>("empty", ()).unwrap();
    }

    fn add(&mut self, _: i32, _: i32) -> Option<i32> {
        None
    }

    fn call_host(&mut self, times: i32) -> i32 {
        let input = u64::from(times as u32).to_le_bytes();
        let output = self.plugin.call::<&[u8], &[u8]>("call_host", &input).unwrap();
        i32::from_le_bytes(output[..4].try_into().unwrap())
    }

    fn pass_bytes(&mut self, input: &[u8], output: &mut [u8]) {
        output.copy_from_slice(self.plugin.call::<&[u8], &[u8]>("flip", input).unwrap());
    }
}

fn load(path: &str) -> Plugin {
    let builder = PluginBuilder::new(Manifest::new([Wasm::data(std::fs::read(path).unwrap())])).with_cache_disabled().with_function_in_namespace(
        "bench",
        "add_one",
        [ValType::I32],
        [ValType::I32],
        UserData::new(()),
        |_, arguments, results, _| {
            results[0] = extism::Val::I32(arguments[0].unwrap_i32() + 1);
            Ok(())
        },
    );
    Plugin::new_from_compiled(&CompiledPlugin::new(builder).unwrap()).unwrap()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, verb, path] = &arguments[..] else { panic!("usage: bench-extism boundary PLUGIN.wasm") };
    assert_eq!(verb, "boundary");
    run_boundary(&mut Functions { plugin: load(path) });
}
