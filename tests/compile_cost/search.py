#!/usr/bin/env python3
"""Looks for small modules that take the compiler out of proportion.

search.py --compiler PATH [--time SECONDS] [--seed N] [--keep FOLDER]
search.py --compiler PATH --shape "Module(...)"      # one again, with its numbers

Shapes (shapes.py) are mutated and recombined; what takes the most processor time
or the most memory for each byte of input stays. Each runs alone, with limits on
processor time and address space. At the end the worst are printed, each with the
command that compiles it again. The same seed makes the same shapes, as far as the
measured times put them in the same order.
"""

import argparse
import dataclasses
import os
import pathlib
import random
import resource
import sys
import tempfile
import time

import shapes
from shapes import HOLDERS, KINDS, Module, Piece, encode

MB = 1 << 20
LEVELS = ("0", "2")
# What any module takes comes off before anything is divided, and bytes are counted
# from SMALL on: the allowances that each module has once would hide all else.
FREE_SECONDS, FREE_MEMORY = 0.1, 80 * MB
SMALL = 20_000
SHOWN = 10


@dataclasses.dataclass
class Found:
    shape: Module
    level: str
    size: int
    seconds: float
    memory: int
    status: str

    @property
    def per_byte(self):
        return max(0.0, self.seconds - FREE_SECONDS) / (self.size + SMALL)

    @property
    def memory_per_byte(self):
        return max(0, self.memory - FREE_MEMORY) / (self.size + SMALL)

    def __str__(self):
        return (f"{self.per_byte * 1e6:7.1f} us and {self.memory_per_byte / 1024:6.1f} KiB for each byte: "
                f"{self.seconds:.2f} s, {self.memory >> 20} MiB, {self.size} bytes, -O{self.level}{self.status}")


