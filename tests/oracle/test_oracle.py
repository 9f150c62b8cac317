"""Tests of the second implementation against itself, and of its rules by small hand-made registers.

The published reports are looked for in tests/golden, or where MINGCE_GOLDEN says.
"""

from __future__ import annotations

import json
import os
import sys
import unittest
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from clock_register import clock_register
from compare import NOT_ONE_REGISTER, ClockCheck, SeedCheck, check_golden, column_codes, differences
from formats import DEFAULT_DIRECTORY, choose_edition, load_formats, request_rows
from golden_register import NotOneRegister, golden_register
from history import Line
from possible import DISPUTE_ASIDES, DISPUTE_STAGES, REQUEST_PHASES, GrowingLog
from random_register import random_register
from second_clock import ClockRegister, Row, load_calendar, read_clocks
from second_fold import Register, read_register, report

FORMATS = load_formats(DEFAULT_DIRECTORY)
CALENDAR = load_calendar()
GOLDEN = Path(os.environ.get("MINGCE_GOLDEN", Path(__file__).resolve().parents[1] / "golden"))
YEARS = range(2018, 2025)
SEEDS = range(12)

OTHER_TYPES = {
    "event.amended", "event.retracted", "dispute.voided", "figure.recorded", "organ.registered",
    "organ.renamed", "organ.reparented", "organ.merged", "organ.dissolved", "competence.transferred",
}  # fmt: skip
ALL_TYPES = OTHER_TYPES | REQUEST_PHASES.keys() | DISPUTE_ASIDES.keys() | {t for _, t in DISPUTE_STAGES}


@cache
def random_lines(seed: int) -> list[Line]:
    """The register of a seed, made once."""
    return random_register(seed, 4, 50, (2018, 2024), FORMATS)


@cache
def random_fold(seed: int) -> Register:
    """The same, folded."""
    return read_register(random_lines(seed))


def table(register: Register, organ: str, year: int, scope: str = "organ") -> dict[str, Any]:
    """A report in the first edition where none is in force."""
    edition = "cn-2019" if year < 2019 else None
    return report(register, FORMATS, organ, year, scope, edition)


class RandomRegisters(unittest.TestCase):
    """Registers that could have been kept fold to tables whose identities hold."""

    def test_identities_hold_in_every_report(self) -> None:
        for seed in SEEDS:
            register = random_fold(seed)
            for organ, year, scope in product(register.names, YEARS, ("organ", "region")):
                with self.subTest(seed=seed, organ=organ, year=year, scope=scope):
                    self.check_identities(table(register, organ, year, scope))

    def check_identities(self, document: dict[str, Any]) -> None:
        """T3-A, T3-B, T3-C and the sums of table four (domain §1.3, §1.4)."""
        rows = document["requests"]
        form = request_rows(FORMATS[document["edition"]])
        results = [row["code"] for row in form if row["source"] == "outcome"]
        for i in range(7):
            taken = rows["received"][i] + rows["carried_in"][i]
            self.assertEqual(taken, rows["results_total"][i] + rows["carried_out"][i])
            self.assertEqual(rows["results_total"][i], sum(rows[code][i] for code in results))
        for numbers in rows.values():
            self.assertEqual(numbers[-1], sum(numbers[:-1]))
        for block in document["disputes"].values():
            self.assertEqual(block["total"], sum(block.values()) - block["total"])

    def test_carry_over_joins_the_years_where_nothing_moves(self) -> None:
        for seed in SEEDS:
            register = random_fold(seed)
            moved = {organ for move in register.moves for organ in (move.giver, move.taker)}
            for organ, year in product(register.names.keys() - moved, YEARS[1:]):
                with self.subTest(seed=seed, organ=organ, year=year):
                    before = table(register, organ, year - 1)["requests"]["carried_out"]
                    self.assertEqual(table(register, organ, year)["requests"]["carried_in"], before)

    def test_same_seed_same_register(self) -> None:
        again = random_register(3, 4, 50, (2018, 2024), FORMATS)
        self.assertEqual(again, random_lines(3))
        self.assertNotEqual(again, random_lines(4))

    def test_every_event_type_occurs(self) -> None:
        seen = {line["type"] for seed in range(40) for line in random_lines(seed)}
        self.assertEqual(ALL_TYPES - seen, set())
        self.assertEqual(seen - ALL_TYPES, set())

    def test_dates_end_with_2024_and_are_not_in_log_order(self) -> None:
        dates = [line["on"] for seed in SEEDS for line in random_lines(seed)]
        self.assertLessEqual(max(dates), "2024-12-31")
        self.assertNotEqual(dates, sorted(dates))

    def test_corrections_of_corrections_occur(self) -> None:
        pairs = {pair for seed in SEEDS for pair in corrected_corrections(random_lines(seed))}
        kinds = ("event.amended", "event.retracted")
        self.assertEqual(pairs, set(product(kinds, kinds)))


