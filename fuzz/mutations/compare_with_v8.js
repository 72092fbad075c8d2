// Reads what `mutations --stream` prints, asks V8 about each mutant, and shows
// where the two disagree for no reason that is known. Exit status 1 then.
'use strict';
const fs = require('fs');

// Each knows proposals that the other does not have, or only behind a flag.
const kOnlyV8 = [
  /is of the proposal [a-z-]+, which is not supported/,
  /br_on_non_null to a label without a reference/,  // V8 does not count what a label takes here
  /found a reference/,                              // to V8 ref.as_non_null in dead code gives anything
];
const kOnlyTenon = [
  /actual alignment is (6[4-9]|7\d)/,              // an alignment with multi-memory's bit for an index
];

const input = fs.readFileSync(0);
const found = new Map();
let mutants = 0, known = 0, accepted = 0;

function disagree(reason, excuses, bytes) {
  if (excuses.some((excuse) => excuse.test(reason))) return void ++known;
  const key = reason.replace(/@\+\d+|\d+/g, 'N');
  const entry = found.get(key) || {reason, count: 0, bytes};
  if (bytes.length < entry.bytes.length) entry.bytes = bytes, entry.reason = reason;
  ++entry.count;
  found.set(key, entry);
}

for (let at = 0; at < input.length; ++mutants) {
  const end = input.indexOf(10, at);
  const [, size, error] = /^(\d+) (.*)$/.exec(input.toString('utf8', at, end));
  const bytes = input.subarray(end + 1, end + 1 + Number(size));
  at = end + 1 + bytes.length;
  const valid = WebAssembly.validate(bytes);
  accepted += valid ? 1 : 0;
  if (valid && error) disagree('only V8 accepts; Tenon: ' + error, kOnlyV8, bytes);
  if (valid || error) continue;
  try {
    new WebAssembly.Module(bytes);
  } catch (message) {
    disagree('only Tenon accepts; V8: ' + message.message, kOnlyTenon, bytes);
  }
}

for (const {reason, count, bytes} of [...found.values()].sort((a, b) => b.count - a.count)) {
  console.log(`${count} times, ${reason}\n    ${bytes.toString('hex').slice(0, 400)}`);
}
console.log(`${mutants} mutants, V8 accepts ${accepted}, ${known} disagreements known, ${found.size} kinds unknown`);
process.exitCode = found.size ? 1 : 0;
