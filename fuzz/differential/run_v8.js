// Makes the calls that fuzz_runner made, in V8, and prints the same event log
// (see event_log.hpp), under `run V8`, or `refused WHY` where V8 takes the
// module for invalid:
//
//   BUILD/oracle/node run_v8.js PLANS.json
//
// where PLANS.json is [{path, first, imports: [{name: "3", params: ["i32"…],
// results: ["i32"…]}], calls: [{name, params: ["i32:0000002a"…], results:
// ["i32"…]}]}], as fuzz_runner prints it; `first` is the path of the module that
// this one imports from, or null. JavaScript has no v128, so functions that take
// or give one are wrapped in a module that passes it as two i64.
'use strict';
const fs = require('fs');

const kTypes = {i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b, funcref: 0x70, externref: 0x6f};
const kFirstInstance = 'first';
const buffer = new DataView(new ArrayBuffer(8));
const hex = (number, digits) => number.toString(16).padStart(digits, '0');
const write = (line) => fs.writeSync(1, line + '\n');

function textOf(type, value) {
  switch (type) {
    case 'i32': return 'i32:' + hex(value >>> 0, 8);
    case 'i64': return 'i64:' + hex(BigInt.asUintN(64, value), 16);
    case 'f32':
      buffer.setFloat32(0, value);
      return 'f32:' + (Number.isNaN(value) ? 'nan' : hex(buffer.getUint32(0), 8));
    case 'f64':
      buffer.setFloat64(0, value);
      return 'f64:' + (Number.isNaN(value) ? 'nan' : hex(buffer.getBigUint64(0), 16));
    default: return type + (value === null ? ':null' : ':set');
  }
}

// A list of types for the JavaScript side: a v128 is two i64, low half first.
const split = (types) => types.flatMap((type) => (type === 'v128' ? ['i64', 'i64'] : [type]));

function textsOf(types, values) {
  let at = 0;
  return types.map((type) => {
    if (type !== 'v128') return ' ' + textOf(type, values[at++]);
    const [low, high] = [values[at++], values[at++]];
    return ' v128:' + hex(BigInt.asUintN(64, high), 16) + hex(BigInt.asUintN(64, low), 16);
  }).join('');
}

function parse(text) {
  const [type, digits] = text.split(':');
  if (type.endsWith('ref')) return [digits === 'null' ? null : 7];
  const bits = BigInt('0x' + digits);
  switch (type) {
    case 'i32': return [Number(BigInt.asIntN(32, bits))];
    case 'i64': return [BigInt.asIntN(64, bits)];
    case 'f32': buffer.setUint32(0, Number(bits)); return [buffer.getFloat32(0)];
    case 'f64': buffer.setBigUint64(0, bits); return [buffer.getFloat64(0)];
    case 'v128': return [BigInt.asIntN(64, bits & 0xffffffffffffffffn), BigInt.asIntN(64, bits >> 64n)];
  }
}

// --- Wrappers, as bytes. ---
function leb(number) {
  const bytes = [];
  do {
    bytes.push((number & 0x7f) | (number > 0x7f ? 0x80 : 0));
    number >>>= 7;
  } while (number);
  return bytes;
}
const list = (items) => [...leb(items.length), ...items.flat()];
const section = (id, bytes) => [id, ...leb(bytes.length), ...bytes];
const functionType = (params, results) =>
    [0x60, ...list(params.map((type) => [kTypes[type]])), ...list(results.map((type) => [kTypes[type]]))];
const get = (local) => [0x20, ...leb(local)];
const set = (local) => [0x21, ...leb(local)];
const kZeroVector = [0xfd, 0x0c, ...Array(16).fill(0)];
const replaceLane = (lane) => [0xfd, 0x1e, lane];
const extractLane = (lane) => [0xfd, 0x1d, lane];

// Operators that turn locals from `first`, in split form, into the types.
function joined(types, first) {
  return types.flatMap((type) => {
    if (type !== 'v128') return get(first++);
    return [...kZeroVector, ...get(first++), ...replaceLane(0), ...get(first++), ...replaceLane(1)];
  });
}
const splitLocals = (types, first) => types.flatMap((type, i) =>
    type !== 'v128' ? get(first + i) : [...get(first + i), ...extractLane(0), ...get(first + i), ...extractLane(1)]);

// A module whose function `f` has types (inner, outer), calling import m.f.
function wrapper(importType, exportType, locals, body) {
  const code = [...list(locals.map((type) => [1, kTypes[type]])), ...body, 0x0b];
  const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section(1, list([importType, exportType])),
                 ...section(2, list([[1, 0x6d, 1, 0x66, 0, 0]])), ...section(3, list([[1]])),
                 ...section(7, list([[1, 0x66, 0, 1]])), ...section(10, list([[...leb(code.length), ...code]]))];
  return new WebAssembly.Module(new Uint8Array(bytes));
}