def corrected_corrections(lines: list[Line]) -> set[tuple[str, str]]:
    """Types of corrections whose target is itself a correction, with the target's type."""
    log = GrowingLog()
    found: set[tuple[str, str]] = set()
    for line in lines:
        log.append(line)
    for entries in log.streams.values():
        for entry in entries:
            if entry.type in ("event.amended", "event.retracted"):
                target = entries[entry.data["target"] - 1].type
                found |= {(entry.type, target)} if target.startswith("event.") else set()
    return found


class GoldenRegisters(unittest.TestCase):
    """A report made into a register folds back to the same report."""

    def check_leads_back(self, document: dict[str, Any]) -> None:
        """By the second fold; and every line is possible after those before it."""
        lines = golden_register(document, "X", FORMATS)
        got = report(read_register(lines), FORMATS, "X", document["year"], "organ", document["edition"])
        columns = column_codes(FORMATS[document["edition"]])
        self.assertEqual(list(differences(got, document, columns)), [])
        log = GrowingLog()
        self.assertEqual([line for line in lines if not log.append(line)], [])

    @unittest.skipUnless(GOLDEN.is_dir(), f"no published reports in {GOLDEN.name}")
    def test_published_reports(self) -> None:
        for file in sorted(GOLDEN.glob("*.json")):
            document = json.loads(file.read_text("utf-8"))
            with self.subTest(file.stem):
                if file.stem not in NOT_ONE_REGISTER:
                    self.check_leads_back(document)
                    continue
                with self.assertRaisesRegex(NotOneRegister, NOT_ONE_REGISTER[file.stem]):
                    golden_register(document, "X", FORMATS)

    def test_reports_of_random_registers(self) -> None:
        for seed, year in product(range(4), YEARS):
            document = table(random_fold(seed), "T1", year, "region") | {"organ": "虚构机关"}
            with self.subTest(seed=seed, year=year):
                self.check_leads_back(document)

    def test_broken_sums_are_named(self) -> None:
        document = table(random_fold(1), "T1", 2022) | {"organ": "虚构机关"}
        document["requests"]["received"][0] += 1
        both = "requests/received/total .*received.carried_in/natural_person"
        with self.assertRaisesRegex(NotOneRegister, both):
            golden_register(document, "X", FORMATS)


