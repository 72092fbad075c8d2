"""The engines: each turns a guest into a command that prints what was measured."""

import functools
import shlex
from dataclasses import dataclass
from pathlib import Path

from . import tools

BENCH = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Guest:
    name: str
    wasm: Path
    source: Path | None = None  # in C or C++, for the native peer
    extism: Path | None = None  # the same as a plugin of Extism


class Engine:
    def __init__(self, places):
        self.build = places.build
        self.work = places.work

    def artifact(self, guest, suffix):
        return self.work / f"{guest.name}.{self.name.replace(' ', '-')}{suffix}"

    def host(self, kind):
        return self.build / "bin" / f"bench-{self.family}_{kind}"

    def compilation(self, guest, out):
        """The command that compiles for speed and does no more, on whatever processors it is given."""
        raise tools.NotComparable(f"{self.name}: compiles nothing ahead of time")


class Tenon(Engine):
    family = "tenon"
    name = "tenon"
    options = ()

    def version(self):
        return tools.run([self.build / "bin" / "tenon", "--version"]).strip()

    def command(self, kind, guest):
        artifact = self.artifact(guest, ".so")
        compiler = self.build / "bin" / "tenon"
        if not tools.newer(artifact, guest.wasm, self.build / "bin" / "tenon-compile"):
            tools.run([compiler, "compile", guest.wasm, "-o", artifact, *self.options])
        return [self.host(kind), artifact]

    def compilation(self, guest, out):
        return [self.build / "bin" / "tenon", "compile", guest.wasm, "-o", out, "--jobs", 1, *self.options]


class TenonStrict(Tenon):
    name = "tenon --strict"
    options = ("--strict",)


class TenonResettable(Tenon):
    """With marks, for a fresh state in every call."""

    name = "tenon --resettable"
    options = ("--resettable",)
    kinds = ("fresh", "kernel")

    def command(self, kind, guest):
        if kind not in self.kinds:
            raise tools.NotComparable(f"{self.name}: nothing to compare")
        return super().command(kind, guest)


class Native(Engine):
    """The guest's own source, compiled for this machine's x86-64-v2 into a shared object."""

    family = "native"
    name = "native"
    options = ()
    kinds = ("kernel", "boundary")

    def version(self):
        return tools.run([tools.find("clang-22", "clang"), "--version"]).splitlines()[0]

    def command(self, kind, guest):
        if kind not in self.kinds or guest.source is None:
            raise tools.NotComparable(f"{self.name}: nothing to compare")
        artifact = self.artifact(guest, ".so")
        compiler = tools.find("clang++-22", "clang++") if guest.source.suffix == ".cpp" else tools.find("clang-22", "clang")
        tools.run([compiler, "-O2", "-march=x86-64-v2", "-fno-math-errno", "-shared", "-fPIC", "-fvisibility=hidden",
                   *self.options, guest.source, "-o", artifact])
        return [self.host(kind), artifact]


class NativeBytes(Native):
    name = "native, bytes"
    kinds = ("loop",)


class NativeUtf16(NativeBytes):
    name = "native, UTF-16"
    options = ("-DNATIVE_UTF16",)


class NativeUtf16Std(NativeBytes):
    name = "native, std UTF-16"
    options = ("-DNATIVE_UTF16_STD", "-Wno-deprecated-declarations")


class Wasm2c(Engine):
    family = "wasm2c"
    name = "wasm2c"
    options = ()
    libraries = {"boundary": ("-lbenchmark", "-lpthread")}
    runtimes = (Path("/usr/src/wasm2c"), Path("/usr/share/wabt/wasm2c"))

    def version(self):
        return f"wasm2c of wabt {tools.run([tools.find('wasm2c'), '--version']).strip()}"

    def command(self, kind, guest):
        source = BENCH / "hosts" / f"wasm2c_{kind}.cpp"
        if not source.exists():
            raise tools.NotComparable(f"{self.name}: no host for this")
        program = self.artifact(guest, "")
        if not tools.newer(program, guest.wasm, source):
            self.compile(kind, guest, source, program)
        return [program]

    def compile(self, kind, guest, source, program):
        folder = self.artifact(guest, ".c")
        folder.mkdir(exist_ok=True)
        runtime = self.runtime()
        tools.run([tools.find("wasm2c"), guest.wasm, "-n", "guest", "-o", folder / "guest.c"])
        for unit in (folder / "guest.c", runtime / "wasm-rt-impl.c"):
            tools.run([*self.clang(runtime), unit, "-o", folder / f"{unit.stem}.o"])
        tools.run(["g++", "-std=c++23", "-O2", "-DNDEBUG", *self.options, "-I", folder, "-I", runtime, source,
                   folder / "guest.o", folder / "wasm-rt-impl.o", *self.libraries.get(kind, ()), "-lm", "-o", program])

    def runtime(self):
        for path in self.runtimes:
            if (path / "wasm-rt-impl.c").exists():
                return path
        raise tools.Missing("wasm2c's runtime is not installed")

    def clang(self, runtime):
        return [tools.find("clang-22", "clang"), "-O2", "-DNDEBUG", "-w", "-I", runtime, "-c"]

    def compilation(self, guest, out):
        source = out.with_suffix(".c")
        steps = ([tools.find("wasm2c"), guest.wasm, "-n", "guest", "-o", source],
                 [*self.clang(self.runtime()), source, "-o", out])
        return ["sh", "-c", " && ".join(shlex.join(map(str, step)) for step in steps)]


