#!/usr/bin/env python3
"""Compares the program's reports, cell by cell, with published reports and with the second fold.

For every golden report: a register made from it must lead back to exactly its tables. For every
seed: the program and the second fold must agree on every organ, year and scope of a random register,
and the program's export must fold to the same tables; and on some legal days of that register, and
of one with busier clocks, the program and the second clock must agree on what is due. Exit code 1 on
any difference.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Callable, Iterator, Protocol

from clock_register import clock_register
from compare_clock import compare_clocks, days_about, days_between
from formats import DEFAULT_DIRECTORY, Format, NoEdition, choose_edition, load_formats
from golden_register import NotOneRegister, golden_register
from history import Line
from random_register import parse_span, random_register
from second_clock import DEFAULT_CALENDAR, Calendar, load_calendar
from second_fold import read_register, report

Document = dict[str, Any]

YEARS = (2018, 2024)
SCOPES = ("organ", "region")
TABLES = ("proactive", "requests", "disputes")
TIMEOUT_SECONDS = 300
GOLDEN_ORGAN = "G1"

# Published reports that no single register yields, and what golden_register.py must say of them.
NOT_ONE_REGISTER = {
    "jinhu_county_2023": "disputes/litigation_direct/total is 0, but the columns of the block sum to 3",
    "hongze_district_2024": "mixes two layouts",
}
# 万元 is shown exactly, without trailing zeros (contract): compared as text, not as a number.
SHOWN_EXACTLY = "proactive/fees/amount"


class ProgramFailed(Exception):
    """The program did not do what it was asked to."""


class Program(Protocol):
    """A register kept by the program under test."""

    def load(self, lines: list[Line]) -> None:
        """Imports the lines."""

    def report(self, organ: str, year: int, scope: str, edition: str | None) -> Document:
        """The report document."""

    def due(self, organ: str, scope: str, day: date) -> list[dict[str, Any]]:
        """What is due at the end of a legal day."""

    def export(self) -> list[Line]:
        """The whole register as import lines."""


ProgramFactory = Callable[[Path], Program]


@dataclass(frozen=True)
class Mingce:
    """The command line of the program, on a data directory of its own."""

    binary: Path
    directory: Path

    def load(self, lines: list[Line]) -> None:
        """In two parts: what is derived of the first is gone on from with the second."""
        middle = len(lines) // 2
        self._import(lines[:middle])
        self._run("spine")
        self._import(lines[middle:])

    def _import(self, lines: list[Line]) -> None:
        file = self.directory / "register.ndjson"
        file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
        self._run("import", str(file))

    def report(self, organ: str, year: int, scope: str, edition: str | None) -> Document:
        options = ["--organ", organ, "--year", str(year), "--scope", scope, "--format", "json"]
        if edition is not None:
            options += ["--edition", edition]
        if self._run("report", *options) != self._run("report", *options, "--full"):
            raise ProgramFailed(f"report {organ} {year} {scope}: another one from the entries")
        # A float must show up as a difference, not be rounded into agreement.
        return json.loads(self._run("report", *options), parse_float=lambda text: f"float {text}")

    def due(self, organ: str, scope: str, day: date) -> list[dict[str, Any]]:
        options = ["--organ", organ, "--scope", scope, "--on", day.isoformat(), "--format", "json"]
        return json.loads(self._run("due", *options))

    def export(self) -> list[Line]:
        return [json.loads(text) for text in self._run("export").splitlines() if text.strip()]

    def _run(self, command: str, *arguments: str) -> str:
        """Standard output of a call; a call that fails is told with its first words."""
        call = [str(self.binary), command, "--data", str(self.directory / "data"), *arguments]
        done = subprocess.run(
            call, capture_output=True, encoding="utf-8", timeout=TIMEOUT_SECONDS, check=False
        )
        if done.returncode != 0:
            said = " | ".join((done.stderr + done.stdout).splitlines()[:6])
            raise ProgramFailed(f"{command} {' '.join(arguments)}: exit {done.returncode}: {said}")
        return done.stdout


def cells(document: Document, columns: list[str]) -> dict[str, Any]:
    """Every cell of the three tables by its path; a blank one counts as 0 (contract §5)."""
    found: dict[str, Any] = {}
    for table in TABLES:
        for row, values in document[table].items():
            named = values if isinstance(values, dict) else dict(zip(columns, values, strict=True))
            for column, value in named.items():
                found[f"{table}/{row}/{column}"] = 0 if value is None else value
    return found


def cell_text(path: str, value: Any) -> str:
    """A cell as it is compared: counts of tables three and four must be whole numbers."""
    if path == SHOWN_EXACTLY:
        return str(value)
    if not path.startswith("proactive/"):
        return str(value) if type(value) is int else repr(value)
    try:
        return format(Decimal(str(value)).normalize(), "f")
    except InvalidOperation:
        return repr(value)


def differences(got: Document, expected: Document, columns: list[str]) -> Iterator[str]:
    """Each cell that differs, is missing or is too many."""
    got_cells, expected_cells = cells(got, columns), cells(expected, columns)
    for path in sorted(got_cells.keys() | expected_cells.keys()):
        texts = [
            cell_text(path, found[path]) if path in found else "no such cell"
            for found in (got_cells, expected_cells)
        ]
        if texts[0] != texts[1]:
            yield f"{path}: got {texts[0]}, expected {texts[1]}"


def column_codes(edition: Format) -> list[str]:
    """The seven columns of table three."""
    return [column["code"] for column in edition["requests"]["columns"]]


def forced_edition(formats: dict[str, Format], year: int, edition: str | None = None) -> str | None:
    """The edition to ask for; None where the one in force that year is wanted anyway."""
    try:
        in_force = choose_edition(formats, year)["format"]
    except NoEdition:
        return edition or next(iter(formats))
    return None if edition in (None, in_force) else edition


def check_golden(file: Path, formats: dict[str, Format], make: ProgramFactory) -> list[str]:
    """What is wrong with one published report."""
    document = json.loads(file.read_text("utf-8"))
    expected_words = NOT_ONE_REGISTER.get(file.stem)
    try:
        lines = golden_register(document, GOLDEN_ORGAN, formats)
    except NotOneRegister as refusal:
        told = expected_words is not None and expected_words in str(refusal)
        return [] if told else [f"{file.stem}: unexpectedly not one register: {refusal}"]
    if expected_words is not None:
        return [f"{file.stem}: it should have been told that it {expected_words}"]
    year, edition = document["year"], formats[document["edition"]]
    try:
        with tempfile.TemporaryDirectory() as directory:
            program = make(Path(directory))
            program.load(lines)
            wanted = forced_edition(formats, year, edition["format"])
            got = program.report(GOLDEN_ORGAN, year, "organ", wanted)
    except ProgramFailed as failure:
        return [f"{file.stem}: {failure}"]
    return [f"{file.stem}: {text}" for text in differences(got, document, column_codes(edition))]


@dataclass(frozen=True)
class SeedCheck:
    """One random register, compared in every organ, year and scope."""

    seed: int
    organs: int
    requests: int
    formats: dict[str, Format]
    calendar: Calendar

    def run(self, make: ProgramFactory) -> list[str]:
        """What is wrong with the register of the seed."""
        lines = random_register(self.seed, self.organs, self.requests, YEARS, self.formats)
        try:
            with tempfile.TemporaryDirectory() as directory:
                program = make(Path(directory))
                program.load(lines)
                found = list(self.compare_reports(program, lines))
                found += list(self.compare_export(program.export(), lines))
                days = days_between(self.seed, date(YEARS[0], 1, 1), date(YEARS[1], 12, 31))
                found += list(compare_clocks(program, lines, self.calendar, days))
                return [f"seed {self.seed}: {text}" for text in found]
        except ProgramFailed as failure:
            return [f"seed {self.seed}: {failure}"]

    def compare_reports(self, program: Program, lines: list[Line]) -> Iterator[str]:
        """The program against the second fold."""
        for label, expected in self.expected_reports(lines):
            organ, year, scope = expected["organ"]["code"], expected["year"], expected["scope"]
            got = program.report(organ, year, scope, forced_edition(self.formats, year))
            yield from (f"{label} {text}" for text in self.compare(got, expected))

    def compare_export(self, exported: list[Line], lines: list[Line]) -> Iterator[str]:
        """The second fold of the export against that of the original lines."""
        expected = dict(self.expected_reports(lines))
        got = dict(self.expected_reports(exported))
        for label in sorted(expected.keys() ^ got.keys()):
            yield f"export {label}: only on one side"
        for label in sorted(expected.keys() & got.keys()):
            for text in self.compare(got[label], expected[label]):
                yield f"export {label} {text}"

    def compare(self, got: Document, expected: Document) -> Iterator[str]:
        """Head and cells of one report."""
        for member in ("year", "scope", "edition"):
            if got[member] != expected[member]:
                yield f"{member}: got {got[member]}, expected {expected[member]}"
        if got["organ"]["code"] != expected["organ"]["code"]:
            yield f"organ: got {got['organ']['code']}, expected {expected['organ']['code']}"
        yield from differences(got, expected, column_codes(self.formats[expected["edition"]]))

    def expected_reports(self, lines: list[Line]) -> Iterator[tuple[str, Document]]:
        """The second fold's reports of every organ, year and scope."""
        register = read_register(lines)
        for organ in sorted(register.names):
            for year in range(YEARS[0], YEARS[1] + 1):
                for scope in SCOPES:
                    edition = forced_edition(self.formats, year)
                    document = report(register, self.formats, organ, year, scope, edition)
                    yield f"{organ} {year} {scope}", document


