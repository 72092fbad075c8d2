#!/usr/bin/env python3
"""Prints a fenced block of a Markdown file.

    readme_block.py FILE LANGUAGE WORD      the only block in LANGUAGE that contains WORD
"""

import re
import sys


def main(path, language, word):
    with open(path, encoding="utf-8") as file:
        blocks = re.findall(rf"^```{language}\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
    found = [block for block in blocks if word in block]
    if len(found) != 1:
        print(f"{path} has {len(found)} {language} blocks with {word}", file=sys.stderr)
        return 1
    print(found[0], end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
