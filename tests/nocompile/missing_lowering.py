#!/usr/bin/env python3
"""Checks that an operator which nobody lowers stops the build of the compiler.

    missing_lowering.py COMPILE_COMMANDS.json SOURCE_DIR

Adds a made-up row to a copy of the operator table, once for each way in which operators
are lowered, and compiles the file that should lower it. The compiler must refuse it and
say what is missing.
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

# (row, file that lowers its family, what the message names); the code is no operator's.
CASES = (
    ('TENON_INTEGER(i32_made_up, "i32.made_up", 0xFFFFFF, none, 0, "i:i", mvp)', "lower_numeric.cpp", "i32_made_up"),
    ('TENON_CONTROL(made_up, "made_up", 0xFFFFFF, none, 0, "*", mvp)', "lower_control.cpp", "made_up"),
    ('TENON_VECTOR_MEMORY(v128_load_made_up, "v128.load_made_up", 0xFFFFFF, memory_access, 128, "a:V", simd)',
     "lower_vector.cpp", "v128_load_made_up"),
    ('TENON_VECTOR_FLOAT(f32x4_made_up, "f32x4.made_up", 0xFFFFFF, none, 0, "V:V", simd)', "vector_float.cpp",
     "f32x4_made_up"),
    ('TENON_ATOMIC(i32_atomic_rmw_made, "i32.atomic.rmw.made", 0xFFFFFF, atomic_access, 32, "ai:i", threads)',
     "lower_atomic.cpp", "i32_atomic_rmw_made"),
)


def compile_with(entry, folder):
    # Its include path goes first; a precompiled header would bring the table as it is.
    words = [word for word in shlex.split(entry["command"]) if word.startswith(("-I", "-D", "-std", "-f", "-W"))]
    system = [word for path in entry["command"].split("-isystem ")[1:] for word in ("-isystem", path.split()[0])]
    compiler = next(word for word in shlex.split(entry["command"]) if not word.endswith("ccache"))
    return subprocess.run([compiler, "-fsyntax-only", f"-I{folder}", *words, *system, "-include",
                           str(pathlib.Path(entry["file"]).parents[1] / "llvm.hpp"), entry["file"]],
                          capture_output=True, text=True, check=False)


def main(commands, source):
    with open(commands, encoding="utf-8") as file:
        entries = {entry["file"]: entry for entry in json.load(file)}
    table = pathlib.Path(source, "src/wasm/opcodes.def").read_text(encoding="utf-8")
    first_row = table.index("\n// Control\n")

    def check(case):
        row, name, expected = case
        entry = entries[f"{source}/src/compiler/lower/{name}"]
        with tempfile.TemporaryDirectory(prefix="tenon-test-") as folder:
            copy = pathlib.Path(folder, "wasm/opcodes.def")
            copy.parent.mkdir()
            copy.write_text(table[:first_row] + "\n" + row + table[first_row:], encoding="utf-8")
            done = compile_with(entry, folder)
        if done.returncode == 0:
            return f"{name} compiles with {row}"
        if expected not in done.stderr or "error:" not in done.stderr:
            return f"{name} with {row}: no error names \"{expected}\":\n{done.stderr[:2000]}"
        return None

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [problem for problem in pool.map(check, CASES) if problem]
    print("\n".join(problems) or f"{len(CASES)} operators without a lowering were refused")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
