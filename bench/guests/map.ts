// Holds a map of 10,000 entries from init on, and looks one up in each call.
const entries = new Map<i32, i32>();

export function malloc(size: i32): ArrayBuffer {
  return new ArrayBuffer(size);
}

export function init(config: ArrayBuffer): void {
  for (let i = 0; i < 10000; i++) entries.set(i, i * i);
}

export function transform(key: ArrayBuffer, payload: ArrayBuffer): ArrayBuffer {
  const found = entries.get(payload.byteLength);
  return String.UTF8.encode(found.toString());
}
