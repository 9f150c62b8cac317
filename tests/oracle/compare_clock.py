"""Compares what the program says is due, row by row, with the second clock.

For a register and some legal days: every organ, alone and with all below it, must have the same open
requests with the same dates, remaining days and lamps, in the order of their due dates.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any, Iterator, Protocol

from history import Line
from second_clock import Calendar, Row, read_clocks

MOVING = ("consultation.opened", "period.extended", "fee.notified", "redo.ordered")
SCOPES = ("organ", "region")
MEMBERS = (
    "request",
    "state",
    "received_on",
    "due_on",
    "due_on_strict",
    "provisional",
    "remaining_working_days",
    "lamp",
)


class DueProgram(Protocol):
    """A register kept by the program under test."""

    def due(self, organ: str, scope: str, day: date) -> list[dict[str, Any]]:
        """The rows of a legal day."""


def days_between(seed: int, first: date, last: date) -> list[date]:
    """Two days of a period, and its last."""
    rng = Random(f"days of {seed}")
    span = (last - first).days
    return [*(first + timedelta(days=rng.randint(0, span)) for _ in range(2)), last]


def days_about(seed: int, busy: list[date], lines: list[Line]) -> list[date]:
    """The busy days, and for each another one near it: mostly one on which a clock was moved."""
    rng = Random(f"days of {seed}")
    moved = sorted({date.fromisoformat(line["on"]) for line in lines if line["type"] in MOVING})
    found = set(busy)
    for day in busy:
        near = [other for other in moved if abs(other - day) <= timedelta(days=20)]
        found.add(rng.choice([*near[-9:], day - timedelta(days=rng.randint(1, 20))]))
    return sorted(found)


def compare_clocks(
    program: DueProgram, lines: list[Line], calendar: Calendar, days: list[date]
) -> Iterator[str]:
    """Each row that differs, is missing or is too many, and each list out of order."""
    clocks = read_clocks(lines, calendar)
    for day in days:
        for organ in sorted(clocks.fold.names):
            for scope in SCOPES:
                got = program.due(organ, scope, day)
                expected = clocks.due(organ, scope, day)
                for text in row_differences(got, expected):
                    yield f"due {organ} {scope} on {day}: {text}"


def row_differences(got: list[dict[str, Any]], expected: list[Row]) -> Iterator[str]:
    """Numbers are unique within an organ only: rows are compared as a bag, then their order."""
    got_rows, expected_rows = (Counter(row_text(row) for row in rows) for rows in (got, expected))
    for text in sorted((got_rows - expected_rows).elements()):
        yield f"got {text}"
    for text in sorted((expected_rows - got_rows).elements()):
        yield f"expected {text}"
    dates = [row["due_on"] or "none" for row in got]
    if dates != sorted(dates):
        yield f"not in the order of due dates: {dates}"


def row_text(row: Row) -> str:
    """What is compared of a row."""
    return " ".join(f"{member}={row.get(member, 'missing')}" for member in MEMBERS)
