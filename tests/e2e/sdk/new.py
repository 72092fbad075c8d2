#!/usr/bin/env python3
"""Makes a project by `tenon new`, builds it, tests it, and runs its host, as its README says.

new.py --language c|cpp|assemblyscript --tool PATH --include DIR --library DIR --work DIR

Exit status: 0 all is well, 1 not all, 77 the language's tools are missing.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77  # ctest's SKIP_RETURN_CODE
NEEDS = {"c": ["clang-22", "/usr/lib/wasm32-wasi/libc.a"],
         "cpp": ["clang++-22", "/usr/include/wasm32-wasi/c++/v1/string"],
         "assemblyscript": ["npm"]}


def run(command, folder):
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, timeout=500, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed: {(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--language", choices=NEEDS, required=True)
    for name in ("--tool", "--include", "--library", "--work"):
        parser.add_argument(name, type=pathlib.Path, required=True)
    options = parser.parse_args()
    for need in ("make", *NEEDS[options.language]):
        if not shutil.which(need) and not pathlib.Path(need).is_file():
            print(f"skipped: there is no {need}")
            sys.exit(SKIPPED)

    os.environ["PATH"] = f"{options.tool.parent}{os.pathsep}{os.environ['PATH']}"
    options.work.mkdir(parents=True, exist_ok=True)
    project = options.work / "project"
    shutil.rmtree(project, ignore_errors=True)
    run(["tenon", "new", options.language, project], options.work)
    for target in ([], ["test"]):
        print(run(["make", *target], project))
    run([os.environ.get("CXX", "g++"), "-std=c++23", "host.cpp", f"-I{options.include}", f"-L{options.library}", "-ltenon",
         f"-Wl,-rpath,{options.library}", "-o", "build/host"], project)
    answer = run(["build/host"], project)
    if answer != "greeting: hello\n":
        sys.exit(f"the host printed {answer!r}")


if __name__ == "__main__":
    main()
