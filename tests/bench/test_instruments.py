#!/usr/bin/env python3
"""The instruments themselves: verdicts, the published table, and, where it is built, the load
generator, whose count of answers must be the register's count of events."""

import json
import subprocess
import tempfile
import unittest
import urllib.request
from pathlib import Path

import machine
import product
import table
from goals import GOALS

GOAL = {goal.number: goal for goal in GOALS}


def result(medians):
    return {"machine": machine.describe(Path("/")) | {"versions": {"x": "1"}},
            "settings": {"rounds": 1, "seconds": 1.0, "events": 10, "verified": 10,
                         "sizes": [10, 100]},
            "rounds": {name: [value] for name, value in medians.items()}, "medians": medians,
            "skipped": [], "busy_rounds": 1, "begun_rounds": 2}


class Verdicts(unittest.TestCase):
    def test_more_is_better(self):
        for rate, verdict in ((75, "goal"), (74, "floor"), (45, "floor"), (44, "missed")):
            self.assertEqual(GOAL["1"].verdict({"append64": rate, "rocksdb_ideal64": 100}), verdict)

    def test_less_is_better(self):
        for micros, verdict in ((40, "goal"), (41, "floor"), (80, "floor"), (81, "missed")):
            medians = {"append64_p99": micros, "postgres_plain_p99": 100}
            self.assertEqual(GOAL["5"].verdict(medians), verdict)

    def test_what_was_not_measured_is_not_met(self):
        for goal in GOALS:
            self.assertEqual(goal.verdict({}), "not measured", goal.number)

    def test_growth_is_the_dearest_size_over_the_cheapest(self):
        medians = {"growth/view_us/10": 100, "growth/view_us/100": 131, "growth/view_us/1000": 120}
        self.assertAlmostEqual(GOAL["16b"].measured(medians), 1.31)
        self.assertEqual(GOAL["16b"].verdict(medians), "missed")


class Published(unittest.TestCase):
    def test_both_readmes_have_one_place_for_the_table(self):
        for name in ("README.md", "README.zh-CN.md"):
            text = (product.ROOT / name).read_text(encoding="utf-8")
            for mark in table.MARKS:
                self.assertEqual(text.count(mark), 1, name)

    def test_the_table_replaces_the_one_before(self):
        with tempfile.TemporaryDirectory() as root:
            root = Path(root)
            (root / "ops").mkdir()
            for name in ("README.md", "README.zh-CN.md"):
                (root / name).write_text(f"before\n{table.MARKS[0]}\nstale\n{table.MARKS[1]}\nafter\n")
            measured = result({"append64": 5.0, "rocksdb_ideal64": 10.0})
            table.publish(root, measured)
            table.publish(root, measured)
            for name, verdict in (("README.md", "floor met"), ("README.zh-CN.md", "达到底线")):
                text = (root / name).read_text(encoding="utf-8")
                self.assertTrue(text.startswith("before\n") and text.endswith("after\n"), text)
                self.assertNotIn("stale", text)
                self.assertEqual(text.count(verdict), 1)
            self.assertIn("1 of 2 rounds began on a busy machine",
                          (root / "ops" / "performance.md").read_text(encoding="utf-8"))


    def test_a_disk_that_changed_is_named(self):
        for syncs, is_named in (([100, 140], False), ([100, 160], True)):
            measured = result({})
            measured["rounds"]["disk_sync_us"] = syncs
            for language in (table.EN, table.ZH):
                named = "1.6" in table.machine_text(measured, language)
                self.assertEqual(named, is_named)


@unittest.skipUnless((product.PROGRAMS / "mingce_load").exists(), "built with -DMINGCE_BENCH=ON")
class Load(unittest.TestCase):
    def entries(self, address):
        with urllib.request.urlopen(f"http://{address}/metrics") as answer:
            line = next(line for line in answer.read().decode().splitlines()
                        if line.startswith("mingce_log_entries "))
        return int(float(line.split()[1]))

    def test_what_is_counted_is_in_the_register(self):
        with tempfile.TemporaryDirectory() as root, \
                product.server(Path(root) / "data") as server:
            # The organ is one entry; what is answered after the span is there, but not counted.
            counted = product.load(server.address, "append", 8, 1.0, warmup=0)["count"]
            self.assertGreater(counted, 20)
            self.assertIn(self.entries(server.address) - 1 - counted, range(9))
            for mix in ("mixed", "read", "view", "list", "report"):
                figures = product.load(server.address, mix, 2, 0.3, warmup=0)
                self.assertEqual(figures["errors"], 0, mix)
                self.assertLessEqual(figures["p50_us"], figures["p99_us"])

    def test_the_bare_log_answers_as_the_load_expects(self):
        with tempfile.TemporaryDirectory() as root, product.bare_log(root) as address:
            figures = product.load(address, "append", 8, 0.5, warmup=0)
            self.assertGreater(figures["count"], 20)
            self.assertEqual(figures["errors"], 0)

    def test_a_wrong_answer_fails_the_run(self):
        with product.bare_http() as address:
            done = subprocess.run(
                [product.PROGRAMS / "mingce_load", "--address", address, "--seconds", "0.2",
                 "--warmup", "0", "--connections", "2", "--json"], capture_output=True, text=True,
                timeout=60, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertGreater(json.loads(done.stdout)["errors"], 0)

    def test_a_rate_is_kept(self):
        with product.bare_http() as address:
            done = subprocess.run(
                [product.PROGRAMS / "mingce_load", "--address", address, "--get", "/", "--json",
                 "--seconds", "1", "--warmup", "0", "--connections", "4", "--rate", "500"],
                capture_output=True, text=True, timeout=60, check=False)
            self.assertAlmostEqual(json.loads(done.stdout)["per_second"], 500, delta=50)


if __name__ == "__main__":
    unittest.main()
