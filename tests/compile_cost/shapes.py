"""Valid modules out of structural pieces: each is cheap in bytes, and together they
make the products (locals in loops, values across blocks, tables times segments) on
which a compiler may spend out of proportion.

A shape is a plain value, `Module(...)` below, that text can hold: `repr` gives it,
`eval` with this file's names takes it back. `encode` makes the bytes.
"""

import dataclasses

from pieces import *


@dataclasses.dataclass(frozen=True)
class Module:
    pieces: tuple = ()  # of the body that each of `functions` has
    functions: int = 1
    locals: int = 16
    parameters: int = 1  # an index into WIDTHS less one, or 0 for none
    types: int = 0  # distinct ones, each used by a function that is exported
    imports: int = 0
    exports: int = 0
    tables: int = 1
    passive_elements: int = 0
    active_elements: int = 0
    elements: int = 4  # of each active segment
    data: int = 0
    globals: int = 4
    tags: int = 1
    memories: int = 1
    shared: int = 0  # not 0: each of the memories is
    helpers: int = 0  # small functions, each of which calls the one before it twice,
    helper_size: int = 10  # and changes a global so often,
    ring: int = 0  # and calls so many of those after it; after the last comes the first


COUNTS = [field.name for field in dataclasses.fields(Module) if field.name not in ("pieces",)]


def distinct_type(i):
    """One that no other number gives: as digits, each digit so many parameters of a type."""
    return function_type([I32] * (i % 16) + [F64] * (i // 16 % 16) + [I64] * (i // 256 % 16) + [F32] * (i // 4096 + 1), ())


def helper_bodies(shape):
    change = b"".join(SQUARE + b"\x41" + s32(i * 77 + 1) + b"\x73\x24\x00" for i in range(shape.helper_size)) if shape.globals else b""
    for i in range(shape.helpers):
        called = [i - 1] * (2 if i else 0) + [(i + 1 + k * k) % shape.helpers for k in range(shape.ring)]
        code = change + b"".join(b"\x10" + u32(helper(shape, j)) for j in called) + END
        yield u32(1 + len(code)) + b"\x00" + code


def encode(shape):
    own = ONE if shape.parameters == 0 else through((shape.parameters - 1) % len(WIDTHS)) + 2
    if shape.parameters == 0:
        own = NOTHING
    parameters = 0 if own == NOTHING else WIDTHS[(shape.parameters - 1) % len(WIDTHS)]
    # Locals are counted with the parameters, of which there may be more.
    more = max(0, shape.locals - parameters)
    maker = Body(dataclasses.replace(shape, locals=max(shape.locals, parameters)))
    code = maker.sequence(shape.pieces) + END
    locals_ = b"\x01" + u32(more) + bytes((I32,)) if more else b"\x00"
    body = u32(len(locals_) + len(code)) + locals_ + code
    imported = CALLEES + shape.imports
    defined = imported + shape.functions
    types = FUNCTION_TYPES + [distinct_type(i) for i in range(shape.types)]
    tables = max(1, shape.tables)
    # One that nobody calls has the plainest type: what a wide one takes by itself would hide the rest.
    imports = [b"\x00\x00\x00" + u32(i if i in maker.called else NOTHING) for i in range(CALLEES)] + [b"\x00\x00\x00\x00"] * shape.imports
    # One at least: what nobody can call LLVM drops at once.
    exports = [name(f"{i:x}") + b"\x00" + u32(imported + i % shape.functions) for i in range(max(1, shape.exports))]
    exports += [name(f"t{i:x}") + b"\x00" + u32(defined + i) for i in range(shape.types)]
    segments = [b"\x01\x00\x00"] * shape.passive_elements
    segments += [b"\x02" + u32(i % tables) + b"\x41\x00\x0b\x00" + vector([u32(j % CALLEES) for j in range(shape.elements)])
                 for i in range(shape.active_elements)]
    segments.append(b"\x03\x00" + vector([u32(i) for i in range(CALLEES)] + [u32(helper(shape, i)) for i in range(shape.helpers)]))  # so that ref.func may name them
    elements = u32(max(1, shape.elements))
    return b"".join((
        b"\0asm\1\0\0\0",
        section(1, vector(types)),
        section(2, vector(imports)),
        section(3, vector([u32(own)] * shape.functions + [u32(len(FUNCTION_TYPES) + i) for i in range(shape.types)] + [u32(NOTHING)] * shape.helpers)),
        section(4, vector([b"\x70\x01" + elements * 2] * tables)),
        section(5, vector([b"\x03\x01\x02" if shape.shared else b"\x00\x01"] * max(1, shape.memories))),
        section(13, vector([b"\x00\x00"] * max(1, shape.tags))),
        section(6, vector([b"\x7f\x01\x41\x00\x0b"] * shape.globals)),
        section(7, vector(exports)),
        section(9, vector(segments)),
        section(10, vector([body] * shape.functions + [b"\x02\x00\x0b"] * shape.types + list(helper_bodies(shape)))),
        section(11, vector([b"\x00\x41\x00\x0b\x01a"] * shape.data)),
    ))
