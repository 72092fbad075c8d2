"""Event logs (see event_log.hpp) as Python values."""
import dataclasses
import struct


@dataclasses.dataclass
class Call:
    name: str
    logs: list = dataclasses.field(default_factory=list)  # of texts
    outcome: tuple = ("nothing", "")  # ("result" | "trap" | "error", text)
    memory: str = ""

    def __str__(self):
        return f"{' '.join(self.logs)} {': '.join(self.outcome)} memory {self.memory}"


@dataclasses.dataclass
class Record:
    """All that was printed of one module."""
    imports: list = dataclasses.field(default_factory=list)  # the functions that log
    first_imports: list = dataclasses.field(default_factory=list)  # those of the module that it imports from
    plan: list = dataclasses.field(default_factory=list)
    runs: dict = dataclasses.field(default_factory=dict)  # name -> list of Call
    end: str = "nothing"  # "end", or what went wrong: "crash …", "timeout", "failure …", "touched …"


def parse(text):
    """Records by the module's path."""
    records = {}
    record = calls = None
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "module":
            record = records.setdefault(rest, Record())
        elif record is None:
            continue
        elif kind == "plan":
            record.plan.append(parse_plan(rest))
        elif kind == "import":
            record.imports.append(parse_plan(rest))
        elif kind == "first-import":
            record.first_imports.append(parse_plan(rest))
        elif kind == "run":
            calls = record.runs.setdefault(rest, [])
        elif kind == "call":
            calls.append(Call(rest))
        elif kind == "instantiate":
            calls.append(Call("(instantiate)", outcome=("trap", rest)))
        elif kind in ("log", "result", "trap", "error", "memory") and not calls:
            record.end = f"failure: {line} outside of a call"
        elif kind == "log":
            calls[-1].logs.append(rest)
        elif kind in ("result", "trap", "error"):
            calls[-1].outcome = (kind, rest)
        elif kind == "memory":
            calls[-1].memory = rest
        elif kind in ("failure", "touched") or record.end == "nothing":
            record.end = line
    return records


def parse_plan(text):
    name, _, rest = text.partition(" params")
    params, _, results = rest.partition(" results")
    return {"name": name, "params": params.split(), "results": results.split()}


def as_wasm_interp_prints(value):
    """i32:0000002a as i32:42, floats with six decimals, as %f prints them; vectors stay."""
    kind, bits = value.split(":")
    if kind in ("i32", "i64"):
        return f"{kind}:{int(bits, 16)}"
    if kind == "v128" or bits == "nan":
        return value
    number = struct.unpack(">f" if kind == "f32" else ">d", bytes.fromhex(bits))[0]
    return f"{kind}:{number:f}"
