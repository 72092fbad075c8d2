#!/usr/bin/env python3
"""Checks that Clang takes the sources of libtenon, which GCC builds here, without a warning.

    check_clang.py CLANG COMPILE_COMMANDS.json SOURCES
"""

import concurrent.futures
import json
import os
import shlex
import subprocess
import sys


# What libstdc++ itself deprecates, its own algorithms use.
STRICT = ["-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers", "-Wno-deprecated-declarations",
          "-Wno-invalid-offsetof"]  # every compiler here supports it


def main(clang, commands, sources):
    with open(commands, encoding="utf-8") as file:
        entries = {entry["file"]: entry for entry in json.load(file)}
    units = [entry for name, entry in entries.items()
             if name.startswith(f"{sources}/") and not name.startswith(f"{sources}/compiler/") and name.endswith(".cpp")]
    if not units:
        return f"no source of {sources} in {commands}"

    def check(entry):
        kept = [word for word in shlex.split(entry["command"]) if word.startswith(("-I", "-D", "-std"))]
        done = subprocess.run([clang, "-fsyntax-only", *STRICT, *kept, entry["file"]], capture_output=True, text=True,
                              check=False)
        return done.stderr if done.returncode else ""

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return "".join(pool.map(check, units))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or 0)