class Runner:
    def __init__(self, compiler, folder, seconds, memory):
        self.compiler, self.folder, self.seconds, self.memory = compiler, folder, seconds, memory

    def run(self, shape, level):
        wasm = self.folder / "shape.wasm"
        wasm.write_bytes(encode(shape))
        argv = [self.compiler, str(wasm), f"-O{level}", "-j1", "-o", str(self.folder / "shape.so")]
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CPU, (self.seconds, self.seconds + 1))
            resource.setrlimit(resource.RLIMIT_AS, (self.memory, self.memory))
            errors = os.open(self.folder / "stderr", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(errors, 2)
            os.execv(self.compiler, argv)
        _, status, usage = os.wait4(child, 0)
        code = os.waitstatus_to_exitcode(status)
        text = (self.folder / "stderr").read_text(errors="replace").strip()
        how = "" if code == 0 else f", status {code}: {text[:400]}"
        return Found(shape, level, wasm.stat().st_size, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, how)


class Mutator:
    def __init__(self, rng, most_bytes):
        self.rng, self.most_bytes = rng, most_bytes

    def number(self, old, least=0):
        choice = self.rng.randrange(6)
        if choice == 0:
            return max(least, old // 2)
        if choice == 1:
            return old + 1
        if choice == 2:
            return max(least, self.rng.randrange(20))
        return max(least, min(old * self.rng.choice((2, 2, 3, 8)) + self.rng.randrange(2), 20000))

    def piece(self, depth=0):
        kind = self.rng.choice(HOLDERS if depth == 0 and self.rng.randrange(2) else KINDS)
        inside = ()
        if kind in HOLDERS and depth < 3:
            inside = tuple(self.piece(depth + 1) for _ in range(self.rng.randrange(1, 3)))
        return Piece(kind, self.rng.choice((1, 3, 10, 30, 100, 300, 1000)), self.rng.randrange(16), inside)

    def change(self, piece):
        choice = self.rng.randrange(8)
        if choice < 3:
            return dataclasses.replace(piece, count=self.number(piece.count))
        if choice == 3:
            return dataclasses.replace(piece, width=self.rng.randrange(16) if self.rng.randrange(3) else self.number(piece.width))
        if choice == 4 and piece.kind in HOLDERS:
            return dataclasses.replace(piece, kind=self.rng.choice(HOLDERS))
        if choice == 5:
            return Piece(self.rng.choice(HOLDERS), self.rng.choice((2, 10, 100, 500)), self.rng.randrange(16), (piece,))
        if piece.inside:
            return dataclasses.replace(piece, inside=self.pieces(piece.inside))
        return dataclasses.replace(piece, kind=self.rng.choice(KINDS))

    def pieces(self, pieces):
        pieces = list(pieces)
        choice = self.rng.randrange(10)
        if choice == 0 or not pieces:
            pieces.insert(self.rng.randrange(len(pieces) + 1), self.piece(1))
        elif choice == 1 and len(pieces) > 1:
            del pieces[self.rng.randrange(len(pieces))]
        else:
            i = self.rng.randrange(len(pieces))
            pieces[i] = self.change(pieces[i])
        return tuple(pieces[:6])

    def mutate(self, shape, other):
        for _ in range(self.rng.choice((1, 1, 2, 4))):
            choice = self.rng.randrange(10)
            if choice == 0:
                shape = dataclasses.replace(shape, pieces=shape.pieces[:2] + other.pieces[-2:])
            elif choice < 3:
                field = self.rng.choice(shapes.COUNTS)
                shape = dataclasses.replace(shape, **{field: self.number(getattr(shape, field))})
            else:
                shape = dataclasses.replace(shape, pieces=self.pieces(shape.pieces))
        # What the format or the reader's limits do not allow says nothing.
        return dataclasses.replace(shape, functions=max(1, min(shape.functions, 5000)), locals=min(shape.locals, 49000),
                                   memories=min(shape.memories, 90), types=min(shape.types, 2000),
                                   tables=min(shape.tables, 5000), elements=min(shape.elements, 2000),
                                   helpers=min(shape.helpers, 5000), helper_size=min(shape.helper_size, 2000),
                                   ring=min(shape.ring, 200))

    def fits(self, shape):
        return estimate(shape.pieces) * shape.functions <= self.most_bytes and len(encode(shape)) <= self.most_bytes


def estimate(pieces):
    """No more than the bytes of code: so that what is far too large is never made."""
    return sum(max(1, p.count if p.kind == "repeated" else 1) * estimate(p.inside) + p.count for p in pieces)


def key(found):
    """Finds of one kind are those with the same pieces, whatever their counts."""
    def kinds(pieces):
        return tuple((p.kind, kinds(p.inside)) for p in pieces)
    return kinds(found.shape.pieces), found.level


def best(finds, value, count):
    """The best of each kind, the best of those first."""
    kept = {}
    for found in sorted(finds, key=value, reverse=True):
        kept.setdefault(key(found), found)
    return sorted(kept.values(), key=value, reverse=True)[:count]


def search(runner, options):
    rng = random.Random(options.seed)
    mutator = Mutator(rng, options.bytes)
    population, runs, worst, end = [], 0, 0.0, time.monotonic() + options.time
    while time.monotonic() < end:
        if len(population) < 30 or rng.randrange(12) == 0:
            shape = Module(pieces=tuple(mutator.piece() for _ in range(rng.randrange(1, 4))))
        else:
            shape = mutator.mutate(rng.choice(population).shape, rng.choice(population).shape)
        if not mutator.fits(shape):
            continue
        found = runner.run(shape, rng.choice(LEVELS))
        runs += 1
        if "limit" in found.status and found.seconds < 1:
            continue  # refused at once, as it should be
        population.append(found)
        if len(population) > 120:
            population = (best(population, lambda f: f.per_byte, 24) + best(population, lambda f: f.memory_per_byte, 12))
        if found.per_byte > worst:
            worst = found.per_byte
            print(f"{runs} runs: {found}\n  --level {found.level} --shape {str(found.shape)!r}", flush=True)
    return population, runs


def report(runner, options, population, runs):
    print(f"\n{runs} runs in {options.time:.0f} s, seed {options.seed}")
    for title, value in (("time", lambda f: f.per_byte), ("memory", lambda f: f.memory_per_byte)):
        print(f"\nThe worst in {title}:")
        for number, found in enumerate(best(population, value, SHOWN)):
            print(f"{found}\n  {sys.argv[0]} --compiler {runner.compiler} --level {found.level} --shape {str(found.shape)!r}")
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{title}{number}.O{found.level}.wasm").write_bytes(encode(found.shape))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--time", type=float, default=60, help="seconds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bytes", type=int, default=50_000, help="the largest module to try")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the worst")
    parser.add_argument("--shape", help="only this one")
    parser.add_argument("--level", default="2")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tenon-cost-") as folder:
        runner = Runner(os.path.abspath(options.compiler), pathlib.Path(folder), seconds=30, memory=6 << 30)
        if options.shape:
            shape = eval(options.shape, {"Module": Module, "Piece": Piece})  # our own text
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / "shape.wasm").write_bytes(encode(shape))
            print(runner.run(shape, options.level))
            return 0
        report(runner, options, *search(runner, options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
