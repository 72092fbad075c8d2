#!/usr/bin/env python3
"""Checks that nothing in an ELF file is writable and executable, and that what the dynamic
linker fills in is read-only afterwards.

    check_hardened.py FILE...
"""

import re
import subprocess
import sys


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def problems_of(path):
    segments = re.findall(r"^ +([A-Z_]+) +(?:0x\w+ +){5}([RWE ]{3})", output_of("readelf", "-lW", path), re.MULTILINE)
    kinds = {kind for kind, _ in segments}
    for wanted in ("LOAD", "GNU_RELRO", "GNU_STACK"):
        if wanted not in kinds:
            yield f"{path}: no {wanted} segment"
    for kind, flags in segments:
        if "E" in flags and ("W" in flags or kind == "GNU_STACK"):
            yield f"{path}: a {kind} segment with {flags.strip()}"
    dynamic = output_of("readelf", "-dW", path)
    if not re.search(r"BIND_NOW|Flags:.*\bNOW\b", dynamic):
        yield f"{path}: not bound at once (-z now)"
    if "TEXTREL" in dynamic:
        yield f"{path}: relocations in code"


def main(paths):
    problems = [problem for path in paths for problem in problems_of(path)]
    print("\n".join(problems) or f"{', '.join(paths)}: nothing writable is code, and all is bound at once")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
