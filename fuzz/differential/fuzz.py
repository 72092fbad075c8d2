#!/usr/bin/env python3
"""Random modules in Tenon and in other engines; any difference is a failure.

    fuzz.py --build build/release --count 1000 --seed 1      make modules and compare
    fuzz.py --build build/release --source generator            … with modules of our own generator
    fuzz.py --build build/release --mutants SUITE            valid mutants of the official suite's modules instead
    fuzz.py --build build/release --module FOUND.wasm        one module again, in detail
    fuzz.py --build build/release --reduce FOUND.wasm        make it smaller, as FOUND.reduced.wasm

Modules depend on seed and number alone (sources.py says who makes them). Mutants
are those of fuzz/mutations that import nothing; one that does not end is no
difference. Modules that differ are kept under BUILD/differences.

Where another engine refuses a module or takes too long, the two are not compared.
Such modules are counted and the reasons shown; more than --uncompared of them, a
share of all, and the run fails.
"""
import argparse
import collections
import itertools
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from compare import V8_TRAPS, WABT_TRAPS, compare, for_wasm_interp
from event_log import Record
from engines import run_tenon, run_v8, run_wasm_interp
from sources import FEATURES, SOURCES, mutant_modules

BATCH = 20  # modules for each start of an engine
TIMEOUT_S, MUTANT_TIMEOUT_S = 60, 20
KINDS = collections.Counter()  # of differences
NOT_RUN = Record(end="not run")
CALLS_COMPARED = collections.Counter()
NOT_COMPARED = collections.defaultdict(collections.Counter)  # engine -> why, how often


def called_the_same(record, wabt):
    """False where an export of a mutant has a name or a type that is not in our plan."""
    planned = {call["name"] for call in record.plan} | {"(instantiate)"}
    return all(call.name in planned for call in wabt.runs["wasm-interp"])


def uses_vectors(module):
    """Whether the module is invalid without them."""
    return subprocess.run(["wasm-opt", module, *FEATURES, "--enable-threads", "-o", "/dev/null"],
                          capture_output=True).returncode != 0


def comparable(engine, record):
    """Whether the other engine ran the module; if not, that is counted."""
    if record.end == "end":
        return True
    NOT_COMPARED[engine][re.sub(r"\d+", "N", record.end)[:160]] += 1
    return False


def asked_wabt(module, record):
    wabt = run_wasm_interp(module)
    if wabt.end == "end" and not called_the_same(record, wabt):
        wabt.end = "calls other functions"
    return wabt


def differences(module, record, v8, with_wabt=True):
    """What differs, as {pair of engines: text}."""
    if record.end != "end":
        last = list(record.runs)[-1] if record.runs else "compile"
        return {f"Tenon {last}": record.end}
    runs = record.runs
    pairs = {
        "O0, O1-explicit": (runs["O0"], runs["O1-explicit"], {}, False),
        "O0, O2-strict": (runs["O0"], runs["O2-strict"], {}, False),
        "O0-restart, O2": (runs["O0-restart"], runs["O2"], {}, True),
    }
    if comparable("V8", v8):
        pairs["O0, V8"] = (runs["O0"], v8.runs["V8"], V8_TRAPS, False)
    if with_wabt and comparable("wasm-interp", wabt := asked_wabt(module, record)):
        pairs["O0, wasm-interp"] = (for_wasm_interp(record.plan, runs["O0"]), wabt.runs["wasm-interp"], WABT_TRAPS, False)
    found = {}
    for name, (ours, theirs, table, default_mode) in pairs.items():
        text, alike = compare(ours, theirs, table, default_mode)
        CALLS_COMPARED[name] += alike
        if text:
            found[name] = text
    # --denan leaves the NaNs in vectors alone, and which one comes out is free. V8 uses the
    # same machine instructions as Tenon and so the same NaNs; wasm-interp has its own.
    if "O0, V8" in pairs and list(found) == ["O0, wasm-interp"] and uses_vectors(module):
        CALLS_COMPARED["vector modules in which only wasm-interp differs"] += 1
        return {}
    return found


def compare_modules(options, runner, modules, folder):
    records = run_tenon(runner, modules, folder, MUTANT_TIMEOUT_S if options.mutants else TIMEOUT_S,
                        options.near_the_end)
    v8 = run_v8(options.build / "oracle" / "node", modules, records, folder)
    endless = [module for module in modules if options.mutants and records[str(module)].end == "timeout"]
    with_wabt = options.source == "binaryen"
    return {module: differences(module, records[str(module)], v8.get(str(module), NOT_RUN), with_wabt)
            for module in modules if module not in endless}