@dataclass(frozen=True)
class ClockCheck:
    """One random register with busy clocks: what is due in every organ and region."""

    seed: int
    organs: int
    requests: int
    formats: dict[str, Format]
    calendar: Calendar

    def run(self, make: ProgramFactory) -> list[str]:
        """What is wrong with the clocks of the seed."""
        lines, busy = clock_register(self.seed, self.organs, self.requests, self.formats)
        try:
            with tempfile.TemporaryDirectory() as directory:
                program = make(Path(directory))
                program.load(lines)
                days = days_about(self.seed, busy, lines)
                found = compare_clocks(program, lines, self.calendar, days)
                return [f"seed {self.seed}, clocks: {text}" for text in found]
        except ProgramFailed as failure:
            return [f"seed {self.seed}, clocks: {failure}"]


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=Path, help="the mingce program")
    parser.add_argument("--golden", type=Path, help="directory of published reports (JSON)")
    parser.add_argument("--formats", type=Path, default=DEFAULT_DIRECTORY)
    parser.add_argument("--calendar", type=Path, default=DEFAULT_CALENDAR)
    parser.add_argument("--seeds", type=parse_span, help="A-B: random registers to compare")
    parser.add_argument("--requests", type=int, default=60, help="per random register")
    parser.add_argument("--organs", type=int, default=4, help="per random register")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="registers at a time")
    options = parser.parse_args()
    if options.golden is None and options.seeds is None:
        parser.error("nothing to compare: give --golden, --seeds or both")
    return options


def main() -> int:
    """Prints every difference and a summary."""
    options = parse_arguments()
    formats = load_formats(options.formats)
    calendar = load_calendar(options.calendar)
    files = sorted(options.golden.glob("*.json")) if options.golden else []
    seeds = range(options.seeds[0], options.seeds[1] + 1) if options.seeds else range(0)

    def make(directory: Path) -> Program:
        return Mingce(options.binary.resolve(), directory)

    def golden(file: Path) -> list[str]:
        return check_golden(file, formats, make)

    def random(seed: int) -> list[str]:
        return SeedCheck(seed, options.organs, options.requests, formats, calendar).run(make)

    def clocks(seed: int) -> list[str]:
        return ClockCheck(seed, options.organs, 2 * options.requests, formats, calendar).run(make)

    with ThreadPoolExecutor(options.jobs) as pool:
        outcomes = [*pool.map(golden, files), *pool.map(random, seeds), *pool.map(clocks, seeds)]
    for text in (text for found in outcomes for text in found):
        print(text)
    wrong = sum(bool(found) for found in outcomes)
    print(f"{len(files)} golden reports, 2 x {len(seeds)} random registers: {wrong} with differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
