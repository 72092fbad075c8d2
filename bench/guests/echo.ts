// Gives its payload back: what is left is the protocol. `inside` makes the same
// calls as the host does for one item, without a host.
let total: u64 = 0;

export function malloc(size: i32): ArrayBuffer {
  return new ArrayBuffer(size);
}

export function transform(key: ArrayBuffer, payload: ArrayBuffer): ArrayBuffer {
  return payload;
}

export function inside(count: i32, keySize: i32, payloadSize: i32): u64 {
  for (let i = 0; i < count; ++i) {
    const key = malloc(keySize);
    __pin(changetype<usize>(key));
    const payload = malloc(payloadSize);
    total += transform(key, payload).byteLength;
    __unpin(changetype<usize>(key));
    __collect();
  }
  return total;
}
