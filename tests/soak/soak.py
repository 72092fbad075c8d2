#!/usr/bin/env python3
"""Millions of records through `tenon run --jobs`, some of which trap or never end.

    soak.py --tenon build/release/bin/tenon --records 5000000

Checks that every record is answered, in order, with the right result or the right error, that
the counts say the same, and that memory does not grow behind the first tenth (at most the
first 100,000 records).
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

TRAP_EVERY, LOOP_EVERY = 1_000, 10_000
CHUNK = 1_000
PAGE = os.sysconf("SC_PAGE_SIZE")
# Of a build with the address sanitizer: what is freed stays for a while, which would look like growth.
os.environ.setdefault("ASAN_OPTIONS", "quarantine_size_mb=1")
PADDING = [("x" * (7 * i % 200)) for i in range(61)]  # so that sizes differ


def kind_of(number):
    if number % LOOP_EVERY == LOOP_EVERY // 2:
        return "loop"
    if number % TRAP_EVERY == TRAP_EVERY // 3:
        return "trap"
    return "p"


def payload_of(number):
    return f"{kind_of(number)}{number}{PADDING[number % 61]}"


def write_records(pipe, count):
    try:
        for start in range(0, count, CHUNK):
            pipe.write("".join(f'{{"key":"{i}","payload":"{payload_of(i)}"}}\n'
                               for i in range(start, min(start + CHUNK, count))).encode())
        pipe.close()
    except BrokenPipeError:
        pass  # the exit status says more


def resident(process):
    return int(pathlib.Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE


def what_is_wrong(number, line):
    """With the answer to a record; None where nothing is."""
    kind = kind_of(number)
    if kind == "p":
        right = f'{{"key":"{number}","result":"{payload_of(number)}"}}\n'
        return None if line == right else f"expected {right!r}"
    answer = json.loads(line)
    wanted = "call: trap: unreachable" if kind == "trap" else "ms (PluginOptions::timeout, --timeout)"
    if answer.get("key") != str(number) or wanted not in answer.get("error", ""):
        return f"expected the key {number} and an error with {wanted!r}"
    return None


def check_answers(process, count, samples):
    warm = min(100_000, count // 10)
    for number in range(count):
        line = process.stdout.readline().decode()
        problem = what_is_wrong(number, line) if line else "the output ends"
        if problem:
            return f"record {number}: {problem}, got {line!r}"
        if number >= warm and number % max(warm // 10, 1) == 0:
            samples.append(resident(process.pid))
    return "more lines than records" if process.stdout.readline() else None


def check_counts(text, count):
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    kinds = [kind_of(number) for number in range(min(count, LOOP_EVERY))]
    rounds, rest = divmod(count, LOOP_EVERY)
    expected = {kind: rounds * kinds.count(kind) + kinds[:rest].count(kind) for kind in ("trap", "loop")}
    stops = sum(expected.values())
    for name, value in (('calls_total{plugin="plugin"}', count),
                        ('errors_total{plugin="plugin",code="trap"}', expected["trap"]),
                        ('errors_total{plugin="plugin",code="timeout"}', expected["loop"]),
                        ('replaced_total{plugin="plugin"}', stops),
                        ('failed_makes_total{plugin="plugin"}', 0),
                        ('failed_waits_total{plugin="plugin"}', 0)):
        if values.get(f"tenon_pool_{name}") != str(value):
            return f"{name} is {values.get(f'tenon_pool_{name}')}, expected {value}"
    return None


def soak(options, folder):
    artifact, metrics = folder / "plugin.so", folder / "metrics"
    subprocess.run([options.tenon, "compile", pathlib.Path(__file__).with_name("plugin.wat"), "-o", artifact],
                   check=True)
    command = [options.tenon, "run", artifact, "--jobs", str(options.jobs), "--timeout", str(options.timeout),
               "--metrics", metrics]
    samples = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        writer = threading.Thread(target=write_records, args=(process.stdin, options.records), daemon=True)
        writer.start()
        problem = check_answers(process, options.records, samples)
        if problem:
            process.kill()
            return problem
        writer.join()
    if process.returncode != 1:  # some lines failed
        return f"exit status {process.returncode}, expected 1"
    growth = max(samples) - samples[0]
    print(f"resident memory: {samples[0] >> 10} KiB at first, {max(samples) >> 10} KiB at most, "
          f"{len(samples)} samples")
    if growth > options.growth << 20:
        return f"resident memory grew by {growth >> 10} KiB"
    return check_counts(metrics.read_text(), options.records)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenon", required=True)
    parser.add_argument("--records", type=int, default=5_000_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=int, default=50, help="milliseconds")
    parser.add_argument("--growth", type=int, default=4, help="the most that resident memory may grow, in MiB")
    options = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        problem = soak(options, pathlib.Path(folder))
    if problem:
        print(f"soak: {problem}", file=sys.stderr)
        return 1
    print(f"soak: {options.records} records answered in order in {time.monotonic() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
