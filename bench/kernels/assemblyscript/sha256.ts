// SHA-256 (FIPS 180-4) over typed arrays, checked with the standard's "abc".
const CONSTANTS: StaticArray<u32> = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2];

function initial(): Uint32Array {
  const start: StaticArray<u32> = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
  const state = new Uint32Array(8);
  for (let i = 0; i < 8; ++i) state[i] = start[i];
  return state;
}

const words = new Uint32Array(64);

function schedule(text: Uint8Array, at: i32): void {
  for (let i = 0; i < 16; ++i) {
    const from = at + 4 * i;
    words[i] = (<u32>text[from] << 24) | (<u32>text[from + 1] << 16) | (<u32>text[from + 2] << 8) | text[from + 3];
  }
  for (let i = 16; i < 64; ++i) {
    const a = words[i - 15], b = words[i - 2];
    const s0 = rotr(a, 7) ^ rotr(a, 18) ^ (a >> 3);
    const s1 = rotr(b, 17) ^ rotr(b, 19) ^ (b >> 10);
    words[i] = words[i - 16] + s0 + words[i - 7] + s1;
  }
}

function compress(state: Uint32Array, text: Uint8Array, at: i32): void {
  schedule(text, at);
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; ++i) {
    const s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
    const t1 = h + s1 + ((e & f) ^ (~e & g)) + CONSTANTS[i] + words[i];
    const s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
    const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g; g = f; f = e; e = d + t1; d = c; c = b; b = a; a = t1 + t2;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

function knowsAbc(): bool {
  const block = new Uint8Array(64);
  block[0] = 0x61; block[1] = 0x62; block[2] = 0x63; block[3] = 0x80; block[63] = 24;
  const state = initial();
  compress(state, block, 0);
  return state[0] == 0xba7816bf && state[7] == 0xf20015ad;
}

export function kernel(rounds: u32): u64 {
  if (!knowsAbc()) return 0;
  const text = new Uint8Array(16384);
  for (let i = 0; i < text.length; ++i) text[i] = <u8>(i * 31 + (i >> 8));
  const state = initial();
  for (let round: u32 = 0; round < rounds; ++round) {
    for (let at = 0; at < text.length; at += 64) compress(state, text, at);
  }
  return ((<u64>state[0] << 32) | state[7]) + 1;
}
