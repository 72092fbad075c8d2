"""Makes WebAssembly modules of a given size, out of functions with bodies as
compilers write them: arithmetic, loops, loads and stores, calls, br_table.

    make_module.py many 4194304 OUT.wasm     # functions of 100 bytes to 8 KiB
    make_module.py one 1048576 OUT.wasm      # a single function of that size

The same arguments give the same bytes.
"""

import random
import struct
import sys

I32, I64, F64 = 0x7F, 0x7E, 0x7C
# Every function has the type (i32, i32) -> i32, and these locals:
LOCALS = [I32] * 2 + [I32] * 6 + [I64] * 2 + [F64] * 2
INTS, LONGS, FLOATS = range(0, 8), range(8, 10), range(10, 12)
COUNTER = len(LOCALS)  # and after it one counter for each depth of loop
DEPTHS = 3


def u32(value):
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def s32(value):
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        if (value == 0 and not byte & 0x40) or (value == -1 and byte & 0x40):
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)


def get(local):
    return b"\x20" + u32(local)


def put(local):
    return b"\x21" + u32(local)


class Body:
    """The statements of one function; `callees` are the functions it may call."""

    def __init__(self, rng, callees):
        self.rng = rng
        self.callees = callees
        self.called = set()

    def int(self, depth=0):
        kind = self.rng.randrange(10)
        if depth > 3 or kind < 3:
            return get(self.rng.choice(INTS))
        if kind == 3:
            return b"\x41" + s32(self.rng.randrange(-2048, 65536))
        if kind == 4:  # i32.load, i32.load8_u, i32.load16_s
            op, align = self.rng.choice(((0x28, 2), (0x2D, 0), (0x2E, 1)))
            return self.int(depth + 1) + bytes((op, align)) + u32(self.rng.randrange(0, 4096, 4))
        if kind == 5:  # a comparison
            return self.int(depth + 1) + self.int(depth + 1) + bytes((self.rng.randrange(0x46, 0x50),))
        if kind == 6:  # i32.wrap_i64
            return self.long(depth + 1) + b"\xa7"
        # add sub mul and or xor shl shr_s shr_u rotl
        op = self.rng.choice((0x6A, 0x6A, 0x6A, 0x6B, 0x6C, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77))
        return self.int(depth + 1) + self.int(depth + 1) + bytes((op,))

    def long(self, depth=0):
        kind = self.rng.randrange(6)
        if depth > 3 or kind < 2:
            return get(self.rng.choice(LONGS))
        if kind == 2:
            return self.int(depth + 1) + self.rng.choice((b"\xac", b"\xad"))
        if kind == 3:
            return self.int(depth + 1) + b"\x29\x03" + u32(self.rng.randrange(0, 4096, 8))
        return self.long(depth + 1) + self.long(depth + 1) + bytes((self.rng.choice((0x7C, 0x7D, 0x7E, 0x83, 0x85, 0x88)),))

    def float(self, depth=0):
        kind = self.rng.randrange(6)
        if depth > 3 or kind < 2:
            return get(self.rng.choice(FLOATS))
        if kind == 2:
            return self.int(depth + 1) + b"\xb7"
        if kind == 3:
            return self.int(depth + 1) + b"\x2b\x03" + u32(self.rng.randrange(0, 4096, 8))
        return self.float(depth + 1) + self.float(depth + 1) + bytes((self.rng.choice((0xA0, 0xA1, 0xA2, 0xA3)),))

    def assign(self):
        # Into what was there before, so that no earlier statement is dead.
        kind = self.rng.randrange(8)
        if kind == 0:
            local = self.rng.choice(LONGS)
            return get(local) + self.long() + self.rng.choice((b"\x7c", b"\x85")) + put(local)
        if kind == 1:
            local = self.rng.choice(FLOATS)
            return get(local) + self.float() + b"\xa0" + put(local)
        return self.update(self.int())

    def update(self, value):
        local = self.rng.choice(INTS)
        return get(local) + value + self.rng.choice((b"\x6a", b"\x73", b"\x6b")) + put(local)

    def begin(self):
        loads = [self.int(4) + b"\x28\x02" + u32(8 * local) + put(local) for local in INTS[2:]]
        loads += [self.int(4) + b"\x29\x03" + u32(8 * local) + put(local) for local in LONGS]
        return b"".join(loads)

    def result(self):
        stores = [get(0) + get(local) + b"\x39\x03" + u32(8 * local) for local in FLOATS]
        longs = [get(local) + b"\xa7\x73" for local in LONGS]
        ints = [get(local) + b"\x73" for local in INTS[1:]]
        return b"".join([*stores, get(0), *ints, *longs])

    def store(self):
        kind = self.rng.randrange(5)
        offset = u32(self.rng.randrange(0, 4096, 8))
        if kind == 0:
            return self.int() + self.float() + b"\x39\x03" + offset
        if kind == 1:
            return self.int() + self.int() + b"\x3a\x00" + offset
        return self.int() + self.int() + b"\x36\x02" + offset

    def call(self):
        if not self.callees:
            return self.store()
        if self.rng.randrange(8) == 0:  # call_indirect of type 0, of one of the first two in the table
            return self.update(self.int() + self.int() + get(self.rng.choice(INTS)) + b"\x41\x01\x71" + b"\x11\x00\x00")
        callee = self.rng.choice(self.callees)
        self.called.add(callee)
        return self.update(self.int() + self.int() + b"\x10" + u32(callee))

    def loop(self, nesting):
        if nesting >= DEPTHS:
            return self.store()
        counter = COUNTER + nesting
        start = self.int() + b"\x41\x1f\x71" + put(counter)  # at most 31 times
        step = get(counter) + b"\x41\x01\x6b\x22" + u32(counter) + b"\x41\x00\x4a\x0d\x00"
        return start + b"\x03\x40" + self.statements(self.rng.randrange(1, 5), nesting + 1) + step + b"\x0b"

    def condition(self, nesting):
        out = self.int() + b"\x04\x40" + self.statements(self.rng.randrange(1, 4), nesting + 1)
        if self.rng.randrange(2):
            out += b"\x05" + self.statements(self.rng.randrange(1, 4), nesting + 1)
        return out + b"\x0b"

    def switch(self, nesting):
        cases = self.rng.randrange(3, 9)
        out = b"\x02\x40" * (cases + 1)
        out += self.int() + b"\x0e" + u32(cases - 1) + b"".join(u32(i) for i in range(cases - 1)) + u32(cases - 1)
        for i in range(cases):
            out += b"\x0b" + self.statements(self.rng.randrange(1, 3), nesting + 1)
            if self.rng.randrange(4):
                out += b"\x0c" + u32(cases - i - 1)
        return out + b"\x0b"

    def statement(self, nesting):
        kind = self.rng.randrange(24)
        if kind < 9:
            return self.assign()
        if kind < 15:
            return self.store()
        if kind < 18:
            return self.call()
        if kind < 20:
            return self.loop(nesting)
        if kind < 23:
            return self.condition(nesting)
        return self.switch(nesting)

    def statements(self, count, nesting):
        return b"".join(self.statement(nesting) if nesting < 5 else self.assign() for _ in range(count))


