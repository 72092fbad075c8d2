"""The guests, made from sources that lie here or in examples/."""

from . import tools
from .engines import BENCH, Guest

EXAMPLE = BENCH.parent / "examples/assemblyscript-transform"
CLANG = ("--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry")


def from_c(places, source, *flags, tag=""):
    wasm = places.work / f"{source.stem}{tag}.wasm"
    tools.run([tools.find("clang-22", "clang"), *CLANG, *flags, source, "-o", wasm])
    return Guest(f"{source.stem}{tag}", wasm, source)


def kernels(places, simd):
    flags, tag = (("-msimd128",), ".simd") if simd else ((), "")
    return [from_c(places, source, *flags, tag=tag) for source in sorted((BENCH / "kernels").glob("*.c"))]


def boundary(places):
    ours = from_c(places, BENCH / "guests/boundary.c", "-Wl,--allow-undefined")
    theirs = from_c(places, BENCH / "guests/extism_boundary.c", "-Wl,--allow-undefined")
    return Guest(ours.name, ours.wasm, ours.source, theirs.wasm)


def example():
    wasm = EXAMPLE / "build/optimized.wasm"
    if not wasm.exists():
        raise tools.Missing("the example's plugin is not built (cmake --build, with npm)")
    return Guest("example", wasm, BENCH / "guests/native_plugin.cpp")


def from_assemblyscript(places, source, *options, cwd):
    """With the compiler that the example has."""
    wasm = places.work / f"{source.stem}.as.wasm"
    tools.run([EXAMPLE / "node_modules/.bin/asc", source, *options, "--outFile", wasm], cwd=cwd)
    return Guest(f"{source.stem}.as", wasm)


def strings(places):
    """The example's transform with parameters of type string, and with its asconfig.json."""
    return from_assemblyscript(places, BENCH / "guests/strings.ts", "--target", "release", "--exportRuntime", cwd=EXAMPLE)


def example_without_collector(places):
    """The example with AssemblyScript's smallest runtime, which only ever allocates."""
    wasm = places.work / "example.stub.wasm"
    tools.run([EXAMPLE / "node_modules/.bin/asc", "assembly/index.ts", "--target", "release", "--exportRuntime",
               "--runtime", "stub", "--outFile", wasm], cwd=EXAMPLE)
    return Guest("example.stub", wasm)


def map_of_many(places):
    return from_assemblyscript(places, BENCH / "guests/map.ts", "--target", "release", "--exportRuntime", cwd=EXAMPLE)


def echo(places):
    return from_assemblyscript(places, BENCH / "guests/echo.ts", "--target", "release", "--exportRuntime", cwd=EXAMPLE)


def assemblyscript_kernels(places):
    sources = sorted((BENCH / "kernels/assemblyscript").glob("*.ts"))
    options = ("-O3", "--use", "abort=")
    return [from_assemblyscript(places, source, *options, cwd=places.work) for source in sources]


def from_npm(name, path):
    installed = BENCH / "node_modules"
    if not tools.newer(installed / ".package-lock.json", BENCH / "package-lock.json"):
        tools.run([tools.find("npm"), "ci", "--no-audit", "--no-fund", "--prefix", BENCH])
    return Guest(name, installed / path)


def medium():
    """SQLite, as sql.js has it: 0.7 MB."""
    return from_npm("SQLite", "sql.js/dist/sql-wasm.wasm")


def large():
    """PDFium, as @embedpdf/pdfium has it: 4.6 MB."""
    return from_npm("PDFium", "@embedpdf/pdfium/dist/pdfium.wasm")
