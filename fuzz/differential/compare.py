"""What counts as the same, between runs and between engines."""
from event_log import as_wasm_interp_prints

# Each engine's message, by its beginning, to the specification's traps that it
# stands for. V8 does not tell some apart that we do.
ELEMENT = {"undefined element", "uninitialized element", "indirect call type mismatch"}
V8_TRAPS = {
    "unreachable": {"unreachable"},
    "memory access out of bounds": {"out of bounds memory access"},
    "divide by zero": {"integer divide by zero"},
    "remainder by zero": {"integer divide by zero"},
    "divide result unrepresentable": {"integer overflow"},
    "float unrepresentable in integer range": {"integer overflow", "invalid conversion to integer"},
    "table index is out of bounds": ELEMENT | {"out of bounds table access"},
    "function signature mismatch": ELEMENT,
    "dereferencing a null pointer": {"null function reference", "null reference"},
    "rethrowing null value": {"null exception reference"},
    "null function": ELEMENT,  # also "null function or function signature mismatch"
    "table access out of bounds": {"out of bounds table access"},
    "element segment out of bounds": {"out of bounds table access"},
    "data segment out of bounds": {"out of bounds memory access"},
    "WebAssembly.Instance(): table index is out of bounds": {"out of bounds table access"},
    "WebAssembly.Instance(): data segment": {"out of bounds memory access"},
    "WebAssembly.Instance(): table initializer": {"out of bounds table access"},
    "operation does not support unaligned accesses": {"unaligned atomic"},
    "Maximum call stack size exceeded": {"call stack exhausted"},
}
WABT_TRAPS = {
    "unreachable executed": {"unreachable"},
    "out of bounds memory access": {"out of bounds memory access"},
    "integer divide by zero": {"integer divide by zero"},
    "integer overflow": {"integer overflow"},
    "invalid conversion to integer": {"invalid conversion to integer"},
    "undefined table index": {"undefined element"},
    "uninitialized table element": {"uninitialized element"},
    "indirect call signature mismatch": {"indirect call type mismatch"},
    "out of bounds table access": {"out of bounds table access"},
    "invalid atomic access": {"unaligned atomic", "out of bounds memory access"},
    "call stack exhausted": {"call stack exhausted"},
}
OWN_TRAPS = {}  # the same words on both sides


def kinds(message, table):
    for beginning, found in table.items():
        if message.startswith(beginning):
            return found
    return {message}


def is_nan(bits, digits):
    exponent, fraction = (0x7f800000, 0x007fffff) if digits == 8 else (0x7ff << 52, (1 << 52) - 1)
    return int(bits, 16) & exponent == exponent and int(bits, 16) & fraction != 0


def lanes_alike(ours, theirs, digits):
    """Equal but for lanes that are NaNs on both sides."""
    lanes = [(ours[at:at + digits], theirs[at:at + digits]) for at in range(0, 32, digits)]
    return all(our == their or is_nan(our, digits) and is_nan(their, digits) for our, their in lanes)


def same_value(ours, theirs):
    if ours == theirs:
        return True
    if not (ours.startswith("v128:") and theirs.startswith("v128:")):
        return False
    ours, theirs = ours[5:], theirs[5:]
    return any(lanes_alike(ours, theirs, digits) for digits in (8, 16))


def same_values(ours, theirs):
    return len(ours) == len(theirs) and all(map(same_value, ours, theirs))


def same_logs(ours, theirs):
    """Of each, what one call of a logging function was given."""
    return len(ours) == len(theirs) and all(same_values(our.split(), their.split()) for our, their in zip(ours, theirs))


def same_outcome(ours, theirs, table):
    if ours[0] == "result" and theirs[0] == "result":
        return ours == theirs or same_values(ours[1].split(), theirs[1].split())
    if ours[0] == "trap" and theirs[0] == "trap":
        return ours[1] in kinds(theirs[1], table)
    return ours == theirs


def exhausted(call, table):
    return call.outcome[0] == "trap" and "call stack exhausted" in kinds(call.outcome[1], table)


def not_implemented(call):
    """wasm-interp has neither memory.atomic.notify nor waiting."""
    return call.outcome == ("trap", "not implemented")


def trap_vanished(strict, default):
    """The default mode may drop an access whose value nobody uses, and its trap with it."""
    return (strict.outcome == ("trap", "out of bounds memory access")
            and default.logs[:len(strict.logs)] == strict.logs and default.outcome[0] in ("result", "trap"))


def compare(ours, theirs, table=OWN_TRAPS, default_mode=False):
    """None, or the first difference as text; and how many calls were alike.

    Engines differ in how much stack they have, so a call that exhausts it in
    either ends the comparison, as does one that the other engine cannot make. In
    the default mode so does a vanished trap.
    """
    for index, (our, their) in enumerate(zip(ours, theirs)):
        if exhausted(our, OWN_TRAPS) or exhausted(their, table) or not_implemented(their):
            return None, index
        alike = our.name == their.name and same_logs(our.logs, their.logs) and same_outcome(our.outcome, their.outcome, table)
        if default_mode and not alike and trap_vanished(our, their):
            return None, index
        if not alike or our.memory != their.memory:
            return f"call {index}, {our.name}: {our} | {their}", index
    if len(ours) != len(theirs):
        return f"{len(ours)} calls against {len(theirs)}", min(len(ours), len(theirs))
    return None, len(ours)


def for_wasm_interp(plan, calls):
    """The calls that wasm-interp makes, as it prints them."""
    if calls and calls[0].name == "(instantiate)":
        return calls
    shown = []
    for planned, call in zip(plan, calls):
        if planned["params"]:
            break
        call = type(call)(call.name, list(call.logs), call.outcome)
        call.logs = [as_wasm_interp_prints(log) for log in call.logs]
        if call.outcome[0] == "result":
            call.outcome = ("result", " ".join(map(as_wasm_interp_prints, call.outcome[1].split())))
        shown.append(call)
    return shown