class Rules(unittest.TestCase):
    """Single rules, on registers small enough to count by hand."""

    def setUp(self) -> None:
        self.lines: list[Line] = []
        for organ, parent in (("A", {}), ("B", {"parent": "A"}), ("C", {})):
            data = {"name": organ, "kind": "department", **parent}
            self.add(organ, "organ.registered", "2020-01-01", data)

    def add(self, organ: str, event: str, on: str, data: dict[str, Any], **stream: Any) -> None:
        """One line."""
        self.lines.append({"type": event, "organ": organ, "on": on, "data": data, **stream})

    def amend(self, number: str, known: str, target: int, **changes: Any) -> None:
        """An amendment in a request of organ A."""
        data = {"target": target, "reason": "误", **changes}
        self.add("A", "event.amended", known, data, request=number)

    def case(self, organ: str, number: str, received: str, answered: str | None = None) -> None:
        """A case of a natural person, disclosed if answered."""
        data = {"channel": "web", "applicant": {"kind": "natural_person", "name": "甲"}, "subject": "虚构"}
        self.add(organ, "request.received", received, data, request=number)
        if answered:
            self.add(organ, "request.answered", answered, {"outcome": "disclosed.provided"}, request=number)

    def rows(self, organ: str, year: int, scope: str = "organ") -> dict[str, int]:
        """Totals of the rows that are not 0."""
        document = report(read_register(self.lines), FORMATS, organ, year, scope)
        return {code: numbers[-1] for code, numbers in document["requests"].items() if numbers[-1]}

    def block(self, organ: str, year: int, block: str) -> dict[str, int]:
        """Cells of a block of table four that are not 0."""
        document = report(read_register(self.lines), FORMATS, organ, year)
        return {column: count for column, count in document["disputes"][block].items() if count}

    def test_case_over_the_new_year(self) -> None:
        self.case("A", "1", "2021-12-31", "2022-01-01")
        self.assertEqual(self.rows("A", 2021), {"received": 1, "carried_out": 1})
        self.assertEqual(self.rows("A", 2022), {"carried_in": 1, "disclosed": 1, "results_total": 1})
        self.assertEqual(self.rows("A", 2023), {})

    def test_retracting_a_retraction_brings_the_fact_back(self) -> None:
        self.case("A", "1", "2021-03-01", "2021-03-09")
        self.add("A", "event.retracted", "2021-03-10", {"target": 2, "reason": "误"}, request="1")
        self.assertEqual(self.rows("A", 2021), {"received": 1, "carried_out": 1})
        self.add("A", "event.retracted", "2021-03-11", {"target": 3, "reason": "误"}, request="1")
        self.assertEqual(self.rows("A", 2021), {"received": 1, "disclosed": 1, "results_total": 1})

    def test_amending_an_amendment(self) -> None:
        self.case("A", "1", "2021-12-30", "2021-12-31")
        self.amend("1", "2022-02-01", 2, on="2022-01-05")
        self.assertEqual(self.rows("A", 2021), {"received": 1, "carried_out": 1})
        self.amend("1", "2022-02-02", 3, data={"on": "2021-12-30"})
        self.assertEqual(self.rows("A", 2021), {"received": 1, "disclosed": 1, "results_total": 1})

    def test_only_the_first_outcome_counts(self) -> None:
        self.case("A", "1", "2021-03-01", "2021-03-09")
        self.add("A", "redo.ordered", "2021-05-01", {"by": "self"}, request="1")
        self.add("A", "redo.answered", "2021-05-09", {"outcome": "unavailable.not_held"}, request="1")
        self.assertEqual(self.rows("A", 2021), {"received": 1, "disclosed": 1, "results_total": 1})

    def test_void_split_and_complaints_count_nowhere(self) -> None:
        for number in ("1", "2", "3"):
            self.case("A", number, "2021-03-01")
        self.add("A", "request.voided", "2023-03-02", {"reason": "误"}, request="1")
        self.add("A", "request.split", "2021-03-02", {"into": ["4"], "reason": "多"}, request="2")
        self.amend("3", "2021-03-02", 1, data={"matter": "complaint"})
        self.assertEqual(self.rows("A", 2021), {})

    def test_reclassified_case_moves_in_all_years(self) -> None:
        self.case("A", "1", "2021-03-01")
        data = {"kind": "other_org", "reason": "核"}
        self.add("A", "applicant.reclassified", "2023-03-01", data, request="1")
        received = report(read_register(self.lines), FORMATS, "A", 2021)["requests"]["received"]
        self.assertEqual(received, [0, 0, 0, 0, 0, 1, 1])

    def test_transfer_and_return_in_one_year(self) -> None:
        self.case("A", "1", "2021-03-01", "2021-06-01")
        self.case("A", "2", "2021-04-01", "2021-04-01")
        self.add("A", "competence.transferred", "2021-04-01", {"to": "C"})
        self.add("C", "competence.transferred", "2021-05-01", {"to": "A"})
        self.assertEqual(
            self.rows("A", 2021),
            {"received": 2, "carried_in": 1, "disclosed": 2, "results_total": 2, "carried_out": 1},
        )
        self.assertEqual(self.rows("C", 2021), {"carried_in": 1, "carried_out": 1})

    def test_transfer_of_named_cases(self) -> None:
        self.case("A", "1", "2021-03-01")
        self.case("A", "2", "2021-03-01")
        self.add("A", "competence.transferred", "2021-04-01", {"to": "C", "requests": ["2"]})
        self.assertEqual(self.rows("A", 2022), {"carried_in": 1, "carried_out": 1})
        self.assertEqual(self.rows("C", 2022), {"carried_in": 1, "carried_out": 1})

    def test_region_is_the_latest_tree(self) -> None:
        self.case("B", "1", "2021-03-01")
        self.assertEqual(self.rows("A", 2021, "region"), {"received": 1, "carried_out": 1})
        self.add("B", "organ.reparented", "2024-01-01", {"parent": "C"})
        self.assertEqual(self.rows("A", 2021, "region"), {})
        self.assertEqual(self.rows("C", 2021, "region"), {"received": 1, "carried_out": 1})

    def test_merger_hands_over_pending_disputes_only(self) -> None:
        for ref in ("1", "2"):
            opening = {"authority": "虚"}
            self.add("A", "reconsideration.accepted", "2021-03-01", opening, dispute=ref)
        self.add("A", "reconsideration.decided", "2021-04-01", {"decision": "upheld"}, dispute="1")
        self.add("A", "organ.merged", "2021-04-01", {"into": "C"})
        self.add("A", "reconsideration.decided", "2022-04-01", {"decision": "mediated"}, dispute="2")
        self.assertEqual(self.block("A", 2021, "reconsideration"), {"upheld": 1, "total": 1})
        self.assertEqual(self.block("C", 2021, "reconsideration"), {"pending": 1, "total": 1})
        self.assertEqual(self.block("C", 2022, "reconsideration"), {"other": 1, "total": 1})

    def test_failed_appeal_counts_as_the_first_judgment_on_its_own_day(self) -> None:
        opening = {"court": "虚", "after_reconsideration": True}
        self.add("A", "litigation.filed", "2021-03-01", opening, dispute="1", requests=[])
        self.add("A", "litigation.judged", "2021-11-01", {"judgment": "revoked"}, dispute="1")
        self.add("A", "litigation.appealed", "2021-11-09", {"by": "organ"}, dispute="1")
        self.add("A", "litigation.appeal_decided", "2022-02-01", {"result": "sustained"}, dispute="1")
        block = "litigation_after_reconsideration"
        self.assertEqual(self.block("A", 2021, block), {"pending": 1, "total": 1})
        self.assertEqual(self.block("A", 2022, block), {"corrected": 1, "total": 1})
        self.assertEqual(self.block("A", 2023, block), {})

    def test_figures_sum_by_date_and_fees_are_exact(self) -> None:
        for on, item, quantity in (
            ("2020-12-31", "normative_documents.in_force_adjustment", 7),
            ("2021-05-01", "normative_documents.issued", "3"),
            ("2021-06-01", "normative_documents.repealed", 1),
            ("2021-06-01", "fees.amount", "1234567.80"),
            ("2022-01-01", "fees.amount", "-0.30"),
        ):
            self.add("A", "figure.recorded", on, {"item": item, "quantity": quantity})
        proactive = report(read_register(self.lines), FORMATS, "A", 2021)["proactive"]
        self.assertEqual(proactive["normative_documents"], {"issued": 3, "repealed": 1, "in_force": 9})
        self.assertEqual(proactive["fees"], {"amount": "123.45678"})
        proactive = report(read_register(self.lines), FORMATS, "A", 2022)["proactive"]
        self.assertEqual(proactive["fees"], {"amount": "-0.00003"})

    def test_a_key_seen_before_is_skipped(self) -> None:
        self.case("A", "1", "2021-03-01")
        self.lines[-1]["key"] = "k"
        self.lines.append({**self.lines[-1], "request": "2"})
        self.assertEqual(self.rows("A", 2021), {"received": 1, "carried_out": 1})


