#!/usr/bin/env python3
"""Random modules in Tenon, V8 and wabt's interpreter; any difference is a failure.

    fuzz.py --build build/release --count 1000 --seed 1      make modules and compare
    fuzz.py --build build/release --module FOUND.wasm        one module again, in detail
    fuzz.py --build build/release --reduce FOUND.wasm        make it smaller, as FOUND.reduced.wasm

binaryen's `wasm-opt -ttf` makes the modules, from bytes that depend on seed and
number alone. Modules that differ are kept under BUILD/differences.
"""
import argparse
import collections
import pathlib
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from compare import V8_TRAPS, WABT_TRAPS, compare, for_wasm_interp
from engines import run_tenon, run_v8, run_wasm_interp

FEATURES = ["--mvp-features", "--enable-sign-ext", "--enable-nontrapping-float-to-int", "--enable-bulk-memory",
            "--enable-mutable-globals", "--enable-multivalue"]
BATCH = 20  # modules for each start of an engine
CALLS_COMPARED = collections.Counter()


def make_module(seed, number, simd, path):
    source = random.Random(f"{seed} {number}")
    size = int(2 ** source.uniform(8, 14))  # of most sizes alike, up to 16 KiB
    seed_file = path.with_suffix(".bytes")
    seed_file.write_bytes(source.randbytes(size))
    subprocess.run(["wasm-opt", "-ttf", seed_file, "-o", path, *FEATURES, *(["--enable-simd"] if simd else []), "--denan"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seed_file.unlink()


def differences(module, record, v8):
    """What differs, as {pair of engines: text}."""
    if record.end != "end":
        last = list(record.runs)[-1] if record.runs else "compile"
        return {f"Tenon {last}": record.end}
    runs = record.runs
    pairs = {
        "O0, O2-strict": (runs["O0"], runs["O2-strict"], {}, False),
        "O0-restart, O2": (runs["O0-restart"], runs["O2"], {}, True),
    }
    if v8:
        pairs["O0, V8"] = (runs["O0"], v8.runs["V8"], V8_TRAPS, False)
    if wabt := run_wasm_interp(module):
        pairs["O0, wasm-interp"] = (for_wasm_interp(record.plan, runs["O0"]), wabt.runs["wasm-interp"], WABT_TRAPS, False)
    found = {}
    for name, (ours, theirs, table, default_mode) in pairs.items():
        text, alike = compare(ours, theirs, table, default_mode)
        CALLS_COMPARED[name] += alike
        if text:
            found[name] = text
    return found


def compare_modules(runner, modules, folder):
    records = run_tenon(runner, modules, folder)
    v8 = run_v8(modules, records, folder)
    return {module: differences(module, records[str(module)], v8.get(str(module))) for module in modules}


def own_command(options):
    return [sys.executable, str(pathlib.Path(__file__).resolve()), "--build", str(options.build.resolve())]


def keep(module, found, options):
    folder = options.build / "differences"
    folder.mkdir(exist_ok=True)
    kept = folder / module.name
    shutil.copy(module, kept)
    print(f"\ndifference in {kept}")
    for pair, text in found.items():
        print(f"  {pair}: {text[:600]}")
    print(f"  again: {shlex.join(own_command(options) + ['--module', str(kept)])}", flush=True)


def fuzz(options, runner, folder):
    started, different = time.monotonic(), 0
    for first in range(0, options.count, BATCH):
        modules = []
        for number in range(first, min(first + BATCH, options.count)):
            simd = number % 2 == 1 if options.simd is None else options.simd == 1
            modules.append(folder / f"seed{options.seed}-{number}{'-simd' if simd else ''}.wasm")
            make_module(options.seed, number, simd, modules[-1])
        for module, found in compare_modules(runner, modules, folder).items():
            if found:
                different += 1
                keep(module, found, options)
            module.unlink()
        finished, seconds = first + len(modules), time.monotonic() - started
        line = f"{finished} of {options.count} modules, {different} different, {finished / seconds:.1f} a second"
        if sys.stdout.isatty():
            print(f"\r{line}", end="", flush=True)
        elif finished % 500 < BATCH:
            print(line, flush=True)
    print(f"\n{options.count} modules, {different} different; calls compared: "
          + ", ".join(f"{count} ({pair})" for pair, count in CALLS_COMPARED.items()))
    return 1 if different else 0


def again(options, runner, folder):
    found = compare_modules(runner, [options.module], folder)[options.module]
    for pair, text in found.items():
        print(pair if options.brief else f"{pair}: {text}")
    if not found:
        print("no difference")
    return 1 if found else 0


def reduce(options, folder):
    """wasm-reduce keeps what leaves the command's exit status and output as they are."""
    result = options.reduce.with_suffix(".reduced.wasm")
    test = folder / "test.wasm"
    command = shlex.join(own_command(options) + ["--brief", "--module", str(test)])
    subprocess.run(["wasm-reduce", options.reduce, "-t", test, "-w", result, "--command", command, "-all"], check=False)
    print(f"reduced: {result}")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder, with bin/fuzz_runner")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--simd", type=int, choices=(0, 1), help="without: every second module has vectors")
    parser.add_argument("--module", type=pathlib.Path)
    parser.add_argument("--brief", action="store_true", help="with --module: only which engines differ")
    parser.add_argument("--reduce", type=pathlib.Path)
    options = parser.parse_args()
    runner = options.build / "bin" / "fuzz_runner"
    with tempfile.TemporaryDirectory(prefix="tenon-fuzz-") as name:
        folder = pathlib.Path(name)
        if options.reduce:
            return reduce(options, folder)
        return again(options, runner, folder) if options.module else fuzz(options, runner, folder)


if __name__ == "__main__":
    sys.exit(main())