def function_code(rng, callees, size):
    body = Body(rng, callees)
    parts, length = [body.begin()], 0
    while length < size:
        parts.append(body.statement(0))
        length += len(parts[-1])
    declared = LOCALS[2:] + [I32] * DEPTHS
    local_groups = u32(len(declared)) + b"".join(b"\x01" + bytes((t,)) for t in declared)
    code = local_groups + b"".join(parts) + body.result() + b"\x0b"
    return u32(len(code)) + code, body.called


def section(number, contents):
    return bytes((number,)) + u32(len(contents)) + contents


def make_module(kind, size):
    rng = random.Random(f"{kind} {size}")
    codes, length, called = [], 0, set()

    def add(callees, wanted):
        code, calls = function_code(rng, callees, wanted)
        codes.append(code)
        called.update(calls)

    if kind == "one":
        add((), 500)
        add((0,), size)
    while kind == "many" and length < size:
        # Sizes spread as in real modules: many short ones, a few long.
        wanted = int(min(8192, 60 * 2 ** rng.expovariate(0.5)))
        # Mostly earlier functions nearby, as in a compilation unit; no recursion.
        first = max(0, len(codes) - 40)
        callees = [rng.randrange(first, len(codes)) for _ in range(4)] if codes else ()
        add(callees, wanted)
        length += len(codes[-1])
    count = len(codes)
    # What nothing calls directly is in the table, so that no code is dead.
    table = sorted({0, count - 1, *(set(range(count)) - called)})
    return b"".join((
        b"\0asm" + struct.pack("<I", 1),
        section(1, b"\x01\x60\x02\x7f\x7f\x01\x7f"),
        section(3, u32(count) + b"\x00" * count),
        section(4, b"\x01\x70\x01" + u32(len(table)) * 2),
        section(5, b"\x01\x00\x10"),
        section(7, b"\x01\x03run\x00" + u32(count - 1)),
        section(9, b"\x01\x00\x41\x00\x0b" + u32(len(table)) + b"".join(u32(f) for f in table)),
        section(10, u32(count) + b"".join(codes)),
    ))


if __name__ == "__main__":
    with open(sys.argv[3], "wb") as out:
        out.write(make_module(sys.argv[1], int(sys.argv[2])))
