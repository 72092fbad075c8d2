//! Writes modules of wasm-smith to files, and their paths to standard output:
//!
//!   smith --out FOLDER [--seed 1] [--first 0] [--count 1]
//!
//! All proposals that Tenon compiles, but for two: threads, since a guest that
//! waits would wait for ever, and relaxed SIMD, whose results engines choose.
//! Modules import nothing, export everything, and end: a global "fuel", which is
//! exported, counts down.
use arbitrary::Unstructured;
use std::{error::Error, path::PathBuf};
use wasm_smith::{Config, Module};

const FUEL: u32 = 500;

/// Bytes that depend on seed and number alone (splitmix64).
fn bytes(seed: u64, number: u64) -> Vec<u8> {
    let mut state = seed
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(number);
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    let words = 256 + next() % 2048;
    (0..words).flat_map(|_| next().to_le_bytes()).collect()
}

/// Half of them trap where they like; those have no segments, of which most
/// would trap before anything is called.
fn config(number: u64) -> Config {
    let traps = number % 2 == 1;
    Config {
        allow_start_export: number % 8 == 0,
        canonicalize_nans: true,
        disallow_traps: !traps,
        max_data_segments: if traps { 0 } else { 4 },
        max_element_segments: if traps { 0 } else { 4 },
        export_everything: true,
        gc_enabled: false,
        max_funcs: 12,
        max_imports: 0,
        max_instructions: 120,
        max_memories: 3,
        max_memory32_bytes: 1 << 20,
        max_memory64_bytes: 1 << 20,
        max_table_elements: 100,
        max_tables: 3,
        memory_max_size_required: true,
        min_funcs: 4,
        min_types: 3,
        relaxed_simd_enabled: false,
        table_max_size_required: true,
        threads_enabled: false,
        ..Config::default()
    }
}

fn unsigned(bytes: &[u8], at: &mut usize) -> usize {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        value |= ((byte & 0x7F) as usize) << shift;
        shift += 7;
        if byte < 0x80 {
            return value;
        }
    }
}

fn encoded(mut value: usize) -> Vec<u8> {
    let mut bytes = vec![];
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// The module with one more export: wasm-smith does not export its fuel.
fn with_fuel_exported(module: &[u8], global: u32) -> Vec<u8> {
    const EXPORTS: u8 = 7;
    const GLOBAL: u8 = 3;
    let (mut at, mut out) = (8, module[..8].to_vec());
    while at < module.len() {
        let (start, id) = (at, module[at]);
        at += 1;
        let size = unsigned(module, &mut at);
        let end = at + size;
        if id == EXPORTS {
            let count = unsigned(module, &mut at);
            let mut content = encoded(count + 1);
            content.extend(&module[at..end]);
            content.extend(b"\x04fuel");
            content.push(GLOBAL);
            content.extend(encoded(global as usize));
            out.push(id);
            out.extend(encoded(content.len()));
            out.extend(content);
        } else {
            out.extend(&module[start..end]);
        }
        at = end;
    }
    out
}

fn make(seed: u64, number: u64) -> Result<Vec<u8>, Box<dyn Error>> {
    let bytes = bytes(seed, number);
    let mut module = Module::new(config(number), &mut Unstructured::new(&bytes))?;
    let fuel = module
        .ensure_termination(FUEL)
        .map_err(|error| error.to_string())?;
    Ok(with_fuel_exported(&module.to_bytes(), fuel))
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut folder, mut seed, mut first, mut count) = (PathBuf::new(), 1, 0, 1);
    let mut arguments = std::env::args().skip(1);
    while let (Some(option), Some(value)) = (arguments.next(), arguments.next()) {
        match option.as_str() {
            "--out" => folder = value.into(),
            "--seed" => seed = value.parse()?,
            "--first" => first = value.parse()?,
            "--count" => count = value.parse()?,
            _ => return Err(format!("no such option: {option}").into()),
        }
    }
    for number in first..first + count {
        let path = folder.join(format!("{seed}-{number}.wasm"));
        std::fs::write(&path, make(seed, number)?)?;
        println!("{}", path.display());
    }
    Ok(())
}
