// Functions with texts, bytes and numbers, which the host calls by its C++ types, and host
// functions with the same. Nothing here knows of memory.

@external("app", "get_config")
declare function getConfig(key: string): string | null;

@external("app", "checksum")
declare function checksum(data: ArrayBuffer, seed: u32): u32;

// A text, an integer and a number with a fraction.
export function mixed(name: string, count: i32, weight: f64): string {
  return name.toUpperCase() + ": " + count.toString() + " of " + weight.toString() + " kg";
}

// Bytes in and out.
export function reversed(data: ArrayBuffer): ArrayBuffer {
  return Uint8Array.wrap(data).slice().reverse().buffer;
}

// Null where there is nothing.
export function setting(key: string): string | null {
  const value = getConfig(key);
  return value == null ? null : key + " = " + value;
}

export function sum(data: ArrayBuffer): u32 {
  return checksum(data, 7);
}

export function isLong(text: string): bool {
  return text.length > 10;
}

// Garbage between a host function's texts, for a collector that runs whenever it likes.
export function busy(rounds: i32): string {
  let all = "";
  for (let i = 0; i < rounds; ++i) {
    const value = getConfig("number " + i.toString());
    if (value != null) all = value + all.substring(0, 20);
  }
  return all;
}
