#!/usr/bin/env python3
"""Checks that each public header compiles by itself, without a warning.

    check_headers.py INCLUDE_DIR COMPILER [OPTION...]

And without exceptions, which many hosts switch off.
"""

import pathlib
import subprocess
import sys

STRICT = ["-std=c++23", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-x", "c++", "-"]


def main(include, *compiler):
    folder = pathlib.Path(include)
    headers = sorted(folder.glob("tenon/*.hpp"))
    failures = 0
    for options in ([], ["-fno-exceptions", "-fno-rtti"]):
        for header in headers if options else [folder / "tenon/tenon.hpp"]:
            source = f"#include <{header.relative_to(folder).as_posix()}>\nint main() {{}}\n"
            done = subprocess.run([*compiler, f"-I{folder}", *options, *STRICT], input=source, text=True,
                                  stderr=subprocess.PIPE, check=False)
            if done.returncode != 0:
                failures += 1
                print(f"FAILED: {header.name} {' '.join(options)}\n{done.stderr}")
    print(f"{len(headers)} headers, {failures} failures")
    return 1 if failures or not headers else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
