"""The groups of benchmarks. Each gives rows: {case: {engine: [figures]}}, and a unit."""

import json
from dataclasses import dataclass

from . import guests, tools

START_COUNTS = (1, 100, 10_000)


@dataclass(frozen=True)
class Group:
    title: str
    unit: str
    higher_is_better: bool
    rows: dict
    note: str = ""
    compared: bool = True  # whether ratios mean something


def interleave(ruler, what, commands, measure, repetitions=None, enough=lambda figures: False):
    """Every engine once, then every engine again: what disturbs one disturbs all. One that fails is left out."""
    figures = {name: [] for name in commands}
    for _ in range(repetitions or ruler.repetitions):
        for name in list(figures):
            if enough(figures[name]):
                continue
            try:
                figures[name].append(measure(commands[name]))
            except tools.Missing as reason:
                ruler.skip(what, name, reason)
                del figures[name]
    return figures


def commands_for(ruler, kind, guest, only=(), without=()):
    return commands_of(ruler, f"{kind} {guest.name}", lambda engine: engine.command(kind, guest), only, without)


def commands_of(ruler, what, command, only=(), without=()):
    """What `command` gives for each engine, without those that cannot take part."""
    commands = {}
    for engine in ruler.engines:
        if engine.name in without or (only and engine.name not in only):
            continue
        try:
            commands[engine.name] = command(engine)
        except tools.NotComparable:
            continue
        except tools.Missing as reason:
            ruler.skip(what, engine.name, reason)
    return commands


def loop(ruler):
    def rate(count, every):
        def measure(command):
            done, seconds = tools.run([*command, count, every]).split()
            return float(done) / float(seconds)
        return measure

    count = ruler.options.iterations
    example = commands_for(ruler, "loop", guests.example())
    strings = commands_for(ruler, "loop", guests.strings(ruler), only=("tenon",))
    cases = {"collector after each call": (example, 1), "collector every 100 calls": (example, 100),
             "string parameters": (strings, 1)}
    rows = {case: interleave(ruler, case, commands, rate(count, every)) for case, (commands, every) in cases.items()}
    yield Group("The original loop", "calls/s", True, rows,
                "That of `examples/assemblyscript-transform`, each result checked. *wasm2c* sets its documented trap "
                "guard (a `sigsetjmp`, a system call) for each item, so that one bad item ends alone, as in Tenon; *one "
                "guard* sets it once, and a trap ends the whole loop. *native* is the same work without a sandbox, "
                "garbage collector or class headers; *std UTF-16* converts texts with what the standard library has.")


