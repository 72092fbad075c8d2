#!/usr/bin/env python3
"""Adds up a JUnit file that ctest wrote.

Prints how many assertions of the official WebAssembly suite passed, read from
the closing line "N passed, N failed" of each test named spec.*, and, last,
"N passed, N failed" for the tests themselves. Fails where any test did, or
where none ran.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

CLOSING_LINE = re.compile(r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$", re.MULTILINE)


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status") in ("disabled", "notrun"):
        return "skipped"
    return "passed"


def spec_assertions(cases):
    """A line for each test that ran the official suite."""
    for case in cases:
        lines = CLOSING_LINE.findall(case.findtext("system-out") or "")
        if case.get("name", "").startswith("spec.") and lines:
            passed, failed, skipped = (int(count or 0) for count in lines[-1])
            yield f"{case.get('name')}: {passed:,} assertions held, {failed:,} did not, {skipped:,} were left out"


def main(path):
    try:
        cases = list(ElementTree.parse(path).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError) as error:
        print(f"no test results: {error}", file=sys.stderr)
        cases = []
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for case in cases:
        counts[outcome(case)] += 1

    print("", *spec_assertions(cases), sep="\n")
    tail = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"\n{counts['passed']} passed, {counts['failed']} failed{tail}")
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
