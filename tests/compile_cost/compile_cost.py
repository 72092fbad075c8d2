#!/usr/bin/env python3
"""Compiles made-up modules at -O2 and looks at what that took.

compile_cost.py --compiler PATH          # 1 MB; the peak of memory must keep its limit
compile_cost.py --compiler PATH --all    # 1, 4 and 16 MB; the time per MB must keep its limit, too

Exit status: 0 every limit held, 1 not every.
"""

import argparse
import dataclasses
import os
import pathlib
import sys
import tempfile
import time

from make_module import make_module

MB = 1 << 20
# (kind, MB of wasm); the kinds are those of make_module.py.
SMALL = [("many", 1), ("one", 1)]
ALL = [("many", 1), ("many", 4), ("many", 16), ("one", 1), ("one", 4)]
SLOWDOWN = 1.5  # of the time per MB at 16 MB, over that at 1 MB


def memory_limit(kind, size):
    """Bytes. One function is one unit to LLVM, whose machine instructions and
    their operands take some 250 bytes for each byte of the body, all at once:
    beyond 1 MB that is what counts."""
    return 60 * size + 300 * MB if kind == "many" or size <= 1.1 * MB else 260 * size + 100 * MB


@dataclasses.dataclass
class Cost:
    kind: str
    size: int
    memory: int
    processor: float
    wall: float

    @property
    def per_mb(self):
        return self.processor / (self.size / MB)

    @property
    def keeps_limit(self):
        return self.memory <= memory_limit(self.kind, self.size)

    def __str__(self):
        verdict = "ok" if self.keeps_limit else "TOO MUCH"
        return (f"{self.kind:5} {self.size / MB:5.1f} MB: {self.memory / MB:6.0f} MB of memory, limit "
                f"{memory_limit(self.kind, self.size) / MB:.0f}: {verdict}; {self.processor:.1f} s of processor time "
                f"({self.per_mb:.1f} s/MB), {self.wall:.1f} s")


def measure(compiler, kind, megabytes, folder):
    wasm = folder / "module.wasm"
    wasm.write_bytes(make_module(kind, megabytes * MB))
    start = time.monotonic()
    pid = os.posix_spawn(compiler, [compiler, wasm, "-O2", "-o", folder / "module.so"], os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"compile_cost: the compiler failed on {kind} {megabytes} MB")
    return Cost(kind, wasm.stat().st_size, usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime,
                time.monotonic() - start)


def keeps_pace(costs):
    """Whether time grows with the size, and hardly faster."""
    first, last = (next(c for c in costs if (c.kind, c.size // MB) == ("many", size)) for size in (1, 16))
    ratio = last.per_mb / first.per_mb
    print(f"time per MB at 16 MB: {ratio:.2f} of that at 1 MB, limit {SLOWDOWN}: "
          f"{'ok' if ratio <= SLOWDOWN else 'TOO MUCH'}")
    return ratio <= SLOWDOWN


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--all", action="store_true", help="the larger modules, too")
    options = parser.parse_args()
    costs = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, megabytes in ALL if options.all else SMALL:
            costs.append(measure(options.compiler, kind, megabytes, pathlib.Path(folder)))
            print(costs[-1], flush=True)
    held = all(cost.keeps_limit for cost in costs)
    if options.all:
        held = keeps_pace(costs) and held
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
