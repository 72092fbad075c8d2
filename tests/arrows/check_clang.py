#!/usr/bin/env python3
"""Checks that Clang takes the sources of src/, which GCC builds here, without a warning.

    check_clang.py CLANG COMPILE_COMMANDS.json SOURCES
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile


# What libstdc++ itself deprecates, its own algorithms use.
STRICT = ["-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers", "-Wno-deprecated-declarations",
          "-Wno-invalid-offsetof"]  # every compiler here supports it


def options_of(entry):
    words = shlex.split(entry["command"])
    kept = [word for word in words if word.startswith(("-I", "-D", "-std"))]
    return kept + [word for at, flag in enumerate(words) if flag == "-isystem" for word in words[at:at + 2]]


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


def main(clang, commands, sources):
    with open(commands, encoding="utf-8") as file:
        entries = {entry["file"]: entry for entry in json.load(file)}
    units = [entry for name, entry in entries.items() if name.startswith(f"{sources}/") and name.endswith(".cpp")]
    if not units:
        return f"no source of {sources} in {commands}"
    compiler = [entry for entry in units if entry["file"].startswith(f"{sources}/compiler/")]
    with tempfile.TemporaryDirectory(prefix="tenon-test-") as folder:
        # LLVM's headers take longer than all else: once.
        header = str(pathlib.Path(folder, "llvm.pch"))
        if compiler:
            problem = run([clang, *STRICT, *options_of(compiler[0]), "-fno-rtti", "-x", "c++-header",
                           f"{sources}/compiler/llvm.hpp", "-o", header])
            if problem:
                return problem

        def check(entry):
            more = ["-fno-rtti", "-include-pch", header] if entry in compiler else []
            return run([clang, "-fsyntax-only", *STRICT, *options_of(entry), *more, entry["file"]])

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            return "".join(pool.map(check, units))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or 0)