function callable(f, params, results) {
  if (![...params, ...results].includes('v128')) return f;
  const first = split(params).length;
  const body = [...joined(params, 0), 0x10, 0, ...results.map((_, i) => set(first + i)).reverse().flat(),
                ...splitLocals(results, first)];
  const module = wrapper(functionType(params, results), functionType(split(params), split(results)), results, body);
  return new WebAssembly.Instance(module, {m: {f}}).exports.f;
}

// A function that logs what it is given, and gives zeros.
function logger(params, results) {
  const zeros = results.map((type) => (type === 'i64' ? 0n : type.endsWith('ref') ? null : 0));
  const log = (...values) => {
    write('log' + textsOf(params, values));
    return zeros.length > 1 ? zeros : zeros[0];
  };
  if (!params.includes('v128')) return log;
  const module = wrapper(functionType(split(params), results), functionType(params, results), [],
                         [...splitLocals(params, 0), 0x10, 0]);
  return new WebAssembly.Instance(module, {m: {f: log}}).exports.f;
}

// --- Runs. ---
const kHashedBytes = 32 * 65536;

function hashMemory(memory) {
  const words = new Int32Array(memory.buffer, 0, Math.min(memory.buffer.byteLength, kHashedBytes) / 4);
  let hash = 0;
  for (let i = 0; i < words.length; ++i) hash = Math.imul(((hash << 5) | (hash >>> 27)) ^ words[i], 0x9e3779b1);
  return hash >>> 0;
}

// The export that a log calls so.
const nameOf = (module, shown) =>
    shown[0] === '#' ? WebAssembly.Module.exports(module)[Number(shown.slice(1))].name : shown;

// What sets the fuel of the instances back to what they start with.
function refuelling(...instances) {
  const tanks = instances.map((instance) => instance?.exports.fuel).filter((item) => item instanceof WebAssembly.Global);
  const full = tanks.map((tank) => tank.value);
  return () => tanks.forEach((tank, i) => tank.value = full[i]);
}

function call(module, instance, planned) {
  const params = planned.params.map((text) => text.split(':')[0]);
  const f = callable(instance.exports[nameOf(module, planned.name)], params, planned.results);
  write('call ' + planned.name);
  try {
    const result = f(...planned.params.flatMap(parse));
    const values = result === undefined ? [] : Array.isArray(result) ? result : [result];
    write('result' + textsOf(planned.results, values));
  } catch (error) {
    write('trap ' + reasonOf(error));
  }
  const memory = instance.exports.memory;
  if (memory) write('memory ' + memory.buffer.byteLength / 65536 + ' ' + hex(hashMemory(memory), 8));
}

// An exception of the guest's has no message.
function reasonOf(error) {
  return error instanceof WebAssembly.Exception ? 'uncaught exception' : error.message;
}

// Objects to import from that have no names but the module's own. Each import is read
// once, in the module's order; one name may stand for several, of different types.
function importsOf(module, functions, first) {
  const wanted = WebAssembly.Module.imports(module);
  const imports = Object.create(null);
  for (const item of wanted) imports[item.module] ??= Object.create(null);
  const inOrder = new Map();
  for (const {name, params, results} of functions) {
    const {module: from, name: as} = wanted[name];
    const key = JSON.stringify([from, as]);
    if (!inOrder.has(key)) {
      inOrder.set(key, []);
      Object.defineProperty(imports[from], as, {get: () => inOrder.get(key).shift()});
    }
    inOrder.get(key).push(logger(params, results));
  }
  if (first) imports[kFirstInstance] = first.exports;
  return imports;
}

function run({path, first, imports, firstImports, calls}) {
  write('module ' + path);
  let module, firstModule;
  try {
    module = new WebAssembly.Module(fs.readFileSync(path));
    if (first) firstModule = new WebAssembly.Module(fs.readFileSync(first));
  } catch (error) {
    return write('refused ' + error.message);
  }
  write('run V8');
  try {
    const firstInstance = first && new WebAssembly.Instance(firstModule, importsOf(firstModule, firstImports));
    const instance = new WebAssembly.Instance(module, importsOf(module, imports, firstInstance));
    const refuel = refuelling(firstInstance, instance);
    for (const planned of calls) refuel(), call(module, instance, planned);
  } catch (error) {
    write('instantiate ' + reasonOf(error));
  }
  write('end');
}

for (const plan of JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))) run(plan);
