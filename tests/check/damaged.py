#!/usr/bin/env python3
"""Damaged artifacts: `tenon-compile check` says what is wrong, and neither crashes nor hangs.

    damaged.py --compiler FILE [--count N] [--seed N] [--enable PROPOSAL] MODULE

Bytes are flipped, filled, copied and cut off. For each result the exit status is 0 or 1, and
each line on standard error is one of ours: an error, a finding or the summary.
"""

import argparse
import pathlib
import random
import subprocess
import sys
import tempfile

WAYS = [["-O0"], ["-O2"], ["-O2", "--spectre", "--resettable", "--metering"]]


def damaged(artifact, chance):
    """Most damage is near the headers, tables and code, which come first and last."""
    data = bytearray(artifact)
    for _ in range(chance.choice([1, 1, 2, 8, 64])):
        at = chance.randrange(len(data))
        if chance.random() < 0.4:
            at = chance.choice([chance.randrange(64), len(data) - 1 - chance.randrange(min(len(data), 2048))])
        how = chance.randrange(5)
        if how == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif how == 1:
            data[at] = chance.randrange(256)
        elif how == 2:
            data[at:at + 8] = chance.choice([b"\xff" * 8, b"\0" * 8, b"\x7f" + b"\xff" * 7])[:len(data) - at]
        elif how == 3:
            start, size = chance.randrange(len(data)), chance.randrange(1, 64)
            piece = data[start:start + size]
            data[at:at + len(piece)] = piece
        else:
            del data[max(at, 1):]
            break
    return bytes(data)


def problem_of(compiler, file):
    command = [str(compiler), "check", "--time-limit", "20", str(file)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    except subprocess.TimeoutExpired:
        return "takes too long"
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    if done.returncode not in (0, 1):
        return f"status {done.returncode}: {lines}"
    foreign = [line for line in lines if not line.startswith(("tenon: ", f"{file}: "))]
    errors = [line for line in lines if line.startswith("tenon: load:")]
    if foreign or (errors and len(lines) != 1) or not lines:
        return f"not one clear line: {lines[:3]}"
    return f"crashed: {errors[0]}" if errors and "crashed" in errors[0] else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for those that show a problem")
    parser.add_argument("--enable", action="append", default=[], help="a proposal that the module needs")
    parser.add_argument("module", type=pathlib.Path)
    arguments = parser.parse_args()
    problems = []
    enabled = [word for proposal in arguments.enable for word in ("--enable", proposal)]
    with tempfile.TemporaryDirectory(prefix="tenon-test-") as name:
        file = pathlib.Path(name) / "artifact.so"
        artifacts = []
        for way in WAYS:
            subprocess.run([arguments.compiler, arguments.module, "-o", file, *way, *enabled], check=True)
            artifacts.append(file.read_bytes())
        for number in range(arguments.count):
            chance = random.Random(arguments.seed * 1_000_003 + number)
            file.write_bytes(damaged(chance.choice(artifacts), chance))
            if problem := problem_of(arguments.compiler, file):
                problems.append(f"--seed {arguments.seed}, number {number}: {problem}")
                if arguments.keep:
                    (arguments.keep / f"{arguments.seed}-{number}.so").write_bytes(file.read_bytes())
    print("\n".join(problems))
    print(f"{arguments.count} damaged artifacts, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
