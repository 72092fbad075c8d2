#!/usr/bin/env python3
"""How many machine instructions each vector operator takes, from the compiler's
own assembly: the tables of docs/simd.md.

    scripts/simd_instructions.py --compiler build/release/bin/tenon-compile            # print
    scripts/simd_instructions.py --compiler build/release/bin/tenon-compile --write    # renew docs/simd.md
    scripts/simd_instructions.py --compiler build/release/bin/tenon-compile --check    # fail where an operator is not in it

One function for each operator takes its operands as parameters, in registers, and
returns its result. Counted is all but the return and the two instructions that
find an address in memory.
"""

import argparse
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROW = re.compile(r'TENON_\w+\((\w+), "([^"]+)", 0x(\w+), (\w+), \d+, "([^"]+)", (simd|relaxed_simd)\)')
TYPES = {"i": 0x7F, "I": 0x7E, "f": 0x7D, "F": 0x7C, "V": 0x7B, "a": 0x7F}
IMMEDIATES = {
    "none": b"",
    "memory_access": b"\x00\x00",
    "memory_lane": b"\x00\x00\x01",
    "lane": b"\x01",
    "shuffle": bytes((0, 21, 2, 19, 9, 17, 30, 3, 4, 25, 6, 27, 8, 29, 1, 31)),
    "v128": bytes(range(1, 17)),
}
CPUS = ("x86-64-v2", "x86-64-v3")
FEW = 3
BEGIN, END = "<!-- made by scripts/simd_instructions.py -->\n", "<!-- end -->"


def u32(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def section(number, items):
    body = u32(len(items)) + b"".join(items)
    return bytes((number,)) + u32(len(body)) + body


def operators():
    table = (ROOT / "src/wasm/opcodes.def").read_text()
    rows = [dict(zip(("name", "text", "code", "immediate", "signature"), row.groups())) for row in ROW.finditer(table)]
    if not rows:
        sys.exit("no row of src/wasm/opcodes.def is a vector operator's: it has another form than this script knows")
    return rows


def module(rows):
    types, codes, exports = [], [], []
    for i, row in enumerate(rows):
        parameters, results = ([TYPES[c] for c in side] for side in row["signature"].split(":"))
        types.append(b"\x60" + u32(len(parameters)) + bytes(parameters) + u32(len(results)) + bytes(results))
        body = b"".join(b"\x20" + u32(n) for n in range(len(parameters)))
        body += b"\xfd" + u32(int(row["code"], 16) & 0xFFFF) + IMMEDIATES[row["immediate"]] + b"\x0b"
        codes.append(u32(len(body) + 1) + b"\x00" + body)
        name = f"op{i}".encode()
        exports.append(u32(len(name)) + name + b"\x00" + u32(i))
    return b"\0asm\x01\0\0\0" + b"".join((
        section(1, types), section(3, [u32(i) for i in range(len(rows))]), section(5, [b"\x00\x01"]),
        section(7, exports), section(10, codes)))


def count_instructions(compiler, rows, cpu):
    with tempfile.TemporaryDirectory() as folder:
        wasm, assembly = pathlib.Path(folder) / "m.wasm", pathlib.Path(folder) / "m.s"
        wasm.write_bytes(module(rows))
        subprocess.run([compiler, wasm, "-O2", "--cpu", cpu, "--emit", "asm", "-o", assembly], check=True)
        text = assembly.read_text()
    counts = []
    for i, row in enumerate(rows):
        body = re.search(rf"^wasm\.{i}\.op{i}:\n(.*?)^\.Lfunc_end", text, re.S | re.M).group(1)
        lines = [line.strip() for line in body.splitlines() if re.match(r"\t[a-z]", line)]
        found = [line for line in lines if not line.startswith(("ret", "vzeroupper"))]
        counts.append(len(found) - (2 if "memory" in row["immediate"] else 0))
    return counts


def report(rows, counts):
    families = collections.defaultdict(list)
    for i, row in enumerate(rows):
        families[row["text"].split(".")[0]].append(i)
    lines = ["| Family | Operators | " + " | ".join(f"at most {FEW}, {cpu} | mean" for cpu in CPUS) + " |",
             "| --- | --- |" + " --- | --- |" * len(CPUS)]
    for family, members in families.items():
        cells = []
        for cpu in CPUS:
            of = [counts[cpu][i] for i in members]
            cells += [str(sum(n <= FEW for n in of)), f"{sum(of) / len(of):.1f}"]
        lines.append(f"| `{family}` | {len(members)} | " + " | ".join(cells) + " |")
    lines += ["", f"Those that take more than {FEW}:", "", "| Operator | " + " | ".join(CPUS) + " |",
              "| --- |" + " --- |" * len(CPUS)]
    for i, row in enumerate(rows):
        if any(counts[cpu][i] > FEW for cpu in CPUS):
            lines.append(f"| `{row['text']}` | " + " | ".join(str(counts[cpu][i]) for cpu in CPUS) + " |")
    return "\n".join(lines) + "\n"


def operators_in(page):
    """The families, and how many operators each has; how LLVM translates them is its own matter."""
    return re.findall(r"^(\| `\w+` \| \d+ \|)(?: \d+ \| [\d.]+ \|){2}$", page, re.M)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--write", action="store_true", help="renew docs/simd.md")
    parser.add_argument("--check", action="store_true", help="fail where docs/simd.md lacks an operator")
    options = parser.parse_args()
    rows = operators()
    text = report(rows, {cpu: count_instructions(options.compiler, rows, cpu) for cpu in CPUS})
    if not options.write and not options.check:
        print(text, end="")
        return
    page = ROOT / "docs/simd.md"
    old = page.read_text()
    start, end = old.index(BEGIN) + len(BEGIN), old.index(END)
    new = old[:start] + "\n" + text + "\n" + old[end:]
    if options.write:
        page.write_text(new)
    elif operators_in(new) != operators_in(old):
        sys.exit("docs/simd.md is out of date: renew it with scripts/simd_instructions.py --write")


if __name__ == "__main__":
    main()