class Clocks(unittest.TestCase):
    """The test vectors of domain §2.5, and registers in which clocks are busy."""

    def check(self, received: str, number: int, expected: str, *spans: tuple[str, str]) -> None:
        """The working day of that number after the receipt."""
        excluded = [(date.fromisoformat(after), date.fromisoformat(last)) for after, last in spans]
        with self.subTest(received=received, number=number, spans=spans):
            due = CALENDAR.nth_after(date.fromisoformat(received), number, excluded)
            self.assertEqual(due.isoformat(), expected)

    def test_periods(self) -> None:
        for received, number, expected in (
            ("2026-02-10", 7, "2026-02-26"), ("2026-02-10", 15, "2026-03-09"),
            ("2026-02-10", 20, "2026-03-16"), ("2026-02-10", 40, "2026-04-14"),
            ("2026-02-14", 20, "2026-03-20"), ("2026-02-17", 20, "2026-03-20"),
            ("2026-01-05", 20, "2026-02-02"), ("2026-01-05", 40, "2026-03-06"),
            ("2025-12-15", 20, "2026-01-13"), ("2025-12-31", 7, "2026-01-12"),
            ("2025-12-31", 20, "2026-01-29"), ("2025-09-22", 7, "2025-09-30"),
            ("2025-09-22", 20, "2025-10-24"), ("2025-01-20", 20, "2025-02-21"),
            ("2020-01-20", 20, "2020-02-25"), ("2026-03-02", 20, "2026-03-30"),
            ("2026-03-02", 7, "2026-03-11"), ("2026-03-16", 20, "2026-04-14"),
            ("2026-03-10", 20, "2026-04-08"), ("2026-03-20", 20, "2026-04-20"),
        ):  # fmt: skip
            self.check(received, number, expected)

    def test_consultations(self) -> None:
        first, second = ("2026-03-09", "2026-03-25"), ("2026-03-12", "2026-03-30")
        self.check("2026-03-02", 20, "2026-04-16", first)
        self.check("2026-03-02", 20, "2026-04-21", first, second)
        self.check("2026-03-02", 30, "2026-04-30", first)

    def test_working_days_of_the_years(self) -> None:
        counted = {
            year: CALENDAR.count(date(year - 1, 12, 31), date(year, 12, 31)) for year in range(2019, 2027)
        }
        self.assertEqual(list(counted.values()), [250, 249, 250, 249, 249, 251, 248, 248])

    def test_busy_registers_show_every_state_and_lamp(self) -> None:
        found: set[str] = set()
        for seed in range(1, 5):
            lines, days = clock_register(seed, 4, 80, FORMATS)
            clocks = read_clocks(lines, CALENDAR)
            for row in (row for day in days for _, row in clocks.known_rows(day)):
                found |= {row["state"], row["lamp"], f"provisional {row['provisional']}"}
        states = "processing awaiting_correction consulting awaiting_fee awaiting_reasons redo"
        lamps = "green yellow orange red grey"
        self.assertEqual(found, {*f"{states} {lamps}".split(), "provisional True", "provisional False"})


