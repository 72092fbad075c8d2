// What node makes of the same modules: the answers that real_modules.py expects.
//
//   node oracle.js NODE_MODULES mappings STRING
//   node oracle.js NODE_MODULES argon2 WASM PASSWORD SALT
'use strict';
const fs = require('fs');
const path = require('path');

const [modules, what, ...rest] = process.argv.slice(2);

async function mappings(text) {
  const { SourceMapConsumer } = require(path.join(modules, 'source-map'));
  const sources = Array.from({ length: 100 }, (_, i) => String(i));
  const names = sources;
  let consumer;
  try {
    consumer = await new SourceMapConsumer({ version: 3, sources, names, mappings: text });
    consumer.eachMapping((m) => {
      let line = `${m.generatedLine}:${m.generatedColumn}`;
      if (m.source !== null) line += ` ${m.source}:${m.originalLine}:${m.originalColumn}`;
      if (m.source !== null && m.name !== null) line += ` ${m.name}`;
      console.log(line);
    });
  } catch (error) {
    console.log(`error ${/code (\d+)/.exec(error.message)[1]}`);
  }
}

async function argon2(wasm, password, salt) {
  let memory;
  const a = {
    a: (to, from, size) => (new Uint8Array(memory.buffer).copyWithin(to, from, from + size), to),
    b: () => 0,
  };
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(wasm), { a });
  const { c, e: hash, f: malloc } = instance.exports;
  memory = c;
  const put = (text) => {
    const bytes = Buffer.from(text);
    const at = malloc(bytes.length);
    new Uint8Array(memory.buffer).set(bytes, at);
    return [at, bytes.length];
  };
  const [p, s, out] = [put(password), put(salt), malloc(32)];
  const status = hash(3, 512, 1, ...p, ...s, out, 32, 0, 0, 2, 0x13);
  if (status !== 0) throw new Error(`argon2_hash gave ${status}`);
  console.log(Buffer.from(memory.buffer, out, 32).toString('hex'));
}

({ mappings, argon2 })[what](...rest).catch((error) => {
  console.error(error);
  process.exit(1);
});
