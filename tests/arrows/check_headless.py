#!/usr/bin/env python3
"""Checks that a runtime binary has no compiler in it, and is small.

    check_headless.py BINARY [MAXIMUM_KIB]
"""

import os
import re
import subprocess
import sys
import tempfile

LLVM = re.compile(r"\bllvm::|\blld::|\bLLVM[A-Z]\w*|libLLVM|liblld", re.ASCII)


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def main(binary, maximum_kib=None):
    failures = []
    # Both tables: what a static link brought in shows only in the first.
    listings = {
        "symbol": output_of("nm", "-C", binary),
        "dynamic symbol": output_of("nm", "-DC", binary),
        "library": output_of("ldd", binary),
    }
    for kind, listing in listings.items():
        failures += [f"{kind}: {line.strip()}" for line in listing.splitlines() if LLVM.search(line)]

    with tempfile.TemporaryDirectory() as folder:
        stripped = os.path.join(folder, "stripped")
        subprocess.run(["strip", "-o", stripped, binary], check=True)
        kib = os.path.getsize(stripped) / 1024
    print(f"{os.path.basename(binary)}: {kib:.0f} KiB stripped")
    if maximum_kib and kib > float(maximum_kib):
        failures.append(f"larger than {maximum_kib} KiB")

    for failure in failures[:20]:
        print(f"FAILED: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
