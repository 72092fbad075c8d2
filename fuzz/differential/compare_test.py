"""The comparison must see differences: what it lets pass, and what not."""
import contextlib
import io
import os
import pathlib
import tempfile
import unittest
from unittest import mock

import fuzz
from compare import V8_TRAPS, compare, for_wasm_interp
from engines import run_v8
from event_log import Call, Record, parse

TRAP = ("trap", "out of bounds memory access")


def call(logs=(), outcome=("result", ""), memory="1 00000000"):
    return Call("f", list(logs), outcome, memory)


class Compare(unittest.TestCase):
    def assert_alike(self, ours, theirs, *rest):
        self.assertIsNone(compare([ours], [theirs], *rest)[0])

    def assert_different(self, ours, theirs, *rest):
        self.assertIsNotNone(compare([ours], [theirs], *rest)[0])

    def test_each_part_of_a_call_counts(self):
        self.assert_alike(call(), call())
        self.assert_different(call(), call(logs=["i32:00000001"]))
        self.assert_different(call(), call(outcome=("result", "i32:00000001")))
        self.assert_different(call(), call(outcome=TRAP))
        self.assert_different(call(), call(memory="1 00000001"))
        self.assertIsNotNone(compare([call()], [])[0])

    def test_traps_are_compared_by_kind(self):
        self.assert_alike(call(outcome=TRAP), call(outcome=("trap", "memory access out of bounds")), V8_TRAPS)
        self.assert_different(call(outcome=TRAP), call(outcome=("trap", "unreachable")), V8_TRAPS)
        self.assert_different(call(outcome=TRAP), call(outcome=("trap", "a message nobody listed")), V8_TRAPS)

    def test_which_nan_a_lane_holds_does_not_count(self):
        value = "v128:{}3f8000003f8000003f800000".format
        self.assert_alike(call([value("7fc00000")]), call([value("ffc00001")]))
        self.assert_alike(call([f"i32:1 {value('7fc00000')}"]), call([f"i32:1 {value('ffc00001')}"]))
        self.assert_different(call([f"i32:1 {value('7fc00000')}"]), call([f"i32:2 {value('ffc00001')}"]))
        self.assert_different(call([value("7fc00000")]), call([value("7f800000")]))
        self.assert_different(call([value("00000001")]), call([value("00000002")]))

    def test_only_the_default_mode_may_lose_a_trap(self):
        self.assert_alike(call(outcome=TRAP), call(["i32:00000001"]), {}, True)
        self.assert_different(call(outcome=TRAP), call(), {}, False)
        self.assert_different(call(["i32:00000001"], TRAP), call(), {}, True)
        self.assert_different(call(outcome=("trap", "unreachable")), call(), {}, True)

    def test_exhausted_stacks_end_the_comparison(self):
        full = call(outcome=("trap", "Maximum call stack size exceeded"))
        self.assertEqual(compare([call(), call()], [full, call(memory="2 0")], V8_TRAPS), (None, 0))

    def test_logs_are_read(self):
        text = "module m\nplan f params results v128 f32\nrun O0\ncall f\nlog i64:ffffffffffffffff\n" \
               "result v128:00000004000000030000000200000001 f32:3fc00000\nmemory 1 0\nend\n"
        record = parse(text)["m"]
        self.assertEqual(record.end, "end")
        shown = for_wasm_interp(record.plan, record.runs["O0"])[0]
        self.assertEqual(shown.logs, ["i64:18446744073709551615"])
        self.assertEqual(shown.outcome[1], "v128:00000004000000030000000200000001 f32:1.500000")


class Refusals(unittest.TestCase):
    """A module that the other engine refuses is no difference, and is not passed over in silence."""

    def setUp(self):
        fuzz.NOT_COMPARED.clear()

    def test_a_refused_module_is_counted_and_no_difference(self):
        ours = Record(runs={name: [call()] for name in ("O0", "O0-restart", "O1-explicit", "O2", "O2-strict")}, end="end")
        refused = Record(end="refused Compiling function #7 failed: Invalid opcode 0x12")
        with mock.patch("fuzz.run_wasm_interp", return_value=Record(end="timeout")):
            self.assertEqual(fuzz.differences("m", ours, refused), {})
        self.assertEqual(fuzz.NOT_COMPARED["V8"], {"refused Compiling function #N failed: Invalid opcode NxN": 1})
        self.assertEqual(fuzz.NOT_COMPARED["wasm-interp"], {"timeout": 1})

    def test_too_many_refusals_fail_the_run(self):
        fuzz.comparable("V8", Record(end="refused why"))
        with contextlib.redirect_stdout(io.StringIO()) as shown:
            self.assertTrue(fuzz.enough_compared(50, 0.02))
            self.assertFalse(fuzz.enough_compared(49, 0.02))
        self.assertIn("1: refused why", shown.getvalue())

    @unittest.skipUnless(os.environ.get("TENON_NODE"), "TENON_NODE names no V8")
    def test_v8_says_that_it_refuses(self):
        with tempfile.TemporaryDirectory() as name:
            module = pathlib.Path(name) / "m.wasm"
            module.write_bytes(b"\0asm\1\0\0\0\x7f")
            records = run_v8(os.environ["TENON_NODE"], [module], {str(module): Record(end="end")}, pathlib.Path(name))
        self.assertRegex(records[str(module)].end, "^refused ")


if __name__ == "__main__":
    unittest.main()
