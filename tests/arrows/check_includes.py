#!/usr/bin/env python3
"""Checks that includes go one way through the house.

    check_includes.py SOURCE_DIR

Public headers include public headers; each folder of src/ only those that are
listed for it below; LLVM and lld are for src/compiler alone. Inside src/runtime
each room includes only rooms before it. A unit is a .cpp with its .hpp: no ring of
units that include each other is larger than two.
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
# Rooms of src/runtime, each above those before it.
ROOMS = ["machine", "memory", "code", "call", "instance", "api"]
LARGEST_RING = 2
RINGS_ALLOWED_IN = ("src/compiler/",)  # its rooms are still to come
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


def room_of(path):
    parts = path.split("/")
    return parts[2] if path.startswith("src/runtime/") and len(parts) > 3 else None


def problems_of_rooms(path, text):
    room = room_of(path)
    if path.startswith("src/runtime/") and room not in ROOMS:
        yield f"{path}: is in no room of src/runtime"
        return
    for included in INCLUDE.findall(text) if room else ():
        other = room_of(f"src/{included}")
        if other in ROOMS and ROOMS.index(other) > ROOMS.index(room):
            yield f"{path}: includes {included}, back up from {room}"


def rings(files, root):
    """The units of each ring, found by Tarjan's algorithm."""
    names = {path.relative_to(root / "src").with_suffix("").as_posix() for path in files if (root / "src") in path.parents}
    arrows = {name: set() for name in names}
    for path in files:
        if (root / "src") not in path.parents:
            continue
        name = path.relative_to(root / "src").with_suffix("").as_posix()
        for included in INCLUDE.findall(path.read_text(encoding="utf-8")):
            target = pathlib.PurePosixPath(included).with_suffix("").as_posix()
            if target in names and target != name:
                arrows[name].add(target)
    index, low, stack, found = {}, {}, [], []

    def visit(name):
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in arrows[name]:
            if target not in index:
                visit(target)
            if target in stack:
                low[name] = min(low[name], low[target])
        if low[name] == index[name]:
            at = stack.index(name)
            found.append(sorted(stack[at:]))
            del stack[at:]

    sys.setrecursionlimit(10_000)
    for name in sorted(names):
        if name not in index:
            visit(name)
    return [ring for ring in found if len(ring) > 1]


def problems_of_rings(files, root):
    for ring in rings(files, root):
        if len(ring) > LARGEST_RING and not all(f"src/{name}".startswith(RINGS_ALLOWED_IN) for name in ring):
            yield f"a ring of {len(ring)} units: {', '.join(ring)}"


def main(root):
    root = pathlib.Path(root)
    files = [path for top in ("src", "tools", "include") for path in sorted((root / top).rglob("*"))
             if path.suffix in (".cpp", ".hpp", ".h", ".S", ".def")]
    problems = [problem for path in files
                for problem in problems_in(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))]
    for path in files:
        problems += problems_of_rooms(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    problems += problems_of_rings(files, root)
    print("\n".join(problems) or f"{len(files)} files, every include goes one way")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
