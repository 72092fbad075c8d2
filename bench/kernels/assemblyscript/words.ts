// Texts built, split, counted in a Map and joined: allocation, strings and the
// garbage collector. Checked by counting again from the joined text.
const SYLLABLES: string[] = ["ka", "to", "mi", "ren", "sol", "ve", "un", "ir"];

function text(seed: u32, words: i32): string {
  const parts = new Array<string>();
  for (let i = 0; i < words; ++i) {
    seed = seed * 1664525 + 1013904223;
    let word = SYLLABLES[(seed >> 8) & 7] + SYLLABLES[(seed >> 16) & 7];
    if (seed & 0x80000000) word = word.toUpperCase();
    parts.push(word);
  }
  return parts.join(" ");
}

function count(text: string): Map<string, i32> {
  const counts = new Map<string, i32>();
  const words = text.split(" ");
  for (let i = 0; i < words.length; ++i) {
    const word = words[i];
    counts.set(word, counts.has(word) ? counts.get(word) + 1 : 1);
  }
  return counts;
}

function repeated(counts: Map<string, i32>): string {
  const keys = counts.keys();
  let all = "";
  for (let i = 0; i < keys.length; ++i) {
    for (let k = counts.get(keys[i]); k > 0; --k) all += (all.length ? " " : "") + keys[i];
  }
  return all;
}

function same(left: Map<string, i32>, right: Map<string, i32>): bool {
  const keys = left.keys();
  for (let i = 0; i < keys.length; ++i) {
    if (!right.has(keys[i]) || right.get(keys[i]) != left.get(keys[i])) return false;
  }
  return left.size == right.size;
}

export function kernel(rounds: u32): u64 {
  let sum: u64 = 1;
  for (let round: u32 = 0; round < rounds; ++round) {
    const counts = count(text(round & 15, 200));
    if (!same(counts, count(repeated(counts)))) return 0;
    sum = sum * 31 + counts.size;
  }
  return sum;
}