class Wasm2cOneGuard(Wasm2c):
    """Its trap guard set once for the whole loop: nothing survives a trap."""

    name = "wasm2c, one guard"
    options = ("-DBENCH_GUARD_ONCE",)

    def command(self, kind, guest):
        if kind != "loop":
            raise tools.NotComparable(f"{self.name}: for the loop only")
        return super().command(kind, guest)

    def compilation(self, guest, out):
        raise tools.NotComparable(f"{self.name}: compiled as wasm2c")


class Node(Engine):
    family = "node"
    name = "node"

    def version(self):
        return "node " + tools.run([tools.find("node"), "--version"]).strip()

    def command(self, kind, guest):
        if kind == "start":
            raise tools.NotComparable("node: no separate start")
        return [tools.find("node"), BENCH / "peers/node/peer.mjs", kind, guest.wasm]


class Cargo(Engine):
    """A host in Rust, under peers/, built by cargo with what peers/Cargo.lock says."""

    kinds = ("loop", "fresh", "kernel", "boundary", "start")
    suffix = ".bin"
    remark = ""

    @functools.cached_property
    def program(self):
        # cargo itself sees what has changed.
        prefix = tools.run([tools.find("llvm-config-22"), "--prefix"]).strip()
        tools.run([tools.find("cargo"), "build", "--release", "--locked", "--target-dir", self.build / "bench-cargo",
                   "--manifest-path", BENCH / "peers/Cargo.toml", "--package", f"bench-{self.family}"],
                  environment={"LLVM_SYS_221_PREFIX": prefix})
        return self.build / f"bench-cargo/release/bench-{self.family}"

    def version(self):
        self.program
        manifest = (BENCH / f"peers/{self.family}/Cargo.toml").read_text()
        number = manifest.split(f'\n{self.family} = {{ version = "')[1].split('"')[0].lstrip("=")
        return f"{self.family} {number}{self.remark}"

    def command(self, kind, guest):
        if kind not in self.kinds:
            raise tools.NotComparable(f"{self.name}: nothing to compare")
        artifact = self.artifact(guest, self.suffix)
        if not tools.newer(artifact, guest.wasm, self.program):
            tools.run([self.program, "compile", guest.wasm, artifact])
        return [self.program, kind, artifact]

    def compilation(self, guest, out):
        return [self.program, "compile", guest.wasm, out]


class Wasmtime(Cargo):
    family = name = "wasmtime"
    remark = ", Cranelift, pooling allocator"
    suffix = ".cwasm"


class Wasmer(Cargo):
    family = name = "wasmer"
    remark = ", LLVM 22, memory operations not volatile"
    suffix = ".wasmu"


class Extism(Cargo):
    """Its calls take bytes and return bytes, through the memory of its kernel: nothing but the boundary compares."""

    family = name = "extism"

    def command(self, kind, guest):
        if kind != "boundary" or guest.extism is None:
            raise tools.NotComparable("extism: nothing to compare")
        return [self.program, kind, guest.extism]

    def compilation(self, guest, out):
        raise tools.NotComparable("extism: compiles with wasmtime")


# Not here: WasmEdge, whose packages fetch a library from elsewhere; WAMR, whose
# crate (wamr-sys 0.1.1) is an interpreter of 2021 and whose compiler no package has.
ALL = (Tenon, TenonStrict, TenonResettable, NativeBytes, NativeUtf16, NativeUtf16Std, Native, Wasm2c, Wasm2cOneGuard, Node, Wasmtime,
       Wasmer, Extism)
