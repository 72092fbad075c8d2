// Node's V8 as a host.
//
//   node peer.mjs loop MODULE.wasm [COUNT [COLLECT_EVERY]]
//   node peer.mjs kernel MODULE.wasm ROUNDS
//   node peer.mjs boundary MODULE.wasm
//
// prints what the C++ hosts print.
import { readFileSync } from "node:fs";

// The main thread's time on a processor, in nanoseconds (proc(5), schedstat).
// Linux counts it at its own ticks, milliseconds apart, and when a thread sleeps.
const bed = new Int32Array(new SharedArrayBuffer(4));
const threadTime = () => {
  Atomics.wait(bed, 0, 0, 0.1);
  return Number(readFileSync("/proc/self/schedstat", "latin1").split(" ")[0]);
};

const seconds = (work) => {
  const start = threadTime();
  work();
  return (threadTime() - start) / 1e9;
};

const instantiate = (path, imports) => {
  const holder = {};
  const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), imports(holder));
  holder.memory = instance.exports.memory;
  return instance.exports;
};

const wasi = (holder) => ({
  fd_write: (_fd, vectors, count, written) => {
    const view = new DataView(holder.memory.buffer);
    let total = 0;
    for (let i = 0; i < count; ++i) total += view.getUint32(vectors + 8 * i + 4, true);
    view.setUint32(written, total, true);
    return 0;
  },
  proc_exit: (code) => {
    throw new Error(`exit ${code}`);
  },
});

function loop(path, count = "1000000", collectEvery = "1") {
  const guest = instantiate(path, (holder) => ({
    custom: { tests: (value) => value + 1, tests2: (value) => value + 2n },
    wasi_snapshot_preview1: wasi(holder),
  }));
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  // The views are made anew where the memory has grown.
  let bytes = new Uint8Array(guest.memory.buffer);
  let words = new DataView(guest.memory.buffer);
  const refresh = () => {
    if (bytes.buffer === guest.memory.buffer) return;
    bytes = new Uint8Array(guest.memory.buffer);
    words = new DataView(guest.memory.buffer);
  };
  const pass = (text) => {
    const encoded = encoder.encode(text);
    const pointer = guest.malloc(encoded.length);
    refresh();
    bytes.set(encoded, pointer);
    return pointer;
  };
  const execute = (key, payload) => {
    const first = guest.__pin(pass(key));
    const returned = guest.transform(first, pass(payload)) >>> 0;
    refresh();
    const result = decoder.decode(bytes.subarray(returned, returned + words.getUint32(returned - 4, true)));
    guest.__unpin(first);
    return result;
  };
  guest._start();
  guest.init(pass("Some input we have"));
  let calls = 0;
  const run = (times) => {
    for (let i = 1; i <= times; ++i) {
      const key = `/some/test/${i}`;
      const payload = `{"temperature": ${i} }`;
      if (execute(key, payload) !== `transform: ${key} for payload ${payload}`) throw new Error(`result ${i} is wrong`);
      if (++calls < Number(collectEvery)) continue;
      calls = 0;
      guest.__collect();
    }
  };
  run(20000); // until both compilers have done their work
  console.log(`${count} ${seconds(() => run(Number(count)))}`);
}

function kernel(path, rounds) {
  const guest = instantiate(path, () => ({}));
  for (let time = 0; time < 0.2; ) time += seconds(() => guest.kernel(1)); // until TurboFan's code runs
  let result;
  const time = seconds(() => (result = guest.kernel(Number(rounds))));
  console.log(`${BigInt.asUintN(64, result)} ${time}`);
}

// Nanoseconds for one of `work`, over at least a twentieth of a second.
function nanoseconds(work) {
  for (let times = 1; ; times *= 4) {
    const time = seconds(() => {
      for (let i = 0; i < times; ++i) work();
    });
    if (time > 0.05) return (time / times) * 1e9;
  }
}

function boundary(path) {
  const guest = instantiate(path, () => ({ bench: { add_one: (value) => (value + 1) | 0 } }));
  const bytes = new Uint8Array(guest.memory.buffer);
  const report = [];
  const add = (name, work, per = 1) => report.push({ name, cpu_time: nanoseconds(work) / per });
  add("empty call", guest.empty);
  add("two arguments", () => guest.add(2, 3));
  add("host function", () => guest.call_host(1000), 1000);
  for (const size of [16, 1 << 10, 1 << 16, 1 << 20]) {
    const input = new Uint8Array(size).fill(7);
    const output = new Uint8Array(size);
    add(`bytes/${size}`, () => {
      bytes.set(input, guest.buffer());
      const pointer = guest.flip(size);
      output.set(bytes.subarray(pointer, pointer + size));
    });
  }
  console.log(JSON.stringify({ benchmarks: report }));
}

const [verb, ...rest] = process.argv.slice(2);
({ loop, kernel, boundary })[verb](...rest);
