"""The guests, made from sources that lie here or in examples/."""

from . import tools
from .engines import BENCH, Guest

ROOT = BENCH.parent
CLANG = ("--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry")


def from_c(places, source, *flags, tag=""):
    wasm = places.work / f"{source.stem}{tag}.wasm"
    tools.run([tools.find("clang-22", "clang"), *CLANG, *flags, source, "-o", wasm])
    return Guest(f"{source.stem}{tag}", wasm, source, flags)


def kernels(places, simd):
    flags, tag = (("-msimd128",), ".simd") if simd else ((), "")
    return [from_c(places, source, *flags, tag=tag) for source in sorted((BENCH / "kernels").glob("*.c"))]


def boundary(places):
    return from_c(places, BENCH / "guests/boundary.c", "-Wl,--allow-undefined")


def example():
    wasm = ROOT / "examples/assemblyscript-transform/build/optimized.wasm"
    if not wasm.exists():
        raise tools.Missing("the example's plugin is not built (cmake --build, with npm)")
    return Guest("example", wasm, BENCH / "guests/native_plugin.cpp")


def strings(places):
    """The example's transform with parameters of type string."""
    project = ROOT / "examples/assemblyscript-transform"
    wasm = places.work / "strings.wasm"
    tools.run(["node_modules/.bin/asc", BENCH / "guests/strings.ts", "--target", "release", "--exportRuntime",
               "--outFile", wasm], cwd=project)
    return Guest("strings", wasm)


def large(places):
    """SQLite, as sql.js has it."""
    tools.run([tools.find("npm"), "ci", "--no-audit", "--no-fund", "--prefix", BENCH])
    return Guest("sqlite", BENCH / "node_modules/sql.js/dist/sql-wasm.wasm")
