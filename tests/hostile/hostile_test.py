#!/usr/bin/env python3
"""Malformed and hostile modules against tenon-compile.

hostile_test.py --compiler PATH --generator make_hostile.py

Whatever the bytes: the compiler ends by itself, in bounded time and memory.
Either it refuses, with status 1 and one line that says where and why; or it
writes an artifact whose one dynamic symbol is tenon_artifact, and no other file.
Exit status: 0 all so, 1 not all, 77 no generator.
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

SKIPPED = 77  # ctest's SKIP_RETURN_CODE
REFUSAL = re.compile(r"tenon: (read|validate|compile): \S.*\n\Z")
ARTIFACT_SYMBOL = "tenon_artifact"


@dataclasses.dataclass
class Outcome:
    status: int
    stderr: str
    wall: float
    rss: int  # bytes
    complaint: str = ""

    @property
    def verdict(self):
        return "accepted" if self.status == 0 else "refused"


def run_measured(argv, folder, kill_after):
    """Runs argv in the folder; wait4 gives what it alone used."""
    stderr = folder / "stderr"
    # The streams lie outside the folders that must stay clean.
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(folder / "stdout"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, str(stderr), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
    ]
    environment = dict(os.environ, TMPDIR=str(folder / "tmp"))
    start = time.monotonic()
    pid = os.posix_spawn(argv[0], argv, environment, file_actions=actions)
    watchdog = threading.Timer(kill_after, os.kill, (pid, signal.SIGKILL))
    watchdog.start()
    _, status, usage = os.wait4(pid, 0)
    watchdog.cancel()
    text = stderr.read_text(errors="replace")
    return Outcome(os.waitstatus_to_exitcode(status), text, time.monotonic() - start, usage.ru_maxrss * 1024)


def dynamic_symbols(artifact):
    done = subprocess.run(["nm", "-D", "--format=posix", artifact], capture_output=True, text=True, check=False)
    return [line.split()[0] for line in done.stdout.splitlines()]


def leftovers(folder, allowed):
    return [str(p.relative_to(folder)) for d in ("out", "tmp") for p in (folder / d).rglob("*") if p != allowed]


def find_complaint(outcome, folder, artifact, limits):
    if outcome.status < 0:
        return f"ended by {signal.Signals(-outcome.status).name} after {outcome.wall:.1f} s"
    if outcome.wall > limits.wall:
        return f"took {outcome.wall:.1f} s"
    if outcome.rss > limits.rss:
        return f"took {outcome.rss >> 20} MiB"
    if extra := leftovers(folder, artifact if outcome.status == 0 else None):
        return f"left files behind: {extra}"
    if outcome.status == 0:
        if not artifact.is_file():
            return "status 0 and no artifact"
        if (symbols := dynamic_symbols(artifact)) != [ARTIFACT_SYMBOL]:
            return f"dynamic symbols {symbols[:5]}"
        return "" if not outcome.stderr else f"accepted, yet said {outcome.stderr[:200]!r}"
    if outcome.status != 1:
        return f"exit status {outcome.status}: {outcome.stderr[:200]!r}"
    if not REFUSAL.match(outcome.stderr) or outcome.stderr.count("\n") != 1:
        return f"not one line `tenon: PHASE: reason`: {outcome.stderr[:300]!r}"
    return ""


def check(module, limits):
    with tempfile.TemporaryDirectory(prefix="tenon-hostile-") as name:
        folder = pathlib.Path(name)
        (folder / "out").mkdir()
        (folder / "tmp").mkdir()
        artifact = folder / "out" / "module.so"
        argv = [limits.compiler, str(module), "-o", str(artifact)]
        outcome = run_measured(argv, folder, 4 * limits.wall)
        outcome.complaint = find_complaint(outcome, folder, artifact, limits)
        return outcome


def report(results):
    for module, outcome in results:
        if outcome.complaint:
            print(f"{module.name}: {outcome.complaint}")
    verdicts = collections.Counter(o.verdict for _, o in results if not o.complaint)
    failed = sum(bool(o.complaint) for _, o in results)
    slowest = max(results, key=lambda r: r[1].wall)
    largest = max(results, key=lambda r: r[1].rss)
    print(f"slowest {slowest[0].name} {slowest[1].wall:.1f} s, largest {largest[0].name} {largest[1].rss >> 20} MiB")
    print(f"{len(results)} modules: {verdicts['refused']} refused, {verdicts['accepted']} accepted, {failed} failed")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True, help="the tenon-compile program")
    parser.add_argument("--generator", required=True, type=pathlib.Path, help="make_hostile.py")
    parser.add_argument("--wall", type=float, default=5.0, help="seconds each may take")
    parser.add_argument("--rss", type=int, default=1 << 30, help="bytes of memory each may use")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=pathlib.Path, help="put the modules there, and leave them")
    options = parser.parse_args()
    if not options.generator.exists():
        print(f"skipped: no hostile modules: {options.generator} does not exist")
        return SKIPPED

    with tempfile.TemporaryDirectory(prefix="tenon-hostile-") as name:
        folder = options.keep or pathlib.Path(name)
        made = subprocess.run([sys.executable, options.generator, folder], capture_output=True, text=True, check=True)
        modules = sorted(folder.glob("*.wasm"))
        if len(modules) != int(made.stdout) or not modules:
            print(f"the generator says {made.stdout.strip()} modules, {len(modules)} are there")
            return 1
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            outcomes = list(pool.map(lambda module: check(module, options), modules))
        return 1 if report(list(zip(modules, outcomes))) else 0


if __name__ == "__main__":
    sys.exit(main())
