#!/usr/bin/env python3
"""Runs a program and compares what it prints with a file.

    expect_output.py EXPECTED PROGRAM [ARGUMENT...]

Each line of EXPECTED must be the program's next line, except that `...` alone
stands for any lines, and `#` within a line for any number. The program must
succeed and print nothing more.
"""

import re
import subprocess
import sys


def pattern(expected):
    lines = []
    for line in expected.splitlines():
        lines.append(r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\#", r"[0-9]+") + r"\n")
    return "".join(lines)


def main(expected_path, *command):
    with open(expected_path, encoding="utf-8") as file:
        expected = file.read()
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    print(done.stdout, end="")
    if done.returncode != 0:
        print(f"FAILED: exit status {done.returncode}")
        return 1
    if not re.fullmatch(pattern(expected), done.stdout):
        print(f"FAILED: expected\n{expected}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
