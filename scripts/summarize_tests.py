#!/usr/bin/env python3
"""Adds up a JUnit file that ctest wrote.

Prints how many assertions of the official WebAssembly suite passed, read from
the closing lines "N passed, N failed" of the tests named spec.*, and, last,
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
    totals = [0, 0, 0]
    for case in cases:
        lines = CLOSING_LINE.findall(case.findtext("system-out") or "")
        if case.get("name", "").startswith("spec.") and lines:
            totals = [total + int(count or 0) for total, count in zip(totals, lines[-1])]
    return totals


def main(path):
    try:
        cases = list(ElementTree.parse(path).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError) as error:
        print(f"no test results: {error}", file=sys.stderr)
        cases = []
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for case in cases:
        counts[outcome(case)] += 1

    passed, failed, skipped = spec_assertions(cases)
    if passed + failed:
        print(f"\nOfficial WebAssembly suite: {passed:,} assertions held, {failed:,} did not, {skipped:,} were left out")
    tail = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"\n{counts['passed']} passed, {counts['failed']} failed{tail}")
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
