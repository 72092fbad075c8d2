#!/usr/bin/env python3
"""Compares the LLVM IR of small modules with what is kept beside them.

golden.py --compiler PATH [--write] [NAME...]

Of each NAME.wat (without NAME: of all), NAME.O0.ll is the IR as lowered and NAME.O2.ll as optimised. --write
renews them: then read the difference, for it is what the change does. Options for the compiler stand in the
module's first line, `;; options: …`.
"""

import argparse
import difflib
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
LEVELS = ("O0", "O2")
# The descriptor and what it points to: encoded, with hashes and versions in it. The rest is compared whole.
ENCODED = re.compile(r'^@.* section "(tenon\.|\.note)')


def options_of(module):
    match = re.match(r";; options: (.*)", module.read_text())
    return match.group(1).split() if match else []


def ir_of(compiler, module, level):
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "out.ll"
        command = [compiler, str(module), "--emit", "llvm-ir", f"-{level}", "-o", str(output), *options_of(module)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{module.name}: {done.stderr.strip()}")
        lines = output.read_text().splitlines(keepends=True)
    return [line for line in lines if not ENCODED.match(line)]


def check(options, module, level):
    kept = module.with_suffix(f".{level}.ll")
    now = ir_of(options.compiler, module, level)
    if options.write:
        kept.write_text("".join(now))
        return True
    before = kept.read_text().splitlines(keepends=True) if kept.exists() else []
    difference = list(difflib.unified_diff(before, now, kept.name, "now"))
    sys.stdout.writelines(difference[:200])
    return not difference


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--write", action="store_true", help="renew what is kept")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    modules = [HERE / f"{name}.wat" for name in options.names] or sorted(HERE.glob("*.wat"))
    results = [check(options, module, level) for module in modules for level in LEVELS]
    print(f"{results.count(True)} as kept, {results.count(False)} not")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
