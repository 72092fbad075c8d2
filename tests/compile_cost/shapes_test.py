#!/usr/bin/env python3
"""Compiles small modules that once took the compiler out of proportion.

shapes_test.py --compiler PATH [NAME…]

Each keeps the line of docs/limits.md in memory, or is refused in one line that
names the limit. Times are printed, not judged; what takes a minute of processor
time is stopped, so that a product come back does not hold up the suite for hours.
Exit status: 0 all so, 1 not all.
"""

import argparse
import pathlib
import sys
import tempfile

from search import MB, Runner
from shapes import Module, Piece, encode

COMPILES, REFUSED = "compiles", "is refused"


def line(size):
    """Bytes of memory for a module of so many bytes, at every level."""
    return 400 * MB + 5120 * size


def holding(kind, count, inside, width=1):
    return (Piece(kind, count, width, inside),)


# Named for what went wrong. Widths are indices: 7 stands for a thousand values.
CASES = {
    "locals_times_loops": (Module(holding("loops", 1000, (Piece("sets", 1000),)), locals=1000), COMPILES),
    "locals_times_ways_out_of_a_block": (
        Module(holding("live_locals", 1000, holding("blocks", 1, (Piece("sets", 1000), Piece("branches_out", 5000)))),
               locals=1000), COMPILES),
    "locals_times_calls_in_a_try": (
        Module(holding("tries", 1, holding("repeated", 2000, (Piece("sets", 3, 5), Piece("calls", 2)))), locals=1500),
        COMPILES),
    "counted_loops_in_loops": (Module((Piece("counted_loops", 5000, 7),)), COMPILES),
    "operands_times_blocks": (Module(holding("live_operands", 3000, (Piece("leaving_blocks", 3000),))), COMPILES),
    "operands_times_divisions": (Module(holding("live_operands", 3000, (Piece("divisions", 3000),))), COMPILES),
    "locals_times_blocks": (
        Module(holding("live_locals", 3000, holding("repeated", 3000, (Piece("leaving_blocks", 1),))), locals=3000),
        COMPILES),
    "declared_locals_times_functions": (Module(functions=5000, locals=49_000), COMPILES),
    "calls_times_open_blocks": (Module(holding("blocks", 49_000, (Piece("calls", 20_000),))), COMPILES),
    "clauses_times_operands": (Module(holding("live_operands", 10_000, (Piece("catches", 20_000),))), COMPILES),
    "calls_of_an_import_with_a_thousand_values": (Module((Piece("wide_calls", 40, 7),)), COMPILES),
    "more_such_calls": (Module((Piece("wide_calls", 1000, 7),)), REFUSED),
    "such_calls_in_many_functions": (Module((Piece("wide_calls", 2, 7),), functions=1000), REFUSED),
    "as_many_values_moved_as_may_be": (Module((Piece("wide_calls", 9000, 4), Piece("sets", 6000))), COMPILES),
    "a_thousand_results_at_a_time": (Module((Piece("result_calls", 20, 7),)), COMPILES),
    "blocks_of_a_thousand_values": (Module((Piece("wide_blocks", 90, 7),)), COMPILES),
    "more_such_blocks": (Module((Piece("wide_blocks", 2000, 7),)), REFUSED),
    "more_such_loops": (Module((Piece("wide_loops", 2000, 7),)), REFUSED),
    "more_such_conditions": (Module((Piece("wide_ifs", 2000, 7),)), REFUSED),
    "branches_with_a_thousand_values": (Module((Piece("wide_branches", 2000, 7),)), REFUSED),
    "functions_with_a_thousand_parameters": (Module(functions=5000, parameters=8), REFUSED),
    "exports_of_one_with_a_thousand_parameters": (Module(exports=5000, parameters=8), REFUSED),
    "many_types_that_need_entries": (Module(types=1000), COMPILES),
    "one_argument_again_and_again": (Module((Piece("argument_calls", 500, 4),), locals=1), COMPILES),
    "one_long_block_of_loads": (Module((Piece("loads", 30_000),)), COMPILES),
    "one_long_block_of_stores": (Module((Piece("copies", 20_000),)), COMPILES),
    "tables_times_passive_segments": (
        Module((Piece("indirect_calls", 40_000),), tables=40_000, elements=1, passive_elements=1_000_000), COMPILES),
    "a_small_function_inlined_again_and_again": (
        Module((Piece("small_calls", 30_000),), helpers=1, helper_size=20), COMPILES),
    "small_functions_that_call_small_functions": (
        Module((Piece("small_calls", 5000),), helpers=30, helper_size=5), COMPILES),
    "rings_of_functions": (Module(helpers=5000, helper_size=0, ring=2), COMPILES),
    "loops_of_known_length": (
        Module(holding("repeated", 1000, (Piece("known_loops", 3, 8),))), COMPILES),
    "loops_over_arrays": (Module((Piece("array_loops", 2000, 11),)), COMPILES),
    "loops_that_go_on_with_one_counter": (Module((Piece("array_loops", 2000, 0),)), COMPILES),
    "conditions_on_what_calls_may_change": (Module((Piece("guarded_calls", 16_000),)), COMPILES),
    "references_to_one_function": (Module((Piece("own_references", 16_000),), helpers=1), COMPILES),
    "shared_loads_between_conditions": (Module((Piece("loaded_divisions", 12_000),), shared=1), COMPILES),
    "guards_on_one_number": (Module((Piece("guards", 700),), parameters=2), COMPILES),
    "many_more_guards_on_one_number": (Module((Piece("guards", 5000),), parameters=2), COMPILES),
    "tests_of_loads_that_come_twice": (Module((Piece("tested_loads", 5600, 3),), parameters=3), COMPILES),
    "an_or_of_loads_that_come_twice": (Module((Piece("tested_loads", 9000, 0),), parameters=3), COMPILES),
    "a_xor_of_loads_that_come_twice": (Module((Piece("tested_loads", 14_000, 1),), parameters=3), COMPILES),
    "tail_calls_behind_conditions": (Module((Piece("tail_calls", 10_000, 1),), parameters=3), COMPILES),
    "tries_in_tries": (Module(holding("tries", 4900, (Piece("calls", 1),))), COMPILES),
    "more_tries_in_tries": (Module(holding("tries", 18_000, (Piece("calls", 1),))), REFUSED),
    "divisions_by_one_number": (Module((Piece("divisions_by_one", 3000, 0),), parameters=2), COMPILES),
    "one_number_in_very_many_addresses": (
        Module((Piece("references", 3001, 10),
                Piece("tries", 100, 1, (Piece("wide_ifs", 10, 7), Piece("polynomial", 10, 0), Piece("bulk", 1000, 2)))),
               parameters=0, memories=5), COMPILES),
    "small_costly_functions_between_plain_ones": (
        Module(holding("loops", 60, (Piece("sets", 60),)), functions=2000, locals=60, types=1000), COMPILES),
}


def complaint(found, wanted):
    refused = found.status.startswith(", status 1: ") and "limit" in found.status
    if found.status and not refused:
        return found.status[2:]
    if refused != (wanted == REFUSED):
        return "was refused" + found.status if refused else "was not refused"
    if found.memory > line(found.size):
        return f"took {found.memory / MB:.0f} MB; the line is at {line(found.size) / MB:.0f}"
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("names", nargs="*", help="only these")
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(str(pathlib.Path(options.compiler).absolute()), pathlib.Path(folder), seconds=60, memory=8 << 30)
        for name in options.names or CASES:
            shape, wanted = CASES[name]
            for level in ("0", "2"):
                found = runner.run(shape, level)
                problem = complaint(found, wanted)
                failed += bool(problem)
                print(f"{name} at -O{level}: {found.size} bytes, {found.memory / MB:.0f} MB, {found.seconds:.2f} s"
                      f"{': ' + problem if problem else ''}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
