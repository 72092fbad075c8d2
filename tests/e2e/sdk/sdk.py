#!/usr/bin/env python3
"""Builds the conformance plugin of one SDK, and has the conformance host run it.

sdk.py --sdk c|c_freestanding|cpp|rust --tool PATH --host PATH --work DIR

Exit status: the host's; 77 where the language's tools are missing.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SDK = HERE.parents[2] / "sdk"
SKIPPED = 77  # ctest's SKIP_RETURN_CODE
LLVM = "22"
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wno-deprecated"]
WASI = ["--target=wasm32-wasi", "--sysroot=/usr", "-mexec-model=reactor", *WARNINGS, "-O2"]


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def need(tool):
    return shutil.which(tool) or skip(f"there is no {tool}")


def need_file(path, package):
    if not pathlib.Path(path).exists():
        skip(f"there is no {package}")


def build(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=500)
    if done.returncode != 0:
        sys.exit(f"cannot build the plugin: {done.stderr[-3000:]}")


def c(wasm):
    need_file("/usr/lib/wasm32-wasi/libc.a", "wasi-libc")
    build([need(f"clang-{LLVM}"), *WASI, "-I", SDK / "c", HERE / "plugin.c", "-o", wasm])


def c_freestanding(wasm):
    # In a folder of its own, so that no library's header is found.
    build([need(f"clang-{LLVM}"), "--target=wasm32", "-ffreestanding", "-nostdlib", "-nostdlibinc", "-Wl,--no-entry", "-mbulk-memory",
           *WARNINGS, "-O2", "-I", SDK / "c", HERE / "plugin.c", "-o", wasm])


def cpp(wasm):
    need_file("/usr/lib/wasm32-wasi/libc.a", "wasi-libc")
    need_file(f"/usr/include/wasm32-wasi/c++/v1/string", f"libc++-{LLVM}-dev-wasm32")
    build([need(f"clang++-{LLVM}"), *WASI, "-fno-exceptions", "-std=c++20", "-I", SDK / "cpp", HERE / "plugin.cpp", "-o", wasm])


def rust(wasm):
    cargo, target = need("cargo"), "wasm32-wasip1"
    found = subprocess.run([need("rustc"), "--print", "target-libdir", "--target", target], capture_output=True, text=True)
    if found.returncode != 0 or not list(pathlib.Path(found.stdout.strip()).glob("libstd-*.rlib")):
        skip(f"rustc has no standard library for {target} (rustup target add {target})")
    project = HERE / "rust"
    if subprocess.run([cargo, "fetch", "--locked"], cwd=project, capture_output=True).returncode != 0:
        skip("cargo cannot have the crates of the SDK")
    built = wasm.parent / "cargo"
    build([cargo, "build", "--release", "--locked", "--offline", "--target", target, "--target-dir", built,
           "--manifest-path", project / "Cargo.toml"])
    shutil.copy(built / target / "release/plugin.wasm", wasm)


SDKS = {"c": c, "c_freestanding": c_freestanding, "cpp": cpp, "rust": rust}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sdk", choices=SDKS, required=True)
    parser.add_argument("--tool", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    wasm, artifact = options.work / "plugin.wasm", options.work / "plugin.so"
    need(f"wasm-ld-{LLVM}")
    SDKS[options.sdk](wasm)
    build([options.tool, "compile", "--resettable", wasm, "-o", artifact])
    sys.exit(subprocess.run([options.host, artifact], check=False).returncode)


if __name__ == "__main__":
    main()
