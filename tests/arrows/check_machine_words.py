#!/usr/bin/env python3
"""Checks that only the machine's rooms know a machine.

    check_machine_words.py SOURCE_DIR            # print what is wrong
    check_machine_words.py SOURCE_DIR --planted  # check that what is wrong is found

A word of a machine (a register, an instruction, a level of a processor, an LLVM
intrinsic or pass of its own) stands in a folder machine/ alone, comments included: who
adds a machine reads those folders and no others.
"""

import pathlib
import re
import sys

WORD = re.compile(
    r"(?<![A-Za-z0-9])(x86[-_a-z0-9]*|X86\w*|aarch64|AArch64\w*|[xyz]mm\d*|e?flags_register|r(?:sp|ip|ax|bx|cx|dx|di|si|bp)|"
    r"r(?:8|9|1[0-5])|sse[0-9.]*|avx\w*|ud[12]|pshuf\w*|pmadd\w*|packus\w*|cvttp[sd]2dq|m(?:in|ax)[ps][sd]|cmov\w*|"
    r"mxcsr|REG_R\w+|gregs)(?![A-Za-z0-9])")
FOLDERS = ("base", "trust", "artifact", "wasm", "compiler", "runtime", "wasi", "plugin")


def problems_in(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        for word in WORD.findall(line):
            yield f"src/{name}:{number}: \"{word}\" is for a folder machine/"


def problems_of(source):
    for folder in FOLDERS:
        for path in sorted((source / folder).rglob("*")):
            name = path.relative_to(source).as_posix()
            if path.suffix in (".cpp", ".hpp", ".h", ".S", ".def") and "/machine/" not in name:
                yield from problems_in(name, path.read_text(encoding="utf-8"))


PLANTED = ("  auto id = Intrinsic::x86_sse2_pmadd_wd;", "// minps does this", "  asm(\"mov %r13, %rax\");",
           "  context.uc_mcontext.gregs[REG_RIP] = 0;", "#include <llvm/IR/IntrinsicsX86.h>  // X86", "if (cpu == \"x86-64-v3\")")
FINE = ("  return essence;", "// r 13, rips, parse, assert", "int x87 = 0;")


def check_planted():
    missed = [line for line in PLANTED if not list(problems_in("planted.cpp", line))]
    wrong = [line for line in FINE if list(problems_in("planted.cpp", line))]
    print("\n".join([f"not found: {line}" for line in missed] + [f"found: {line}" for line in wrong]) or
          f"{len(PLANTED)} planted lines found, {len(FINE)} others not")
    return 1 if missed or wrong else 0


def main():
    if "--planted" in sys.argv:
        return check_planted()
    problems = list(problems_of(pathlib.Path(sys.argv[1]) / "src"))
    print("\n".join(problems) or "only machine/ knows a machine")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