def fresh(ruler):
    """Every call from the state after init."""
    tenon, resettable = (next((engine for engine in ruler.engines if engine.name == name), None)
                         for name in ("tenon", "tenon --resettable"))
    if tenon is None or resettable is None:
        return
    example, stub, many = guests.example(), guests.example_without_collector(ruler), guests.map_of_many(ruler)
    count = ruler.options.iterations
    commands = {"tenon, shared state, its collector": [*tenon.command("loop", example), count],
                "tenon, fresh": [*resettable.command("fresh", example), "loop", count],
                "tenon, fresh, runtime stub": [*resettable.command("fresh", stub), "loop", count],
                "tenon, fresh, without marks": [*tenon.command("fresh", example), "loop", count // 10]}
    native = commands_for(ruler, "loop", example, only=("native, UTF-16", "native, std UTF-16"))
    commands |= {name: [*command, count] for name, command in native.items()}
    peers = commands_for(ruler, "fresh", example, only=("wasmtime", "wasmer"))
    commands |= {f"{name}, a new instance": [*command, 10_000] for name, command in peers.items()}

    def nanoseconds(command):
        done, seconds = tools.run(command).split()
        return float(seconds) / float(done) * 1e9
    yield Group("A fresh state for every call (an item)", "ns", False,
                {"the original loop": interleave(ruler, "a fresh state", commands, nanoseconds)},
                "The original loop where each call starts from the state after `init`, beside the same with shared "
                "state and the collector after each call. *runtime stub*: the example compiled with AssemblyScript's "
                "`--runtime stub`, which frees nothing. *without marks*: an artifact without `--resettable`. The peers "
                "make a new instance for each item, and call `init` in it.")
    parts = {"the example": example, "the example, runtime stub": stub, "a map of 10,000 entries": many}
    rows = {}
    for name, guest in parts.items():
        command = [*resettable.command("fresh", guest), "parts"]
        done = [json.loads(tools.run(command)) for _ in range(ruler.repetitions)]
        rows[name] = {"undoing a call": [one["undo_ns"] for one in done],
                      "a plugin from a snapshot, and its end": [one["member_ns"] for one in done]}
    yield Group("What a fresh state takes", "ns", False, rows, compared=False)


def boundary(ruler):
    def measure(command):
        google = "bench-cargo" not in str(command[0]) and "peer.mjs" not in str(command[1:2])
        options = ["--benchmark_format=json", "--benchmark_min_time=0.05"] if google else []
        report = json.loads(tools.run([*command, *options]))
        return {item["name"]: item["cpu_time"] for item in report["benchmarks"]}

    commands = commands_for(ruler, "boundary", guests.boundary(ruler), without=("tenon --strict",))
    figures = interleave(ruler, "the boundary", commands, measure)
    cases = dict.fromkeys(case for all_of in figures.values() for one in all_of for case in one)
    rows = {case: {name: [one[case] for one in all_of if case in one] for name, all_of in figures.items()}
            for case in cases}
    yield Group("The boundary", "ns", False, rows,
                "A call of an empty function, of one with two arguments, from guest to host and back, and bytes copied "
                "in, two of them changed by the guest, and copied out, by two calls. *wasm2c* with its trap guard "
                "for each call. *extism* has one kind of call, bytes in and bytes out, through a second memory, "
                "eight bytes at a time.")


def protocol(ruler):
    """The part of a call that is not the plugin's own."""
    if not any(engine.name == "tenon" for engine in ruler.engines):
        return
    command = commands_for(ruler, "protocol", guests.echo(ruler), only=("tenon",))["tenon"]
    rows = {}
    for size, count in ((16, 500_000), (1024, 500_000), (65536, 10_000)):
        done = [json.loads(tools.run([*command, count, size])) for _ in range(ruler.repetitions)]
        rows[f"{size} bytes"] = {"a call": [one["whole_ns"] for one in done],
                                 "the plugin's own part": [one["own_ns"] for one in done],
                                 "the rest": [one["whole_ns"] - one["own_ns"] for one in done]}
    yield Group("The AssemblyScript protocol", "ns", False, rows,
                "`Plugin::execute` of a plugin that returns its payload, with a key of 16 bytes, the collector after "
                "each call; its own part is the same calls made inside the plugin. The rest includes copying the "
                "payload in and out.", compared=False)


def kernels(ruler):
    for simd in (False, True):
        rows = {guest.name: kernel(ruler, guest) for guest in guests.kernels(ruler, simd)}
        yield Group(f"Kernels, guests with{'' if simd else 'out'} SIMD", "ms", False, rows)
    rows = {guest.name.removesuffix(".as"): kernel(ruler, guest) for guest in guests.assemblyscript_kernels(ruler)}
    yield Group("Kernels in AssemblyScript", "ms", False, rows)


def kernel(ruler, guest):
    """As many rounds as take native code, or else the first engine, the same time for every kernel."""
    commands = commands_for(ruler, "kernel", guest)
    try:
        first = commands.get("native") or next(iter(commands.values()))
        rounds, number = calibrate(first, ruler.options.kernel_seconds)
    except (tools.Missing, StopIteration) as reason:
        ruler.skip(guest.name, "all", reason)
        return {}

    def measure(command):
        result, seconds = tools.run([*command, rounds]).split()
        if result != number or number == "0":
            raise tools.Missing(f"gave a wrong result, {result} for {number}")
        return float(seconds) * 1e3
    return interleave(ruler, guest.name, commands, measure)


def calibrate(command, seconds):
    """The rounds that take this long, and their result."""
    rounds = 1
    while True:
        time = float(tools.run([*command, rounds]).split()[1])
        if time >= seconds / 4:
            rounds = max(1, round(rounds * seconds / time))
            return rounds, tools.run([*command, rounds]).split()[0]
        rounds *= 4


def start(ruler):
    measured = {}
    for guest in (guests.example(), guests.large()):
        commands = commands_for(ruler, "start", guest, without=("tenon --strict",))
        for count in START_COUNTS:
            what = f"{guest.name}, {count:,} instances"
            here = {name: command for name, command in commands.items()
                    if fits(ruler, what, name, count, measured.get((guest.name, START_COUNTS[1]), {}))}
            measured[guest.name, count] = interleave(
                ruler, what, here, lambda command: json.loads(tools.run([*command, count])))
    times = {"open_us": "open", "first_us": "first instance", "next_us": "a later instance",
             "cycle_us": "an instance and its end"}
    rows = {f"{name}: {title}": pick(measured[name, START_COUNTS[1]], key)
            for name in dict.fromkeys(name for name, _ in measured) for key, title in times.items()}
    yield Group("Start", "us", False, rows,
                "*open* is loading what was compiled ahead of time. *tenon*'s and *wasmtime*'s instances share imports "
                "that are defined and, for *wasmtime*, looked up as part of it; *wasmer*'s belong to a store, of which "
                "each instance has its own everywhere. *wasmtime* takes instances from its pooling allocator. *PDFium* "
                "is a module of 4.6 MB.")
    rows = {f"{name}: each of {count:,}": pick(figures, "resident_kib") for (name, count), figures in measured.items()}
    yield Group("Resident memory of an instance", "KiB", False, rows, compared=False)


def fits(ruler, what, name, count, fewer):
    """Whether so many instances leave half of the memory that there is, going by fewer of them."""
    if count <= START_COUNTS[1] or not fewer.get(name):
        return True
    needed = count * max(one["resident_kib"] for one in fewer[name]) / (1 << 20)
    available = tools.available_gib()
    if needed < available / 2:
        return True
    ruler.skip(what, name, f"would take {needed:.1f} GiB of memory, of {available:.1f} available")
    return False


def pick(figures, key):
    return {name: [one[key] for one in all_of] for name, all_of in figures.items()}


# On one thread -O2 is compared with others; there the large one takes minutes and tells no more.
COMPILATIONS = [("-O0", 1), ("-O0", 2), ("-O2", 2)]


def compilation(ruler):
    times, memory, sizes = {}, {}, {}

    def note(case, megabytes, figures):
        times[case] = {name: [seconds / megabytes for seconds, _ in runs] for name, runs in figures.items()}
        memory[case] = {name: [kib / 1024 for _, kib in runs] for name, runs in figures.items()}

    for guest in (guests.example(), guests.medium(), guests.large()):
        megabytes = guest.wasm.stat().st_size / 1e6
        for level, jobs in COMPILATIONS:
            out = ruler.work / f"{guest.name}{level}.so"
            command = [ruler.build / "bin/tenon", "compile", guest.wasm, "-o", out, level, "--jobs", jobs]
            case = f"{guest.name} {level}, {jobs} thread{'s' if jobs > 1 else ''}"
            note(case, megabytes, time_compilations(ruler, case, {"tenon": command}))
            sizes[f"{guest.name} {level}"] = {"wasm": [megabytes * 1e3], "tenon": [out.stat().st_size / 1e3]}
    for guest in (guests.example(), guests.medium()):
        case = f"{guest.name} -O2, 1 thread"
        done = compile_on_one_processor(ruler, guest, case)
        note(case, guest.wasm.stat().st_size / 1e6, done)
    yield Group("Compile time for each MB of WebAssembly", "s", False, times,
                "Wall time, of the whole program; -O2 on one thread is every engine's, at its settings for speed, on one "
                "processor. *wasm2c* is its C through clang, without linking.")
    yield Group("Compile, peak memory", "MiB", False, memory)
    for name in ("lib/libtenon.so", "bin/tenon", "bin/tenon-compile"):
        stripped = ruler.work / f"stripped-{name.split('/')[1]}"
        tools.run(["strip", "-o", stripped, ruler.build / name])
        sizes[f"{name}, stripped"] = {"tenon": [stripped.stat().st_size / 1e3]}
    yield Group("Sizes", "kB", False, sizes, compared=False)


def compile_on_one_processor(ruler, guest, case):
    def command(engine):
        out = ruler.work / f"{guest.name}.compiled-by-{engine.family}"
        return ["taskset", "--cpu-list", "0", *engine.compilation(guest, out)]

    return time_compilations(ruler, case, commands_of(ruler, case, command))


def time_compilations(ruler, case, commands):
    """As often as told, but once for what takes ten seconds."""
    return interleave(ruler, case, commands, tools.timed, enough=lambda done: sum(seconds for seconds, _ in done) >= 10)


ALL = {"loop": loop, "fresh": fresh, "boundary": boundary, "protocol": protocol, "start": start, "kernels": kernels, "compile": compilation}
