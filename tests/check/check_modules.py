#!/usr/bin/env python3
"""Compiles modules with `tenon-compile --check`: in none of them may it find a fault.

    check_modules.py --compiler FILE [--suite FOLDER --wast2json FILE] [--generate FILE] [--every N] [MODULE...]

Modules are those given, those of the official suite, and generated ones, each with several
ways to compile. With --every N of the suite's modules only each N-th is taken.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

WAYS = [["-O0"], ["-O2"]]
# For generated modules, which have operators of every family.
MORE_WAYS = [["-O1"], ["-O2", "--strict"], ["-O2", "--metering"], ["-O0", "--metering"], ["-O2", "--resettable"],
             ["-O2", "--bounds=explicit"], ["-O2", "--cpu", "x86-64-v3"], ["-O2", "--cpu", "x86-64-v4"],
             ["-O0", "--spectre"], ["-O2", "--spectre"], ["-O2", "--spectre", "--resettable", "--metering", "--cpu", "x86-64-v3"],
             ["-O2", "--cpu", "x86-64-v2"], ["-O2", "--bounds=explicit", "--spectre", "--strict"],
             ["-O3", "--strict", "--metering", "--resettable"]]
PROPOSALS = ["extended-const", "multi-memory", "relaxed-simd", "tail-calls", "memory64", "threads", "exceptions",
             "legacy-exceptions", "function-references"]


def suite_modules(suite, wast2json, folder):
    """The valid modules of the suite's scripts, in the manifest's order."""
    for number, line in enumerate((suite / "MANIFEST.txt").read_text(encoding="utf-8").splitlines()):
        fields = line.split("\t")
        if line.startswith("#") or len(fields) < 4 or fields[3] == "cannot":
            continue
        script = folder / f"{number}.json"
        flags = [] if fields[3] == "-" else fields[3].split()
        done = subprocess.run([wast2json, *flags, suite / fields[0] / fields[1], "-o", script],
                              capture_output=True, check=False)
        if done.returncode != 0:
            continue
        for command in json.loads(script.read_text(encoding="utf-8"))["commands"]:
            if command["type"] == "module" and command.get("module_type", "binary") == "binary":
                yield f"{fields[0]}/{fields[1]}:{command['line']}", folder / command["filename"], WAYS


def generated_modules(generate, folder, count):
    subprocess.run([generate, "--out", folder, "--seed", "11", "--count", str(count)], stdout=subprocess.DEVNULL, check=True)
    for module in sorted(folder.glob("*.wasm")):
        yield module.name, module, WAYS + MORE_WAYS


def problem_of(compiler, enabled, name, module, way, totals):
    command = [compiler, module, "-o", os.devnull, "--check", "--json", "-j1", *way, *enabled]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    where = f"{name} {' '.join(way)}"
    if done.returncode == 0:
        report = json.loads(done.stdout)["check"]
        for kind, count in report["memory_uses"].items():
            totals[kind] = totals.get(kind, 0) + count
        for kind in ("functions", "instructions", "unproven_call_targets", "unreached_instructions"):
            totals[kind] = totals.get(kind, 0) + report[kind]
        return None
    if "tenon: check:" in done.stderr or "crashed" in done.stderr or done.returncode < 0:
        return f"{where}: {done.stderr.strip()}"
    # A module that the compiler refuses is another test's business.
    totals["refused"] = totals.get("refused", 0) + 1
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--suite", type=pathlib.Path)
    parser.add_argument("--wast2json", default="wast2json")
    parser.add_argument("--generate")
    parser.add_argument("--count", type=int, default=10, help="generated modules")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("modules", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.suite and not (arguments.suite / "MANIFEST.txt").exists():
        print(f"SKIPPED: no official suite in {arguments.suite}")
        return 77
    totals = {}
    with tempfile.TemporaryDirectory(prefix="tenon-test-") as name:
        folder = pathlib.Path(name)
        modules = [(module.name, module, WAYS + MORE_WAYS) for module in arguments.modules]
        if arguments.suite:
            modules += list(suite_modules(arguments.suite, arguments.wast2json, folder))[::arguments.every]
        if arguments.generate:
            (folder / "generated").mkdir()
            modules += generated_modules(arguments.generate, folder / "generated", arguments.count)
        enabled = [word for proposal in PROPOSALS for word in ("--enable", proposal)]
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            work = [pool.submit(problem_of, arguments.compiler, enabled, *module[:2], way, totals)
                    for module in modules for way in module[2]]
            problems = [problem for done in work if (problem := done.result())]
    print("\n".join(problems))
    print(f"{len(modules)} modules, {len(work)} artifacts, {len(problems)} with findings: {totals}")
    return 1 if problems or not modules else 0


if __name__ == "__main__":
    sys.exit(main())
