//! Plugins for Tenon in Rust: functions with ordinary types.
//!
//! ```ignore
//! use tenon_plugin as tenon;
//!
//! #[tenon::import(module = "app")]
//! fn get_config(key: &str) -> Option<String>;
//!
//! #[tenon::export]
//! fn transform(key: &str, payload: &str) -> String {
//!     format!("{key}: {payload}")
//! }
//! ```
//!
//! Parameters and results: `bool`, `i32`, `u32`, `i64`, `u64`, `f32`, `f64`; a text as `&str` or
//! `String`, bytes as `&[u8]` or `Vec<u8>`, and `Option` of these. A result may be a `Result` with
//! any error that can be displayed: the host gets its text, and the plugin stays usable. A panic
//! says why, and stops the plugin. The protocol is docs/guide/protocols.md of Tenon.
//!
//! Build a `cdylib` for `wasm32-unknown-unknown` or `wasm32-wasip1`.

pub use tenon_plugin_macros::{export, import};

#[link(wasm_import_module = "tenon")]
extern "C" {
    #[link_name = "error"]
    fn host_error(message: *const u8, size: usize);
    #[link_name = "log"]
    fn host_log(line: *const u8, size: usize);
}

/// Says that this call failed, and why: the host gets the message, whatever the function returns.
pub fn error(message: &str) {
    unsafe { host_error(message.as_ptr(), message.len()) }
}

/// A line for the host's log.
pub fn log(line: &str) {
    unsafe { host_log(line.as_ptr(), line.len()) }
}

/// What the macros call. Nothing here is for plugins.
#[doc(hidden)]
pub mod detail {
    use std::alloc::{alloc, dealloc, Layout};
    use std::sync::Once;

    #[link_section = "tenon.protocol"]
    #[used]
    static VERSION: [u8; 8] = *b"tenon 1\n";

    // Before each block stands its size, so that the first of its texts is enough to free it.
    const HEAD: usize = 8;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size + HEAD, 8).unwrap()
    }

    #[export_name = "tenon_alloc"]
    extern "C" fn tenon_alloc(size: usize) -> *mut u8 {
        if size > isize::MAX as usize - 2 * HEAD {
            return std::ptr::null_mut();
        }
        unsafe {
            let block = alloc(layout(size));
            if block.is_null() {
                return block;
            }
            block.cast::<usize>().write(size);
            block.add(HEAD)
        }
    }

    unsafe fn free(pointer: *mut u8) {
        if !pointer.is_null() {
            let block = pointer.sub(HEAD);
            dealloc(block, layout(block.cast::<usize>().read()));
        }
    }

    /// The block of all texts of a call, which the function owns.
    pub struct Block(*mut u8);
    impl Block {
        /// # Safety
        /// The pointer is the first text of a call, or null.
        pub unsafe fn new(first: *mut u8) -> Block {
            Block(first)
        }
    }
    impl Drop for Block {
        fn drop(&mut self) {
            unsafe { free(self.0) }
        }
    }

    /// # Safety
    /// The host gave both.
    pub unsafe fn bytes<'a>(at: *const u8, size: usize) -> &'a [u8] {
        if size == 0 {
            &[]
        } else {
            std::slice::from_raw_parts(at, size)
        }
    }

    /// Ill-formed UTF-8 is an error of the host's, and stops the plugin.
    /// # Safety
    /// The host gave both.
    pub unsafe fn text<'a>(at: *const u8, size: usize) -> &'a str {
        std::str::from_utf8(bytes(at, size)).expect("a text is no UTF-8")
    }

    static mut RESULT: Vec<u8> = Vec::new();

    /// Keeps a result until the next call.
    pub fn give(result: Vec<u8>) -> u64 {
        // A plugin is used by one thread at a time.
        unsafe {
            let kept = &mut *std::ptr::addr_of_mut!(RESULT);
            *kept = result;
            let at = if kept.capacity() == 0 {
                HEAD
            } else {
                kept.as_ptr() as usize
            };
            (at as u64) << 32 | kept.len() as u64
        }
    }

    /// Takes what a host function gave; `None` for null.
    pub fn take(packed: u64) -> Option<Vec<u8>> {
        let at = (packed >> 32) as usize as *mut u8;
        if at.is_null() {
            return None;
        }
        unsafe {
            let copy = bytes(at, packed as u32 as usize).to_vec();
            free(at);
            Some(copy)
        }
    }

    pub fn take_text(packed: u64) -> Option<String> {
        take(packed).map(|bytes| String::from_utf8(bytes).expect("the host gave no UTF-8"))
    }

    /// Panics say why, and where, by tenon.error.
    pub fn begin() {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| std::panic::set_hook(Box::new(|info| super::error(&describe(info)))));
    }

    fn describe(info: &std::panic::PanicHookInfo) -> String {
        let payload = info.payload();
        let why = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or(payload.downcast_ref::<&str>().copied());
        let place = info
            .location()
            .map_or(String::new(), |at| format!(" ({at})"));
        format!("{}{place}", why.unwrap_or("panicked"))
    }

    /// What an empty text or a missing one is for a host function.
    pub fn pointer(bytes: &[u8]) -> *const u8 {
        if bytes.is_empty() {
            HEAD as *const u8
        } else {
            bytes.as_ptr()
        }
    }
}
