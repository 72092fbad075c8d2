#!/usr/bin/env python3
"""Compiles modules with the compiler whose machine is stubs, and looks at what it made.

    machine_stub.py --compiler FILE --tenon FILE --generate FILE

Generated modules, which have operators of every family, become artifacts for aarch64:
ELF objects of that machine, with code that needs no library. `tenon inspect` refuses
them on this machine in one line that names both machines.
"""

import argparse
import pathlib
import struct
import subprocess
import sys
import tempfile

EM_AARCH64 = 183
SHT_DYNSYM = 11
SHF_EXECINSTR = 4


def sections(elf):
    """(type, flags, offset, size) of each section (System V ABI, chapter 4)."""
    table, = struct.unpack_from("<Q", elf, 0x28)
    entry, count = struct.unpack_from("<HH", elf, 0x3A)
    for i in range(count):
        _, kind, flags, _, offset, size = struct.unpack_from("<IIQQQQ", elf, table + i * entry)
        yield kind, flags, offset, size


def undefined_symbols(elf, offset, size):
    """How many symbols of a table are others' to define; the first entry is empty."""
    return sum(struct.unpack_from("<H", elf, offset + at + 6)[0] == 0 for at in range(24, size, 24))


def problem_of(artifact):
    elf = artifact.read_bytes()
    machine, = struct.unpack_from("<H", elf, 0x12)
    if machine != EM_AARCH64:
        return f"is for ELF machine {machine}, not {EM_AARCH64}"
    found = list(sections(elf))
    if any(undefined_symbols(elf, offset, size) for kind, _, offset, size in found if kind == SHT_DYNSYM):
        return "calls a library"
    if not any(flags & SHF_EXECINSTR and size for _, flags, _, size in found):
        return "has no code"
    return None


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)


def check(arguments, module, level):
    artifact = module.with_suffix(f".O{level}.so")
    compiled = run(arguments.compiler, module, "-O", level, "-o", artifact)
    if compiled.returncode != 0:
        return f"{module.name} -O{level}: {compiled.stderr.strip()}"
    problem = problem_of(artifact)
    if problem:
        return f"{module.name} -O{level}: {problem}"
    inspected = run(arguments.tenon, "inspect", artifact)
    message = inspected.stderr.strip()
    if inspected.returncode != 1 or "\n" in message or "aarch64" not in message:
        return f"{module.name} -O{level}: inspect said \"{message}\", status {inspected.returncode}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--compiler", "--tenon", "--generate"):
        parser.add_argument(option, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tenon-test-") as folder:
        subprocess.run([arguments.generate, "--out", folder, "--seed", "7", "--count", "12"],
                       stdout=subprocess.DEVNULL, check=True)
        modules = sorted(pathlib.Path(folder).glob("*.wasm"))
        problems = [problem for module in modules for level in (0, 2)
                    if (problem := check(arguments, module, level))]
    print("\n".join(problems) or f"{len(modules)} modules, each at -O0 and -O2")
    return 1 if problems or not modules else 0


if __name__ == "__main__":
    sys.exit(main())
