#!/usr/bin/env python3
"""Checks that includes go one way through the house.

    check_includes.py SOURCE_DIR            # print the rooms, their arrows, and what is wrong
    check_includes.py SOURCE_DIR --planted  # check that what is wrong is found

Public headers include public headers; each folder of src/ only those that are
listed for it below; LLVM and lld are for src/compiler alone. Inside a folder
with rooms each includes only rooms before it. A unit is a .cpp with its .hpp: no ring of
units that include each other is larger than two.
"""

import argparse
import collections
import pathlib
import re
import shutil
import sys
import tempfile

# What each folder may include, besides itself, include/tenon and the standard library.
HEADLESS = ["base", "trust", "artifact", "runtime", "wasi", "plugin", "capi"]
ALLOWED = {
    "src/base": [],
    "src/trust": ["base"],
    "src/artifact": ["base"],
    "src/runtime": ["base", "trust", "artifact"],
    "src/wasi": ["base", "artifact", "runtime"],
    "src/plugin": ["base", "trust", "artifact", "runtime", "wasi"],
    "src/capi": ["base", "trust", "artifact", "runtime", "wasi", "plugin"],
    "src/wasm": ["base"],
    "src/compiler": ["base", "artifact", "wasm"],
    "tools/shared": ["base"],
    "tools/tenon": HEADLESS,
    "tools/tenon-compile": ["base", "artifact", "wasm", "compiler"],
    "include/tenon": [],
}
# Numbers that types have in the process are the runtime's; files and modules have their own.
RUN_SIDE_ALONE = "base/type_registry.hpp"
# Rooms inside a folder, each above those before it. What is in no room stands for the
# empty name, or where there is none comes last, but for headers that all of the folder may use.
ROOMS = {
    "artifact": ["machine"],
    "wasm": ["", "validate", "reader"],
    "runtime": ["machine", "memory", "code", "call", "instance", "api"],
    "compiler": ["machine", "check", "analyze", "optimize", "lower", "emit"],
    "wasi": ["files", "table", "guest", "calls"],
}
ALL_IN_ROOMS = ["runtime"]
# Folders whose rooms, however many, know nothing of one another or of what is above them.
SIBLINGS = ["plugin"]
FOR_ALL = ["compiler/llvm.hpp", "compiler/options.hpp", "plugin/protocol.hpp", "plugin/line_log.hpp",
           "plugin/exported_function.hpp", "plugin/host_texts.hpp", "wasi/errno.hpp", "wasi/random.hpp"]
LARGEST_RING = 2
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
        elif included == RUN_SIDE_ALONE and folder in ("src/artifact", "src/wasm", "src/compiler"):
            yield f"{path}: includes {included}, which is for the run side"
        elif top in LIBRARY_FOLDERS and "/" in included and f"src/{top}" != folder and top not in ALLOWED[folder]:
            yield f"{path}: includes {included}, against the arrows"
        elif included.startswith("../"):
            yield f"{path}: includes {included}; name it from src/"


def place_of(path):
    """A folder with rooms, and the number of the room: (None, 0) where there are none."""
    parts = path.split("/")
    rooms = ROOMS.get(parts[0])
    if rooms is None or path in FOR_ALL:
        return None, 0
    room = parts[1] if len(parts) > 2 else ""
    return parts[0], rooms.index(room) if room in rooms else len(rooms)


def problems_of_rooms(path, text):
    if not path.startswith("src/"):
        return
    path = path.removeprefix("src/")
    parts = path.split("/")
    if parts[0] in SIBLINGS and len(parts) > 2:
        for included in INCLUDE.findall(text):
            if included.startswith(parts[0] + "/") and included not in FOR_ALL and included.split("/")[1] != parts[1]:
                yield f"src/{path}: includes {included}, which is not for {parts[1]}"
    folder, room = place_of(path)
    if folder in ALL_IN_ROOMS and room == len(ROOMS[folder]):
        yield f"src/{path}: is in no room of src/{folder}"
        return
    for included in INCLUDE.findall(text) if folder else ():
        other_folder, other = place_of(included)
        if other_folder == folder and other > room:
            yield f"src/{path}: includes {included}, back up from {ROOMS[folder][room] or folder}"


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
        if len(ring) > LARGEST_RING:
            yield f"a ring of {len(ring)} units: {', '.join(ring)}"


