#!/usr/bin/env python3
"""Checks that an artifact is hermetic, readable by the usual tools, and that
compiling again gives the same bytes.

    check_artifact.py TENON MODULE.wasm FUNCTION_NAME...
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import check_hardened

# Anything here would make dlopen run code, or load another file.
FORBIDDEN_TAGS = ["NEEDED", "INIT", "INIT_ARRAY", "PREINIT_ARRAY", "FINI", "FINI_ARRAY", "TEXTREL", "RPATH", "RUNPATH"]


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def dynamic_symbols(artifact):
    """(name, is defined) of each entry but the empty first one."""
    for line in output_of("readelf", "-W", "--dyn-syms", artifact).splitlines():
        fields = line.split()
        if len(fields) >= 8 and fields[0].rstrip(":").isdigit():
            yield fields[7], fields[6] != "UND"


def check(artifact, functions):
    tags = set(re.findall(r"\((\w+)\)", output_of("readelf", "-W", "-d", artifact)))
    yield from (f"has {tag}" for tag in FORBIDDEN_TAGS if tag in tags)
    symbols = list(dynamic_symbols(artifact))
    yield from (f"needs the symbol {name}" for name, defined in symbols if not defined)
    exported = [name for name, defined in symbols if defined]
    if exported != ["tenon_artifact"]:
        yield f"exports {exported}"
    yield from check_hardened.problems_of(artifact)
    labels = set(re.findall(r"^[0-9a-f]+ <(.*)>:$", output_of("objdump", "-d", artifact), re.MULTILINE))
    for function in functions:  # behind the index, which makes a label unique; a name may have a path
        if not any(re.search(rf"^wasm\.(tail\.)?\d+\.(.*\W)?{re.escape(function)}$", label) for label in labels):
            yield f"objdump shows no function {function}, only {sorted(labels)[:20]}"


def main(tenon, module, *functions):
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        first, second = (pathlib.Path(folder) / name for name in ("first.so", "another-name.so"))
        for artifact in (first, second):
            subprocess.run([tenon, "compile", module, "-o", artifact], check=True)
        if first.read_bytes() != second.read_bytes():
            failures.append("compiling twice gave different bytes")
        failures += check(first, functions)
    for failure in failures:
        print(f"FAILED: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
