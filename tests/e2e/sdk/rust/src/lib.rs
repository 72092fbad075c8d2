//! The functions of conformance.cpp, as the Rust crate makes them.
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::Mutex;

use tenon_plugin as tenon;

#[tenon::import(module = "app")]
fn get_config(key: &str) -> Option<String>;
#[tenon::import(module = "app")]
fn checksum(data: &[u8], seed: u32) -> u32;
#[tenon::import(module = "app")]
fn note(text: &str, yes: bool, number: f64);

static GREETING: Mutex<String> = Mutex::new(String::new());
static CALLS: AtomicI32 = AtomicI32::new(0);

#[tenon::export]
fn init(config: &str) {
    *GREETING.lock().unwrap() = config.to_string();
    tenon::log(&format!("greeting is {config}"));
}

#[tenon::export]
fn transform(key: &str, payload: &str) -> String {
    CALLS.fetch_add(1, Ordering::Relaxed);
    format!("{} {key}: {payload}", GREETING.lock().unwrap())
}

#[tenon::export]
fn echo(text: String) -> String {
    text
}

#[tenon::export]
fn reversed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().copied().collect()
}

#[tenon::export]
fn setting(key: &str) -> Option<String> {
    get_config(key)
}

#[tenon::export]
fn maybe(text: Option<&str>) -> Option<String> {
    text.map(str::to_string)
}

#[tenon::export]
fn sum(bytes: &[u8]) -> u32 {
    checksum(bytes, 7)
}

#[tenon::export]
fn mixed(yes: bool, a: i32, b: u32, c: i64, d: u64, e: f32, f: f64) -> f64 {
    note("mixed", yes, f);
    f64::from(yes) + f64::from(a) + f64::from(b) + c as f64 + d as f64 + f64::from(e) + f
}

#[tenon::export]
fn is_long(text: &str) -> bool {
    text.len() > 10
}

#[tenon::export]
fn count() -> i32 {
    CALLS.load(Ordering::Relaxed)
}

#[tenon::export]
fn refuse(why: &str) -> Result<String, String> {
    Err(format!("refused: {why}"))
}

#[tenon::export]
fn panic(why: &str) {
    panic!("panicked: {why}")
}
