#!/usr/bin/env python3
"""Checks that the example at the head of each public header compiles.

    check_examples.py INCLUDE_DIR COMPILER [OPTION...]

The example is the indented lines (`//   code`) of the header's first comment. Each becomes
the body of a function that may use the names of PREAMBLE: what the reader of the header has
already, such as a store. An error names the header and the line.
"""

import pathlib
import subprocess
import sys

STRICT = ["-std=c++23", "-Wall", "-Wextra", "-Werror", "-Wno-unused-variable", "-Wno-unused-but-set-variable",
          "-fsyntax-only", "-x", "c++", "-"]
NO_EXAMPLE = {"api.hpp"}  # it has a macro only
PREAMBLE = """
#include <cstring>
#include <iostream>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <tenon/tenon.hpp>

extern tenon::Store store;
extern tenon::Imports imports;
extern std::expected<tenon::Module, tenon::Error> module;
extern std::expected<tenon::Instance, tenon::Error> instance;
extern std::expected<tenon::Plugin, tenon::Error> plugin;
extern std::string key, payload, text;
extern std::uint64_t address;
void fail(const tenon::Error& error);
"""


def example(header):
    """The number of the first line of the example, and its lines."""
    first, code = 0, []
    for number, line in enumerate(header.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("//"):
            break
        is_code = line.startswith("//   ")
        if is_code and not code:
            first = number
        if code or is_code:
            code.append(line[2:] if is_code else "")
    return first, code


def main(include, *compiler):
    folder = pathlib.Path(include)
    headers = sorted(folder.glob("tenon/*.hpp"))
    source, without = PREAMBLE, []
    for header in headers:
        first, code = example(header)
        if not code and header.name not in NO_EXAMPLE:
            without.append(header.name)
        body = "\n".join(code)
        source += f'void example_of_{header.stem}() {{\n#line {first} "{header}"\n{body}\n}}\n'
    done = subprocess.run([*compiler, f"-I{folder}", *STRICT], input=source, text=True, check=False)
    for name in without:
        print(f"FAILED: {name} begins with no example")
    print(f"{len(headers)} headers, {len(without)} without an example")
    return 1 if done.returncode != 0 or without or not headers else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
