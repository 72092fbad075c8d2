"""What the bodies of shapes.py are made of."""

import dataclasses

I32, I64, F32, F64, V128 = 0x7F, 0x7E, 0x7D, 0x7C, 0x7B
GET, SET, TEE, ADD, END = b"\x20", b"\x21", b"\x22", b"\x6a", b"\x0b"
SQUARE = b"\x23\x00\x23\x00\x6c"  # of global 0
WIDTHS = (1, 2, 8, 9, 30, 100, 300, 1000)  # of the types that pieces use


def u32(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def s32(value):
    out = bytearray()
    while not -64 <= value < 64:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value & 0x7F)
    return bytes(out)


def vector(items):
    return u32(len(items)) + b"".join(items)


def section(number, contents):
    return bytes((number,)) + u32(len(contents)) + contents


def name(text):
    return u32(len(text)) + text.encode()


def function_type(parameters, results):
    return b"\x60" + u32(len(parameters)) + bytes(parameters) + u32(len(results)) + bytes(results)


@dataclasses.dataclass(frozen=True)
class Piece:
    """Takes nothing from the operand stack and leaves nothing. Some have others inside."""

    kind: str
    count: int = 1
    width: int = 1
    inside: tuple = ()


# Types by index: () -> (); (i32) -> (i32); then for each width n: n -> n, none -> n, n -> none.
NOTHING, ONE = 0, 1
FUNCTION_TYPES = [function_type((), ()), function_type((I32,), (I32,))]
for _n in WIDTHS:
    FUNCTION_TYPES += [function_type((I32,) * _n, (I32,) * _n), function_type((), (I32,) * _n),
                       function_type((I32,) * _n, ())]


def through(width):
    return 2 + 3 * width


# The functions that bodies call: an import of each of the types, in that order.
CALLEES = len(FUNCTION_TYPES)


def helper(shape, i):
    """The index of a small function; those come last."""
    return CALLEES + shape.imports + shape.functions + shape.types + i


