"""Who makes the modules: each source gives the paths of `count` of them, one by one."""
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

FEATURES = ["--mvp-features", "--enable-sign-ext", "--enable-nontrapping-float-to-int", "--enable-bulk-memory",
            "--enable-mutable-globals", "--enable-multivalue"]
TAIL_CALLS = ["--enable-tail-call"]  # of every second module
SMITH = pathlib.Path(__file__).resolve().parent.parent / "smith"
OLDEST_CARGO = (1, 85)
SKIPPED = 77
CHUNK = 20  # modules that a generator makes at a time


def make_module(seed, number, simd, path):
    """Of each four, two stay within their memory and so run on for longer. Of each
    eight, four have a shared memory and atomic operators; none of them waits."""
    source = random.Random(f"{seed} {number}")
    size = int(2 ** source.uniform(8, 14))  # of most sizes alike, up to 16 KiB
    seed_file = path.with_suffix(".bytes")
    seed_file.write_bytes(source.randbytes(size))
    flags = [*(["--enable-simd"] if simd else []), *(["--enable-threads"] if number % 8 >= 4 else []),
             *(TAIL_CALLS if number // 2 % 2 else []), *(["--no-fuzz-oob"] if number % 4 >= 2 else [])]
    subprocess.run(["wasm-opt", "-ttf", seed_file, "-o", path, *FEATURES, *flags, "--denan"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seed_file.unlink()


def imports_anything(wasm):
    at = 8
    while at < len(wasm):
        section, size, shift = wasm[at], 0, 0
        while True:
            at += 1
            size |= (wasm[at] & 0x7F) << shift
            shift += 7
            if wasm[at] < 0x80:
                break
        if section == 2:
            return True
        at += 1 + size
    return False


def mutants(options):
    """Valid ones, for as long as somebody asks."""
    command = [options.build / "bin" / "mutations", "--suite", options.mutants, "--seed", str(options.seed), "--stream",
               "--count", str(100 * options.count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as stream:
        for line in stream.stdout:
            size, _, error = line.decode().rstrip("\n").partition(" ")
            wasm = stream.stdout.read(int(size))
            if not error and not imports_anything(wasm):
                yield wasm
        stream.kill()


def random_modules(options, folder):
    for number in range(options.first, options.first + options.count):
        simd = number % 2 == 1 if options.simd is None else options.simd == 1
        path = folder / f"seed{options.seed}-{number}{'-simd' if simd else ''}.wasm"
        make_module(options.seed, number, simd, path)
        yield path


def mutant_modules(options, folder):
    for number, wasm in zip(range(options.count), mutants(options)):
        path = folder / f"mutant{options.seed}-{number}.wasm"
        path.write_bytes(wasm)
        yield path


def made_by(generator, options, folder):
    """Modules of a program that takes --out, --seed, --first and --count and prints paths."""
    for first in range(options.first, options.first + options.count, CHUNK):
        count = min(CHUNK, options.first + options.count - first)
        command = [generator, "--out", folder, "--seed", str(options.seed), "--first", str(first), "--count", str(count)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        yield from map(pathlib.Path, done.stdout.splitlines())


def own_modules(options, folder):
    """Those of fuzz/generator: what toolchains never make. Beside some is a MODULE.first.wasm."""
    return made_by(options.build / "bin" / "generate_modules", options, folder)


def smith_modules(options, folder):
    """Those of wasm-smith, which is not ours (fuzz/smith)."""
    return made_by(build_smith(options.build / "smith"), options, folder)


def build_smith(folder):
    """wasm-smith is a library for Rust. Where it cannot be built for want of a cargo or of crates nothing is run, and
    that is said."""
    cargo = find_cargo()
    if cargo is None:
        not_run(f"wasm-smith needs cargo {OLDEST_CARGO[0]}.{OLDEST_CARGO[1]} or later; Debian 12 has one as cargo-web")
    manifest = ["--locked", "--quiet", "--manifest-path", SMITH / "Cargo.toml"]
    fetched = subprocess.run([cargo, "fetch", *manifest], capture_output=True, text=True)
    if fetched.returncode != 0:
        not_run(f"cargo cannot get wasm-smith: {(fetched.stderr.strip().splitlines() or ['no reason given'])[-1].strip()}")
    subprocess.run([cargo, "build", "--release", "--offline", *manifest],
                   env=dict(os.environ, CARGO_TARGET_DIR=str(folder.resolve())), check=True)
    return folder / "release" / "smith"


def find_cargo():
    """The first that is new enough, of the system's and of rustup's."""
    for found in (shutil.which("cargo"), shutil.which("cargo", path=os.path.expanduser("~/.cargo/bin"))):
        version = subprocess.run([found, "--version"], capture_output=True, text=True).stdout if found else ""
        numbers = re.match(r"cargo (\d+)\.(\d+)", version)
        if numbers and tuple(map(int, numbers.groups())) >= OLDEST_CARGO:
            return found
    return None


def not_run(reason):
    print(f"NOT RUN: {reason}")
    sys.exit(SKIPPED)


SOURCES = {"binaryen": random_modules, "generator": own_modules, "smith": smith_modules}
