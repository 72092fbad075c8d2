"""The groups of benchmarks. Each gives rows: {case: {engine: [figures]}}, and a unit."""

import json
from dataclasses import dataclass

from . import guests, tools

START_COUNTS = (1, 100, 1000)


@dataclass(frozen=True)
class Group:
    title: str
    unit: str
    higher_is_better: bool
    rows: dict


def interleave(commands, repetitions, measure):
    """Every engine once, then every engine again: what disturbs one disturbs all."""
    figures = {name: [] for name in commands}
    for _ in range(repetitions):
        for name, command in commands.items():
            figures[name].append(measure(command))
    return figures


def commands_for(ruler, kind, guest, *names):
    commands = {}
    for engine in ruler.engines:
        if names and engine.name not in names:
            continue
        try:
            commands[engine.name] = engine.command(kind, guest)
        except tools.NotComparable:
            continue
        except tools.Missing as reason:
            ruler.skip(f"{kind} {guest.name}", engine.name, reason)
    return commands


def loop(ruler):
    def rate(count, every):
        def measure(command):
            done, seconds = tools.run([*command, count, every]).split()
            return float(done) / float(seconds)
        return measure

    count = ruler.options.iterations
    example = commands_for(ruler, "loop", guests.example())
    strings = commands_for(ruler, "loop", guests.strings(ruler), "tenon")
    rows = {"collector after each call": interleave(example, ruler.repetitions, rate(count, 1)),
            "collector every 100 calls": interleave(example, ruler.repetitions, rate(count, 100)),
            "string parameters": interleave(strings, ruler.repetitions, rate(count, 1))}
    yield Group("The original loop", "calls/s", True, rows)


def boundary(ruler):
    def measure(command):
        json_only = [] if "boundary" in map(str, command) else ["--benchmark_format=json", "--benchmark_min_time=0.05"]
        report = json.loads(tools.run([*command, *json_only]))
        return {item["name"]: item["cpu_time"] for item in report["benchmarks"]}

    commands = commands_for(ruler, "boundary", guests.boundary(ruler), "tenon", "native", "wasm2c", "node", "wasmtime")
    figures = interleave(commands, ruler.repetitions, measure)
    cases = next(iter(figures.values()))[0]
    rows = {case: {name: [one[case] for one in all_of] for name, all_of in figures.items()} for case in cases}
    yield Group("The boundary", "ns", False, rows)


def kernels(ruler):
    for simd in (False, True):
        rows = {}
        for guest in guests.kernels(ruler, simd):
            commands = commands_for(ruler, "kernel", guest)
            rounds = calibrate(commands["native"], ruler.options.kernel_seconds)
            rows[guest.name] = interleave(commands, ruler.repetitions, kernel_time(guest, rounds))
        yield Group(f"Kernels, guests with{'' if simd else 'out'} SIMD", "ms", False, rows)


def kernel_time(guest, rounds):
    numbers = set()

    def measure(command):
        number, seconds = tools.run([*command, rounds]).split()
        numbers.add(number)
        if number == "0" or len(numbers) > 1:
            raise SystemExit(f"{guest.name}: {command[0]} gave a wrong result")
        return float(seconds) * 1e3
    return measure


def calibrate(command, seconds):
    """The rounds that take native code this long."""
    rounds = 1
    while True:
        time = float(tools.run([*command, rounds]).split()[1])
        if time >= seconds / 4:
            return max(1, round(rounds * seconds / time))
        rounds *= 4


def start(ruler):
    measured = {}
    for guest in (guests.example(), guests.large(ruler)):
        commands = commands_for(ruler, "start", guest, "tenon", "wasmtime")
        for count in START_COUNTS:
            measured[guest.name, count] = interleave(
                commands, ruler.repetitions, lambda command: json.loads(tools.run([*command, count])))
    times = {"open_us": "open", "first_us": "first instance", "next_us": "a later instance"}
    rows = {f"{name}: {title}": pick(measured[name, START_COUNTS[1]], key)
            for name, _ in measured for key, title in times.items()}
    yield Group("Start", "us", False, rows)
    rows = {f"{name}: each of {count}": pick(figures, "resident_kib") for (name, count), figures in measured.items()}
    yield Group("Resident memory of an instance", "KiB", False, rows)


def pick(figures, key):
    return {name: [one[key] for one in all_of] for name, all_of in figures.items()}


def compilation(ruler):
    times, memory, sizes = {}, {}, {}
    for guest in (guests.example(), guests.large(ruler)):
        megabytes = guest.wasm.stat().st_size / 1e6
        for level in ("-O0", "-O2"):
            out = ruler.work / f"{guest.name}{level}.so"
            command = [ruler.build / "bin/tenon", "compile", guest.wasm, "-o", out, level]
            done = [tools.timed(command) for _ in range(ruler.repetitions)]
            case = f"{guest.name} {level}"
            times[case] = {"tenon": [seconds / megabytes for seconds, _ in done]}
            memory[case] = {"tenon": [kib / 1024 for _, kib in done]}
            sizes[case] = {"wasm": [megabytes * 1e3], "tenon": [out.stat().st_size / 1e3]}
    yield Group("Compile time for each MB of WebAssembly", "s", False, times)
    yield Group("Compile, peak memory", "MiB", False, memory)
    for name in ("lib/libtenon.so", "bin/tenon", "bin/tenon-compile"):
        stripped = ruler.work / f"stripped-{name.split('/')[1]}"
        tools.run(["strip", "-o", stripped, ruler.build / name])
        sizes[f"{name}, stripped"] = {"tenon": [stripped.stat().st_size / 1e3]}
    yield Group("Sizes", "kB", False, sizes)


ALL = {"loop": loop, "boundary": boundary, "start": start, "kernels": kernels, "compile": compilation}