class Body:
    def __init__(self, shape):
        self.shape = shape
        self.depth = 0  # of blocks
        self.called = set()  # the types of the imports that are

    def call(self, callee):
        self.called.add(callee)
        return b"\x10" + u32(callee)

    def local(self, i):
        return u32(i % max(1, self.shape.locals))

    def get(self, i):
        return GET + self.local(i) if self.shape.locals else b"\x41\x01"

    def set(self, i):
        return SET + self.local(i) if self.shape.locals else b"\x1a"

    def sequence(self, pieces):
        return b"".join(self.piece(p) for p in pieces)

    def around(self, opening, piece, before=b"", after=b"", closing=END):
        """`count` constructs, one in the other, with what is inside innermost."""
        self.depth += piece.count
        inner = self.sequence(piece.inside)
        self.depth -= piece.count
        return opening * piece.count + before + inner + (after + closing) * piece.count

    def piece(self, p):
        return getattr(self, p.kind)(p)

    # Straight-line code.
    def sets(self, p):
        return b"".join(self.get(i) + self.get(i + p.width) + ADD + self.set(i) for i in range(p.count))

    def plain_sets(self, p):
        return b"".join(b"\x41" + bytes((i % 64,)) + self.set(i * p.width) for i in range(p.count))

    def polynomial(self, p):
        ops = (b"\x6c", ADD, b"\x73", b"\x6b", b"\x74", b"\x77")
        return b"".join(self.get(i) + self.get(i + 1) + ops[(i * p.width) % 6] + self.set(i + p.width)
                        for i in range(p.count))

    def loads(self, p):
        at = b"".join(self.get(i * (p.width - 1)) + b"\x28\x02" + u32(4 * i) for i in range(p.count))
        return at + ADD * (p.count - 1) + self.set(0) if p.count else b""

    def tested_loads(self, p):
        """One expression of very many loads, of which some come twice."""
        join = (b"\x72", b"\x73", b"\x71")[p.width % 3]
        test = b"\x45" if p.width // 3 % 2 else b""
        mixed = [(i * 2654435761 >> 7) % 4000 for i in range(p.count)]
        return self.get(0) + b"\x41\x00" + b"".join(
            self.get(m % 4) + b"\x28\x02" + u32(4 * (m // 4)) + test + join for m in mixed) + b"\x36\x02\x00"

    def stores(self, p):
        return b"".join(self.get(0) + self.get(i * (p.width - 1)) + b"\x36\x02" + u32(4 * i) for i in range(p.count))

    def copies(self, p):
        return b"".join(self.get(0) + self.get(i) + b"\x28\x02" + u32(4 * (i * 7919 % (p.count + 1))) + b"\x36\x02" +
                        u32(4 * i) for i in range(p.count))

    def divisions(self, p):
        return b"".join(self.get(i) + self.get(i + p.width) + bytes((0x6D + i % 4,)) + self.set(i)
                        for i in range(p.count))

    def guards(self, p):
        at = self.get(0)
        return b"".join(at + b"\x41" + s32(i + 5) + b"\x46" + self.get(1) + b"\x41" + s32(i + 9) + b"\x46\x71\x04\x40\x00\x0b" +
                        at + b"\x41" + s32(3 * i + 1) + b"\x71" + self.get(1) + ADD + self.get(2) + ADD + self.set(2) for i in range(p.count)) + at + self.get(2) + b"\x36\x02\x00"

    def divisions_by_one(self, p):
        return b"".join(self.get(1) + self.get(0) + bytes((0x6D + p.width % 4,)) + self.set(1) for i in range(p.count))

    def loaded_divisions(self, p):
        return b"".join(self.get(i * (p.width - 1)) + b"\x28\x02\x00" + self.get(i * (p.width - 1)) + b"\x28\x02\x04" +
                        bytes((0x6D + i % 4,)) + self.set(i * (p.width - 1)) for i in range(p.count))

    def truncations(self, p):
        return b"".join(self.get(i) + b"\xb7\xaa" + self.set(i + p.width) for i in range(p.count))

    def selects(self, p):
        return b"".join(self.get(i) + self.get(i + 1) + self.get(i + p.width) + b"\x1b" + self.set(i)
                        for i in range(p.count))

    def long_arithmetic(self, p):
        ops = (b"\x7e", b"\x7c", b"\x83", b"\x89", b"\x86", b"\x80")
        return b"".join(self.get(i) + b"\xad" + self.get(i + p.width) + b"\xac" + ops[i % 6] + b"\xa7" + self.set(i)
                        for i in range(p.count))

    def floats(self, p):
        ops = (b"\xa0", b"\xa2", b"\xa3", b"\xa4", b"\xa5", b"\xa6")
        return b"".join(self.get(i) + b"\xb7" + self.get(i + p.width) + b"\xb8" + ops[i % 6] + b"\xfc\x02" +
                        self.set(i) for i in range(p.count))

    def vectors(self, p):
        ops = (b"\xfd\x0e", b"\xfd\x6e", b"\xfd\xb5\x01", b"\xfd\xe4\x01", b"\xfd\xd5\x01", b"\xfd\x62")
        middle = b"".join(self.get(i) + b"\xfd\x11" + (ops[i % 5] if i % 6 < 5 else ops[0]) for i in range(p.count))
        return self.get(0) + b"\xfd\x11" + middle + b"\xfd\x1b\x00" + self.set(0)

    def globals(self, p):
        count = max(1, self.shape.globals)
        return b"".join(b"\x23" + u32(i % count) + self.get(i) + ADD + b"\x24" + u32(i * p.width % count)
                        for i in range(p.count)) if self.shape.globals else b""

    def squares(self, p):
        """Arithmetic that nothing makes shorter."""
        return (SQUARE + self.get(p.width) + b"\x73\x24\x00") * p.count if self.shape.globals else b""

    def bulk(self, p):
        return (self.get(0) + self.get(1) + self.get(2) + b"\xfc\x0a\x00\x00") * p.count

    def table_reads(self, p):
        tables = max(1, self.shape.tables)
        return b"".join(self.get(i) + b"\x25" + u32(i * p.width % tables) + b"\xd1" + self.set(i) for i in range(p.count))

    def references(self, p):
        return b"".join(b"\xd2" + u32(i % CALLEES) + b"\xd1" + self.set(i) for i in range(p.count))

    def deep(self, p):
        return b"".join(self.get(i) for i in range(p.count + 1)) + b"\x6c" * p.count + self.set(0)

    # Calls.
    def calls(self, p):
        return (self.call(NOTHING)) * p.count

    def value_calls(self, p):
        return self.get(0) + (self.call(ONE)) * p.count + self.set(0)

    def wide_calls(self, p):
        """The results of one are the arguments of the next."""
        width = p.width % len(WIDTHS)
        return (self.call(through(width) + 1) + (self.call(through(width))) * p.count +
                self.call(through(width) + 2))

    def argument_calls(self, p):
        width = p.width % len(WIDTHS)
        arguments = b"".join(self.get(i) for i in range(WIDTHS[width]))
        return (arguments + self.call(through(width) + 2)) * p.count

    def result_calls(self, p):
        width = p.width % len(WIDTHS)
        return (self.call(through(width) + 1) + self.set(0) * WIDTHS[width]) * p.count

    def indirect_calls(self, p):
        tables = max(1, self.shape.tables)
        return b"".join(self.get(0) + b"\x11" + u32(NOTHING) + u32(i * p.width % tables) for i in range(p.count))

    def tail_calls(self, p):
        width = p.width % len(WIDTHS)
        jump = b"".join(self.get(i) for i in range(WIDTHS[width] + 1)) + b"\x13" + u32(through(width) + 2) + u32(0)
        return b"".join(self.get(0) + b"\x41" + s32(i) + b"\x46\x04\x40" + jump + END
                        for i in range(p.count)) if self.shape.tables else b""

    # Code that optimising makes longer.
    def small_calls(self, p):
        """Of functions that are small enough to be inlined, and call others of those."""
        helpers = self.shape.helpers
        return b"".join(b"\x10" + u32(helper(self.shape, i * p.width % helpers)) for i in range(p.count)) if helpers else b""

    def known_loops(self, p):
        """One in the other; each goes round `width` times, from zero, which all passes can see."""
        if not self.shape.locals:
            return b""
        counters = [self.local(self.depth + i) for i in range(p.count)]
        self.depth += p.count
        inner = self.sequence(p.inside) or self.squares(Piece("squares", 1, self.depth - 1))
        self.depth -= p.count
        opening = b"".join(b"\x41\x00" + SET + counter + b"\x03\x40" for counter in counters)
        step = [GET + c + b"\x41\x01" + ADD + TEE + c + b"\x41" + s32(p.width) + b"\x48\x0d\x00" + END for c in reversed(counters)]
        return opening + inner + b"".join(step)

    def array_loops(self, p):
        """One after the other; each does the same to every element of an array."""
        if not self.shape.locals:
            return b""
        c = self.local(1)
        load, store = ((b"\x28\x02", b"\x36\x02"), (b"\x2f\x01", b"\x3b\x01"), (b"\x2d\x00", b"\x3a\x00"))[p.width % 3]
        work = b"".join(GET + c + GET + c + load + u32(1024 * i) + GET + c + b"\x6c" + store + u32(4096 * i)
                        for i in range(1 + p.width // 3 % 4))
        step = GET + c + b"\x41\x04" + ADD + TEE + c + self.get(0) + b"\x49\x0d\x00" + END
        start = b"\x41\x00" + SET + c if p.width & 1 else b""
        return (start + b"\x03\x40" + work + step) * p.count

    def guarded_calls(self, p):
        """if (global) call: what the call may change is looked at again."""
        count = max(1, self.shape.globals)
        return b"".join(b"\x23" + u32(i * p.width % count) + b"\x45\x04\x40" + self.call(NOTHING) + END
                        for i in range(p.count)) if self.shape.globals else b""

    def own_references(self, p):
        """To functions of the module, whose records are filled in when first asked for."""
        helpers = self.shape.helpers
        return b"".join(b"\xd2" + u32(helper(self.shape, i * p.width % helpers)) + b"\xd1" + self.set(i)
                        for i in range(p.count)) if helpers else b""

    # Control.
    def blocks(self, p):
        return self.around(b"\x02\x40", p)

    def leaving_blocks(self, p):
        return self.around(b"\x02\x40" + self.get(0) + b"\x0d\x00", p)

    def loops(self, p):
        return self.around(b"\x03\x40", p, after=self.get(0) + b"\x0d\x00")

    def ifs(self, p):
        return self.around(self.get(0) + b"\x04\x40", p)

    def if_elses(self, p):
        return self.around(self.get(0) + b"\x04\x40", p, after=b"\x05" + self.get(0) + self.set(p.width))

    def counted_loops(self, p):
        counter = p.width
        step = self.get(counter) + b"\x41\x01\x6b" + TEE + self.local(counter) + b"\x0d\x00" if self.shape.locals else b""
        return self.around(b"\x03\x40", p, after=step)

    def repeated(self, p):
        return self.sequence(p.inside) * p.count

    def branches_out(self, p):
        """Out of blocks around, however far."""
        if self.depth == 0:
            return b""
        return b"".join(self.get(i) + b"\x0d" + u32(i * p.width % self.depth) for i in range(p.count))

    def switch(self, p):
        cases = max(1, p.width)
        labels = [u32(i * 7919 % cases) for i in range(p.count + 1)]
        self.depth += cases
        inner = self.sequence(p.inside)
        self.depth -= cases
        return (b"\x02\x40" * cases + inner + self.get(0) + b"\x0e" + u32(p.count) + b"".join(labels) +
                b"".join(END + self.get(i) + self.set(i + 1) for i in range(cases)))

    def switches_to_loop(self, p):
        self.depth += 1
        inner = self.sequence(p.inside)
        self.depth -= 1
        table = b"\x02\x40" + self.get(1) + b"\x0e\x02\x00\x01\x00" + END
        return b"\x03\x40" + (table + self.get(2) + self.set(1)) * p.count + inner + END

    def wide_blocks(self, p):
        width = p.width % len(WIDTHS)
        produce = self.call(through(width) + 1)
        return produce + (b"\x02" + u32(through(width)) + END) * p.count + self.call(through(width) + 2)

    def wide_loops(self, p):
        width = p.width % len(WIDTHS)
        produce = self.call(through(width) + 1)
        loop = b"\x03" + u32(through(width)) + self.get(0) + b"\x0d\x00" + END
        return produce + loop * p.count + self.call(through(width) + 2)

    def wide_ifs(self, p):
        width = p.width % len(WIDTHS)
        produce = self.call(through(width) + 1)
        return produce + (self.get(0) + b"\x04" + u32(through(width)) + END) * p.count + self.call(through(width) + 2)

    def wide_branches(self, p):
        width = p.width % len(WIDTHS)
        produce = self.call(through(width) + 1)
        return (b"\x02" + u32(through(width) + 1) + produce + (self.get(0) + b"\x0d\x00") * p.count + END +
                self.call(through(width) + 2))

    def catches(self, p):
        self.depth += 2
        inner = self.sequence(p.inside)
        self.depth -= 2
        tags = max(1, self.shape.tags)
        clauses = b"".join(b"\x00" + u32(i * p.width % tags) + b"\x00" for i in range(p.count))
        return b"\x02\x40\x1f\x40" + u32(p.count) + clauses + inner + END + END

    def tries(self, p):
        """One in the other."""
        self.depth += 2 * p.count
        inner = self.sequence(p.inside)
        self.depth -= 2 * p.count
        return b"\x02\x40\x1f\x40\x01\x02\x00" * p.count + inner + (END + END) * p.count

    # Values that live across what is inside.
    def live_operands(self, p):
        loads = b"".join(self.get(0) + b"\x28\x02" + u32(4 * i) for i in range(p.count))
        return loads + self.sequence(p.inside) + ADD * (p.count - 1) + self.set(0) if p.count else b""

    def live_locals(self, p):
        loads = b"".join(self.get(0) + b"\x28\x02" + u32(4 * i) + self.set(i) for i in range(p.count))
        uses = self.get(0) + b"".join(self.get(i) + b"\x73" for i in range(p.count)) + self.set(0)
        return loads + self.sequence(p.inside) + uses


KINDS = [kind for kind in vars(Body) if not kind.startswith("_") and
         kind not in ("local", "get", "set", "sequence", "around", "piece", "call")]
HOLDERS = ["blocks", "leaving_blocks", "loops", "ifs", "if_elses", "counted_loops", "repeated", "switch",
           "switches_to_loop", "catches", "tries", "live_operands", "live_locals",
           "known_loops"]
