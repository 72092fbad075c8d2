#!/usr/bin/env python3
"""Checks that includes go one way through the house.

    check_includes.py SOURCE_DIR

Public headers include public headers; each folder of src/ only those that are
listed for it below; LLVM and lld are for src/compiler alone.
"""

import pathlib
import re
import sys

# What each folder may include, besides itself, include/tenon and the standard library.
HEADLESS = ["base", "artifact", "runtime", "wasi", "plugin", "capi"]
ALLOWED = {
    "src/base": [],
    "src/artifact": ["base"],
    "src/runtime": ["base", "artifact"],
    "src/wasi": ["base", "artifact", "runtime"],
    "src/plugin": ["base", "artifact", "runtime", "wasi"],
    "src/capi": ["base", "artifact", "runtime", "wasi", "plugin"],
    "src/wasm": ["base"],
    "src/compiler": ["base", "artifact", "wasm"],
    "tools/tenon": HEADLESS,
    "tools/tenon-compile": ["base", "artifact", "wasm", "compiler"],
    "include/tenon": [],
}
LIBRARY_FOLDERS = HEADLESS + ["wasm", "compiler"]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
LLVM = re.compile(r"^(llvm|llvm-c|lld|clang)/")


def folder_of(path):
    for folder in ALLOWED:
        if path.startswith(folder + "/"):
            return folder
    return None


def problems_in(path, text):
    folder = folder_of(path)
    if folder is None:
        yield f"{path}: its folder is not known to {pathlib.Path(__file__).name}"
        return
    for included in INCLUDE.findall(text):
        top = included.split("/")[0]
        if LLVM.match(included) and folder != "src/compiler":
            yield f"{path}: includes {included}; only src/compiler may"
        elif top in LIBRARY_FOLDERS and "/" in included and f"src/{top}" != folder and top not in ALLOWED[folder]:
            yield f"{path}: includes {included}, against the arrows"
        elif included.startswith("../"):
            yield f"{path}: includes {included}; name it from src/"


def main(root):
    root = pathlib.Path(root)
    files = [path for top in ("src", "tools", "include") for path in sorted((root / top).rglob("*"))
             if path.suffix in (".cpp", ".hpp", ".h", ".S", ".def")]
    problems = [problem for path in files
                for problem in problems_in(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))]
    print("\n".join(problems) or f"{len(files)} files, every include goes one way")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