class StandIn:
    """A program that agrees with the second fold, or lies in one cell."""

    def __init__(self, lies: bool) -> None:
        self.lies = lies
        self.clocks: ClockRegister | None = None
        self.lines: list[Line] = []

    def load(self, lines: list[Line]) -> None:
        self.lines = lines

    def report(self, organ: str, year: int, scope: str, edition: str | None) -> dict[str, Any]:
        document = report(read_register(self.lines), FORMATS, organ, year, scope, edition)
        if self.lies and year == 2022:
            document["requests"]["disclosed"][0] += 1
        return document

    def due(self, organ: str, scope: str, day: date) -> list[Row]:
        if self.clocks is None:
            self.clocks = read_clocks(self.lines, CALENDAR)
        rows = self.clocks.due(organ, scope, day)
        if self.lies and scope == "organ":
            return [{**row, "lamp": "blue"} for row in rows]
        return rows

    def export(self) -> list[Line]:
        return self.lines[:-1] if self.lies else self.lines


class Comparison(unittest.TestCase):
    """The comparison finds what differs and nothing else."""

    def test_agreement(self) -> None:
        check = SeedCheck(5, organs=2, requests=20, formats=FORMATS, calendar=CALENDAR)
        self.assertEqual(check.run(lambda _: StandIn(lies=False)), [])

    def test_a_wrong_cell_is_named(self) -> None:
        check = SeedCheck(5, organs=1, requests=20, formats=FORMATS, calendar=CALENDAR)
        found = check.run(lambda _: StandIn(lies=True))
        named = [text for text in found if "requests/" in text and "export" not in text]
        self.assertEqual(len(named), 2)
        cell = "T1 2022 organ requests/disclosed/natural_person"
        self.assertRegex(named[0], f"seed 5: {cell}: got .*, expected")

    @unittest.skipUnless(GOLDEN.is_dir(), f"no published reports in {GOLDEN.name}")
    def test_golden_reports(self) -> None:
        for file in sorted(GOLDEN.glob("*_202[34].json")):
            with self.subTest(file.stem):
                self.assertEqual(check_golden(file, FORMATS, lambda _: StandIn(lies=False)), [])

    def test_a_wrong_lamp_is_named(self) -> None:
        check = ClockCheck(5, organs=2, requests=20, formats=FORMATS, calendar=CALENDAR)
        self.assertEqual(check.run(lambda _: StandIn(lies=False)), [])
        found = check.run(lambda _: StandIn(lies=True))
        self.assertRegex(found[0], "seed 5, clocks: due D?T?[0-9]+ organ on .*: got request=.* lamp=blue")

    def test_a_float_is_never_equal(self) -> None:
        document = table(random_fold(2), "T1", 2022)
        wrong = json.loads(json.dumps(document))
        wrong["proactive"]["fees"]["amount"] = "float 1.5"
        columns = column_codes(choose_edition(FORMATS, 2022))
        self.assertEqual(len(list(differences(wrong, document, columns))), 1)


if __name__ == "__main__":
    unittest.main()
