#!/usr/bin/env python3
"""Checks that each public header compiles by itself, without a warning.

    check_headers.py INCLUDE_DIR COMPILER [OPTION...]

With exceptions and without, which many hosts switch off.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys

STRICT = ["-std=c++23", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-x", "c++", "-"]


def main(include, *compiler):
    folder = pathlib.Path(include)
    headers = sorted(folder.glob("tenon/*.hpp"))

    def check(case):
        header, options = case
        source = f"#include <{header.relative_to(folder).as_posix()}>\nint main() {{}}\n"
        done = subprocess.run([*compiler, f"-I{folder}", *options, *STRICT], input=source, text=True,
                              stderr=subprocess.PIPE, check=False)
        return f"FAILED: {header.name} {' '.join(options)}\n{done.stderr}" if done.returncode else None

    cases = [(header, options) for header in headers for options in ([], ["-fno-exceptions", "-fno-rtti"])]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        failures = [failure for failure in pool.map(check, cases) if failure]
    print("\n".join([*failures, f"{len(headers)} headers, {len(failures)} failures"]))
    return 1 if failures or not headers else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