def sources(root):
    return [path for top in ("src", "tools", "include") for path in sorted((root / top).rglob("*"))
            if path.suffix in (".cpp", ".hpp", ".h", ".S", ".def")]


def problems_of(root):
    files = sources(root)
    problems = [] if files else [f"{root}: no sources"]
    for path in files:
        name, text = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        problems += [*problems_in(name, text), *problems_of_rooms(name, text)]
    return problems + list(problems_of_rings(files, root))


def name_of_room(path):
    parts = path.split("/")
    if parts[0] in ROOMS and len(parts) > 2 and parts[1] in ROOMS[parts[0]]:
        return "/".join(parts[:2])
    return parts[0]


def draw(root):
    """Each room with the number of its files and the rooms that it includes."""
    count, arrows = collections.Counter(), collections.defaultdict(set)
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        if not name.startswith("src/"):
            continue
        room = name_of_room(name.removeprefix("src/"))
        count[room] += 1
        for included in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if (root / "src" / included).exists() and name_of_room(included) != room:
                arrows[room].add(name_of_room(included))
    for room in sorted(count):
        print(f"{room:20} {count[room]:3} files -> {' '.join(sorted(arrows[room]))}")


# What is added to a file, and what must be said of it.
PLANTED = [
    ("src/runtime/memory/budget.hpp", '#include "runtime/call/signals.hpp"', "back up from memory"),
    ("src/compiler/optimize/optimize.hpp", '#include "compiler/lower/slots.hpp"', "back up from optimize"),
    ("src/compiler/lower/slots.hpp", '#include "compiler/unit.hpp"', "back up from lower"),
    ("src/wasm/module.hpp", '#include "wasm/reader/reader.hpp"', "back up from wasm"),
    ("src/plugin/assemblyscript/exchange.hpp", '#include "plugin/protocols.hpp"', "which is not for assemblyscript"),
    ("src/plugin/another/another.hpp", '#include "plugin/assemblyscript/exchange.hpp"', "which is not for another"),
    ("src/base/utf8.hpp", '#include "wasm/module.hpp"', "against the arrows"),
    ("src/wasi/files/handle.hpp", '#include "wasi/guest/guest_memory.hpp"', "back up from files"),
    ("src/wasi/wasi.cpp", "#include <llvm/IR/Module.h>", "only src/compiler may"),
    ("src/artifact/note.cpp", '#include "base/type_registry.hpp"', "which is for the run side"),
    ("src/runtime/planted.hpp", "", "is in no room"),
    ("src/base/bytes.hpp", '#include "base/utf8.hpp"\n#include "base/error.hpp"', "a ring of 3 units"),
]


def check_planted(root):
    found_all = True
    for name, line, complaint in PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder)
            for top in ("src", "tools", "include"):
                shutil.copytree(root / top, copy / top)
            path = copy / name
            path.parent.mkdir(exist_ok=True)
            path.write_text((path.read_text(encoding="utf-8") if path.exists() else "") + "\n" + line + "\n", encoding="utf-8")
            if "ring of 3" in complaint:
                for other, included in (("utf8", "error"), ("error", "bytes")):
                    with (copy / f"src/base/{other}.hpp").open("a", encoding="utf-8") as file:
                        file.write(f'\n#include "base/{included}.hpp"\n')
            found = any(complaint in problem for problem in problems_of(copy))
            found_all = found_all and found
            print(f"{name}: \"{complaint}\" {'found' if found else 'NOT FOUND'}")
    return 0 if found_all else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--planted", action="store_true")
    options = parser.parse_args()
    if options.planted:
        return check_planted(options.root)
    draw(options.root)
    problems = problems_of(options.root)
    print("\n".join(problems) or "every include goes one way")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
