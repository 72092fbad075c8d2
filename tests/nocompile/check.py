#!/usr/bin/env python3
"""Checks that a source does not compile, and for the right reason.

    check.py SOURCE COMPILER [OPTION...]

The source has a comment `// expect: REGEX` for each thing that the compiler's
errors must say, and `// errors: N` where they must be no more than N. With FIXED defined it must compile, so that what is refused is
the mistake and nothing else.
"""

import re
import subprocess
import sys


def compile_source(command, *options):
    return subprocess.run([*command, *options], stderr=subprocess.PIPE, encoding="utf-8", check=False)


def main(source, *compiler):
    with open(source, encoding="utf-8") as file:
        text = file.read()
    expected = re.findall(r"^// expect: (.*)$", text, re.MULTILINE)
    most = re.search(r"^// errors: (\d+)$", text, re.MULTILINE)
    command = [*compiler, source]
    failures = [] if expected else ["the source expects nothing"]

    wrong = compile_source(command)
    if wrong.returncode == 0:
        failures.append("it compiles")
    failures += [f"no error says: {regex}" for regex in expected if not re.search(regex, wrong.stderr)]

    errors = len(re.findall(r"\berror: ", wrong.stderr))
    if most and errors > int(most[1]):
        failures.append(f"{errors} errors, more than {most[1]}")

    fixed = compile_source(command, "-DFIXED")
    if fixed.returncode != 0:
        failures.append("it does not compile with FIXED either:\n" + fixed.stderr)

    for failure in failures:
        print(f"FAILED: {failure}")
    if failures:
        print(wrong.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
