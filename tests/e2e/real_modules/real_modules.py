#!/usr/bin/env python3
"""Compiles, loads and partly runs modules that npm packages carry.

real_modules.py --compiler PATH --host PATH --work DIR [--optimize-all]
real_modules.py --compiler PATH --host PATH --work DIR --large [NAME...]

The packages are those of package-lock.json, installed in DIR. With --large: those of large/package-lock.json,
0.9 GB, whose modules are compiled at -O2 with one thread and loaded, and give the table of
docs/real_modules.md. Exit status: 0 all is well, 1 not all, 77 npm cannot install the packages.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
SKIPPED = 77  # ctest's SKIP_RETURN_CODE

# Of each module: the file, and the level at which the test compiles it. The
# large ones take a minute at -O2, which `make real-modules` gives them.
MODULES = {
    "source-map": ("source-map/lib/mappings.wasm", 2),
    "argon2": ("argon2-browser/dist/argon2.wasm", 2),
    "argon2-simd": ("argon2-browser/dist/argon2-simd.wasm", 2),
    "oxipng": ("@jsquash/oxipng/codec/pkg/squoosh_oxipng_bg.wasm", 1),
    "tree-sitter-python": ("tree-sitter-python/tree-sitter-python.wasm", 1),
    "quickjs": ("@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm", 0),
    "sql.js": ("sql.js/dist/sql-wasm.wasm", 0),
    "webp-simd": ("@jsquash/webp/codec/enc/webp_enc_simd.wasm", 0),
    "zbar": ("@undecaf/zbar-wasm/dist/zbar.wasm", 2),
    "oniguruma": ("vscode-oniguruma/release/onig.wasm", 2),
    "draco": ("draco3d/draco_decoder.wasm", 1),
    "web-tree-sitter": ("web-tree-sitter/web-tree-sitter.wasm", 1),
}

LARGE = {
    "wasmoon": "wasmoon/dist/glue.wasm",
    "tfjs": "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm",
    "rollup": "@rollup/wasm-node/dist/wasm-node/bindings_wasm_bg.wasm",
    "sqlite": "@sqlite.org/sqlite-wasm/sqlite-wasm/jswasm/sqlite3.wasm",
    "brotli": "brotli-wasm/pkg.node/brotli_wasm_bg.wasm",
    "avif": "@jsquash/avif/codec/dec/avif_dec.wasm",
    "zxing": "zxing-wasm/dist/full/zxing_full.wasm",
    "resvg": "@resvg/resvg-wasm/index_bg.wasm",
    "rapier3d": "@dimforge/rapier3d/rapier_wasm3d_bg.wasm",
    "tesseract": "tesseract.js-core/tesseract-core.wasm",
    "tesseract-relaxed": "tesseract.js-core/tesseract-core-relaxedsimd.wasm",
    "vips": "wasm-vips/lib/vips.wasm",
    "tiktoken": "tiktoken/tiktoken_bg.wasm",
    "canvaskit": "canvaskit-wasm/bin/canvaskit.wasm",
    "pglite": "@electric-sql/pglite/dist/pglite.wasm",
    "pyodide": "pyodide/pyodide.asm.wasm",
    "esbuild": "esbuild-wasm/esbuild.wasm",
    "onnxruntime": "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
    "magick": "@imagemagick/magick-wasm/dist/x86/magick.wasm",
    "lightningcss": "lightningcss-wasm/lightningcss_node.wasm",
    "ruby": "@ruby/3.4-wasm-wasi/dist/ruby.wasm",
    "swc": "@swc/wasm/wasm_bg.wasm",
    "php": "@php-wasm/web-8-4/jspi/8_4_25/php_8_4.wasm",
    "ffmpeg": "@ffmpeg/core/dist/umd/ffmpeg-core.wasm",
    "duckdb": "@duckdb/duckdb-wasm/dist/duckdb-eh.wasm",
    "z3": "z3-solver/build/z3-built.wasm",
    "opencascade": "opencascade.js/dist/opencascade.wasm.wasm",
}

MAPPINGS = [
    "AAAA",
    "AAAAA,CAACC;;EAEA,YAAYC",
    ";AACA,SAAS,CAAC;GCAV,QAAQ;;;AAAAA",
    "gzWCcsCaz9B,CDEAC",
    "A",
    "A!",
    "ADAA",
    "AAA",
    "gggggggggggggB",
]
PASSWORDS = [("correct horse", "battery staple"), ("", "eight bytes"), ("Wie geht's? 👋" * 20, "12345678")]


def install(packages, work):
    work.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(packages / name, work)
    lock, installed = work / "package-lock.json", work / "installed-lock.json"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return work / "node_modules"
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        print(f"skipped: npm cannot install the packages that carry the modules: {reason}")
        sys.exit(SKIPPED)
    shutil.copy(lock, installed)
    return work / "node_modules"


class Run:
    def __init__(self, options):
        self.options = options
        self.failures = 0
        self.modules = install(HERE, options.work)

    def check(self, what, complaint):
        print(f"{'FAILED' if complaint else 'ok'}: {what}{': ' + complaint if complaint else ''}", flush=True)
        self.failures += bool(complaint)

    def output(self, *command):
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=600)
        return done.stdout if done.returncode == 0 else f"failed: {done.stderr.strip()[:500]}"

    def artifact(self, name):
        return self.options.work / f"{name}.so"

    def compile_and_load(self, name, wasm, level):
        start = time.monotonic()
        said = self.output(self.options.compiler, self.modules / wasm, f"-O{level}", "-o", self.artifact(name))
        self.check(f"{name} compiles at -O{level} ({time.monotonic() - start:.1f} s)", said)
        if not said:
            self.check(f"{name} loads", self.output(self.options.host, "load", self.artifact(name)))

    def same_as_node(self, what, name, arguments, oracle_arguments):
        got = self.output(self.options.host, what, self.artifact(name), *arguments)
        wanted = self.output("node", HERE / "oracle.js", self.modules.resolve(), what, *oracle_arguments)
        self.check(f"{name}: {what} {arguments}", "" if got == wanted else f"{got!r}, but node gives {wanted!r}")

    def all(self):
        for name, (wasm, level) in MODULES.items():
            self.compile_and_load(name, wasm, 2 if self.options.optimize_all else level)
        for text in MAPPINGS:
            self.same_as_node("mappings", "source-map", (text,), (text,))
        for name in ("argon2", "argon2-simd"):
            for pair in PASSWORDS:
                self.same_as_node("argon2", name, pair, (self.modules / MODULES[name][0], *pair))
        return self.failures


class LargeRun:
    """One module after the other, with one thread, so that times can be compared."""

    def __init__(self, options):
        self.options = options
        self.work = options.work / "large"
        self.modules = install(HERE / "large", self.work)

    def compile(self, wasm, artifact):
        command = [self.options.compiler, wasm, "-O2", "-j1", "-o", artifact]
        start = time.monotonic()
        child = subprocess.Popen([str(part) for part in command], stderr=subprocess.PIPE, text=True)
        said = child.stderr.read().strip()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        return said, time.monotonic() - start, usage

    def one(self, name):
        wasm, artifact = self.modules / LARGE[name], self.work / f"{name}.so"
        said, seconds, usage = self.compile(wasm, artifact)
        row = f"| `{LARGE[name]}` | {wasm.stat().st_size / 1e6:.2f} | {usage.ru_utime + usage.ru_stime:.0f} "
        row += f"| {seconds:.0f} | {usage.ru_maxrss // 1024} "
        if not said:
            start = time.monotonic()
            done = subprocess.run([self.options.host, "load", artifact], capture_output=True, text=True)
            said = done.stderr.strip()
            row += f"| {artifact.stat().st_size / 1e6:.2f} | {(time.monotonic() - start) * 1000:.0f} "
        print(f"{row}| {said or 'ok'} |", flush=True)
        return 1 if said else 0

    def all(self):
        print("| Module | MB | CPU s | s | MiB | artifact MB | load ms | |\n|---|---:|---:|---:|---:|---:|---:|---|")
        return sum(self.one(name) for name in self.options.names or LARGE)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--optimize-all", action="store_true", help="-O2 for the large modules, too")
    parser.add_argument("--large", action="store_true", help="the modules of large/ instead")
    parser.add_argument("names", nargs="*", help="of --large, only these")
    options = parser.parse_args()
    return 1 if (LargeRun if options.large else Run)(options).all() else 0


if __name__ == "__main__":
    sys.exit(main())