def own_command(options):
    return [sys.executable, str(pathlib.Path(__file__).resolve()), "--build", str(options.build.resolve()),
            "--near-the-end", str(options.near_the_end)]


def first_of(module):
    """The module that it imports from, where there is one."""
    return module.with_suffix(".first.wasm")


def keep(module, found, options):
    folder = options.build / "differences"
    folder.mkdir(exist_ok=True)
    kept = folder / module.name
    shutil.copy(module, kept)
    if first_of(module).exists():
        shutil.copy(first_of(module), first_of(kept))
    print(f"\ndifference in {kept}")
    for pair, text in found.items():
        print(f"  {pair}: {text[:600]}")
        KINDS[re.sub(r"\d+", "N", text)[:60] if pair.startswith("Tenon") else pair] += 1
    print(f"  again: {shlex.join(own_command(options) + ['--module', str(kept)])}", flush=True)


def fuzz(options, runner, folder):
    started, different, finished = time.monotonic(), 0, 0
    source = (mutant_modules if options.mutants else SOURCES[options.source])(options, folder)
    while modules := list(itertools.islice(source, BATCH)):
        for module, found in compare_modules(options, runner, modules, folder).items():
            if found:
                different += 1
                keep(module, found, options)
        for module in modules:
            module.unlink()
            first_of(module).unlink(missing_ok=True)
        finished, seconds = finished + len(modules), time.monotonic() - started
        line = f"{finished} of {options.count} modules, {different} different, {finished / seconds:.1f} a second"
        if sys.stdout.isatty():
            print(f"\r{line}", end="", flush=True)
        elif finished % 500 < BATCH:
            print(line, flush=True)
    for kind, times in KINDS.most_common():
        print(f"  {times}: {kind}")
    print(f"\n{finished} modules, {different} different; calls compared: "
          + ", ".join(f"{count} ({pair})" for pair, count in CALLS_COMPARED.items()))
    return 1 if different or not enough_compared(finished, options.uncompared) else 0


def enough_compared(modules, share):
    """Shows what was not compared, and why. Whether it is no more than the share."""
    enough = True
    for engine, reasons in NOT_COMPARED.items():
        count = sum(reasons.values())
        print(f"not compared with {engine}: {count} of {modules} modules ({100 * count / modules:.1f} %)")
        for reason, times in reasons.most_common(10):
            print(f"  {times}: {reason}")
        if count > share * modules:
            print(f"  more than {100 * share:g} %: this run proves too little")
            enough = False
    return enough


def again(options, runner, folder):
    found = compare_modules(options, runner, [options.module], folder)[options.module]
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
    subprocess.run(["wasm-reduce", options.reduce, "-t", test, "-w", result, "--command", command, "-all",
                    "--timeout", "120", "--binaries", pathlib.Path(shutil.which("wasm-opt")).parent], check=False)
    print(f"reduced: {result}")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder, with bin/fuzz_runner")
    parser.add_argument("--source", choices=SOURCES, default="binaryen", help="who makes the modules (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the number of the first module")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--simd", type=int, choices=(0, 1), help="without: every second module has vectors")
    parser.add_argument("--uncompared", type=float, default=0.02, metavar="SHARE",
                        help="of the modules, how many another engine may refuse (default: %(default)s)")
    parser.add_argument("--near-the-end", type=int, default=0, metavar="N",
                        help="call all from N places near the end of the stack, too; 4096: every one of 64 KiB")
    parser.add_argument("--mutants", type=pathlib.Path, metavar="SUITE")
    parser.add_argument("--module", type=pathlib.Path)
    parser.add_argument("--brief", action="store_true", help="with --module: only which engines differ")
    parser.add_argument("--reduce", type=pathlib.Path)
    options = parser.parse_args()
    runner = options.build / "bin" / "fuzz_runner"
    with tempfile.TemporaryDirectory(prefix="tenon-fuzz-") as name:
        folder = pathlib.Path(name)
        if options.reduce:
            return reduce(options, folder)
        if options.module and first_of(options.module).exists():
            options.source = "generator"
        return again(options, runner, folder) if options.module else fuzz(options, runner, folder)


if __name__ == "__main__":
    sys.exit(main())
