#!/usr/bin/env python3
"""Compiles, loads and partly runs modules that npm packages carry.

real_modules.py --compiler PATH --host PATH --work DIR [--optimize-all]

The packages are those of package-lock.json, installed in DIR. Exit status: 0
all is well, 1 not all, 77 npm cannot install the packages.
"""

import argparse
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


def install(work):
    work.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, work)
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
        self.modules = install(options.work)

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
        wanted = self.output(self.options.node, HERE / "oracle.js", self.modules.resolve(), what, *oracle_arguments)
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--node", required=True, help="the Node.js to compare with")
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--optimize-all", action="store_true", help="-O2 for the large modules, too")
    return 1 if Run(parser.parse_args()).all() else 0


if __name__ == "__main__":
    sys.exit(main())
