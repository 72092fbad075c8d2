// A plugin with text in and out as ArrayBuffers of UTF-8, which calls two host
// functions.

@external("custom", "tests")
declare function tests(value: i32): i32;

@external("custom", "tests2")
declare function tests2(value: i64): i64;

// The host asks for each argument's buffer here.
export function malloc(size: i32): ArrayBuffer {
  return new ArrayBuffer(size);
}

// Called once, before the first transform.
export function init(config: ArrayBuffer): void {
  console.log("Init with: " + String.UTF8.decode(config));
  console.log("Return value of host function call: " + tests(10).toString());
  console.log("Return value of host function call: " + tests2(20).toString());
}

// Called for each item.
export function transform(key: ArrayBuffer, payload: ArrayBuffer): ArrayBuffer {
  const text =
    "transform: " + String.UTF8.decode(key) + " for payload " + String.UTF8.decode(payload);
  return String.UTF8.encode(text);
}
