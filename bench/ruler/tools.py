"""Running programs, and what the machine and they are called."""

import os
import platform
import shutil
import signal
import subprocess
import time


class Missing(Exception):
    """An engine cannot take part; the text says why."""


class NotComparable(Missing):
    """It has no such benchmark; nobody need hear of it."""


def run(arguments, environment=(), **options):
    name = os.path.basename(str(arguments[0]))
    # A backtrace for each error, where somebody's shell asks for them, is most of an Extism call.
    variables = os.environ | {"RUST_BACKTRACE": "0"} | dict(environment)
    try:
        done = subprocess.run([str(word) for word in arguments], capture_output=True, text=True, timeout=1800,
                              env=variables, **options)
    except (OSError, subprocess.TimeoutExpired) as reason:
        raise Missing(f"{name}: {reason}") from None
    if done.returncode != 0:
        raise Missing(f"{name}: {last_words(done)}")
    return done.stdout


def last_words(done):
    """What it said of its end: after Rust's panic, the first error, or else the last line."""
    if done.returncode < 0:
        return f"ended by {signal.Signals(-done.returncode).name}"
    lines = [line.strip() for line in (done.stderr + done.stdout).strip().splitlines()]
    panics = [after for line, after in zip(lines, lines[1:]) if "panicked at" in line]
    errors = [line for line in lines if "error" in line]
    return next(iter(panics + errors + lines[-1:]), f"ended with status {done.returncode}")


def find(*names):
    for name in names:
        if path := shutil.which(name):
            return path
    raise Missing(f"{names[0]} is not installed")


def timed(arguments):
    """Seconds of wall time, and peak resident KiB."""
    with open(os.devnull, "w") as nothing:
        start = time.monotonic()
        child = subprocess.Popen([str(word) for word in arguments], stdout=nothing, stderr=nothing)
        _, status, usage = os.wait4(child.pid, 0)
        elapsed = time.monotonic() - start
    child.returncode = status
    if status != 0:
        raise Missing(f"{arguments[0]} failed")
    return elapsed, usage.ru_maxrss


def newer(target, *sources):
    """Whether the target is there and no source has changed since."""
    return target.exists() and all(target.stat().st_mtime >= source.stat().st_mtime for source in sources)


def machine():
    with open("/proc/cpuinfo") as lines:
        models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return {"cpu": models[0] if models else platform.processor(), "cores": os.cpu_count(),
            "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}", "load": load}


def available_gib():
    with open("/proc/meminfo") as lines:
        kib = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    return kib / (1 << 20)
