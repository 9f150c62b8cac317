#!/usr/bin/env python3
"""Says what is due a second time: slowly and simply, by counting days one after the other.

Reads the import lines of contract §6 and prints the rows of `mingce due` for one organ and legal
day. The rules are contract §3 ("Clock") and domain §2.5; a date is never computed, only walked to.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator

from history import Fact, Line, read_lines, read_streams
from second_fold import (
    CONCLUSIONS,
    UNCOUNTED,
    Move,
    Register,
    UnknownOrgan,
    facts_of,
    read_register,
    region,
)

Row = dict[str, Any]
Span = tuple[date, date]  # excluded: the days after the first through the second

DEFAULT_CALENDAR = Path(__file__).resolve().parents[2] / "schemas" / "law" / "calendar.json"
ONE_DAY = timedelta(days=1)
NEW_LAW = date(2019, 5, 15)  # requests received from here on: 20 working days, before: 15
CONSULTATION_CAP = 15  # working days
REDO_DAYS = 60  # calendar days, where no law sets a period and the order none
SERVED = ("delivered", "refused")
BEGINNINGS = ("request.received", "redo.ordered")
ENDS = (*CONCLUSIONS, "redo.answered")


def day_of(text: str) -> date:
    """A civil date."""
    return date.fromisoformat(text)


# --- The calendar ---------------------------------------------------------------------------------


class Calendar:
    """The national notices, later ones first; the weekly pattern for what none of them names."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.years = {notice["year"] for notice in document["notices"]}
        self.named: dict[str, bool] = {}
        for notice in document["notices"]:
            self.named |= dict.fromkeys(notice["rest"], False) | dict.fromkeys(notice["work"], True)

    def works(self, day: date) -> bool:
        """W(d) of domain §2.5."""
        return self.named.get(day.isoformat(), day.weekday() < 5)

    def count(self, after: date, last: date, spans: Iterable[Span] = ()) -> int:
        """Working days in (after, last] that no span excludes."""
        spans = list(spans)
        found = 0
        day = after
        while day < last:
            day += ONE_DAY
            found += self.works(day) and not is_excluded(day, spans)
        return found

    def nth_after(self, after: date, number: int, spans: Iterable[Span] = ()) -> date:
        """The working day of that number after a day; excluded days have no number."""
        spans = list(spans)
        day = after
        while number > 0:
            day += ONE_DAY
            number -= self.works(day) and not is_excluded(day, spans)
        return day

    def same_or_next(self, day: date) -> date:
        """The day itself, or the next working day after days of rest."""
        while not self.works(day):
            day += ONE_DAY
        return day

    def is_provisional(self, after: date, last: date) -> bool:
        """True if a day in (after, last] falls in a year without a notice (domain §6 no. 34)."""
        day = after
        while day < last:
            day += ONE_DAY
            if day.year not in self.years:
                return True
        return False


def load_calendar(file: Path = DEFAULT_CALENDAR) -> Calendar:
    """The calendar as data."""
    return Calendar(json.loads(file.read_text("utf-8")))


def is_excluded(day: date, spans: list[Span]) -> bool:
    """True for a day in one of the spans: their union, never a sum."""
    return any(after < day <= last for after, last in spans)


# --- One procedure --------------------------------------------------------------------------------


@dataclass
class Consultation:
    """A consultation of the running segment."""

    version: int
    opened: date
    suspends: bool
    served: date | None = None
    closed: date | None = None


@dataclass
class Clock:
    """Walks through the facts of one procedure: the first one, or a redo.

    The strict one grants less: a consultation with an organ that is no co-producer suspends nothing,
    and from the second request for correction on, corrections change nothing.
    """

    calendar: Calendar
    period: int  # working days; also the cap of the extension
    anchor: date
    fixed: date | None  # the date of a redo that has one: nothing moves it
    strict: bool
    extension: int = 0
    consultations: dict[str, Consultation] = field(default_factory=dict)
    waived: list[Span] = field(default_factory=list)
    delayed: date | None = None
    corrections: int = 0
    awaits_correction: bool = False
    unpaid_since: date | None = None
    awaits_reasons: bool = False

    def take(self, fact: Fact) -> None:
        """One fact; most are no clock events."""
        effects: dict[str, Callable[[Fact, date], None]] = {
            "correction.requested": self._correction_requested,
            "correction.received": self._correction_received,
            "consultation.opened": self._consultation_opened,
            "consultation.closed": self._consultation_closed,
            "notice.served": self._served,
            "period.extended": self._extended,
            "reasons.requested": self._reasons_requested,
            "reasons.received": self._reasons_received,
            "answer.delayed": self._delayed,
            "fee.notified": self._fee_notified,
            "fee.paid": self._fee_paid,
            "fee.waived": self._fee_waived,
        }
        if fact.type in effects:
            effects[fact.type](fact, day_of(fact.on))

    def is_stopped(self) -> bool:
        """True while a correction or a fee is awaited."""
        return self.awaits_correction or self.unpaid_since is not None

    def spans(self) -> list[Span]:
        """What is excluded; consultations that are open run to their cap."""
        return self.waived + [
            (consultation.opened, self.last_day(consultation))
            for consultation in self.consultations.values()
            if consultation.suspends
        ]

    def last_day(self, consultation: Consultation) -> date:
        """The last excluded day: its close, at most the 15th working day after opening or service."""
        letter = consultation.served or consultation.opened
        cap = self.calendar.nth_after(letter, CONSULTATION_CAP)
        return min(consultation.closed or cap, cap)

    def told_date(self) -> date | None:
        """A date that was told or ordered, not counted."""
        return self.fixed or self.delayed

    def due(self) -> date | None:
        """The due date by what was taken so far."""
        if self.fixed is not None:
            return self.fixed
        if self.is_stopped():
            return None
        if self.delayed is not None:
            return self.delayed
        return self.calendar.nth_after(self.anchor, self.period + self.extension, self.spans())

    def _restart(self, day: date) -> None:
        """From zero: open consultations, the extension and a date told are gone."""
        self.anchor = day
        self.extension = 0
        self.consultations.clear()
        self.waived.clear()
        self.delayed = None

    def _correction_requested(self, _: Fact, __: date) -> None:
        self.corrections += 1
        if not self._correction_moves_nothing():
            self.awaits_correction = True

    def _correction_received(self, _: Fact, day: date) -> None:
        if not self._correction_moves_nothing():
            self.awaits_correction = False
            self._restart(day)

    def _correction_moves_nothing(self) -> bool:
        # While the first is awaited, another request for it changes nothing.
        return self.strict and self.corrections > 1 and not self.awaits_correction

    def _consultation_opened(self, fact: Fact, day: date) -> None:
        suspends = not (self.strict and fact.data["with"] == "other_organ")
        self.consultations[fact.data["consultation"]] = Consultation(fact.version, day, suspends)

    def _consultation_closed(self, fact: Fact, day: date) -> None:
        if fact.data["consultation"] in self.consultations:
            self.consultations[fact.data["consultation"]].closed = day

    def _served(self, fact: Fact, day: date) -> None:
        for consultation in self.consultations.values():
            if consultation.version == fact.data["target"] and fact.data["result"] in SERVED:
                consultation.served = day

    def _extended(self, fact: Fact, day: date) -> None:
        due = self.due()
        if due is None or day <= due:
            self.extension = min(self.extension + fact.data["working_days"], self.period)

    def _reasons_requested(self, _: Fact, __: date) -> None:
        self.awaits_reasons = True

    def _reasons_received(self, _: Fact, __: date) -> None:
        self.awaits_reasons = False

    def _delayed(self, fact: Fact, _: date) -> None:
        self.delayed = day_of(fact.data["until"])

    def _fee_notified(self, _: Fact, day: date) -> None:
        if self.unpaid_since is None:
            self.unpaid_since = day

    def _fee_paid(self, _: Fact, day: date) -> None:
        self.unpaid_since = None
        self._restart(day)

    def _fee_waived(self, _: Fact, day: date) -> None:
        if self.unpaid_since is not None:
            self.waived.append((self.unpaid_since, day))
            self.unpaid_since = None


# --- One case on one day --------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenCase:
    """A request that is open at the end of a legal day, by the facts dated up to it."""

    calendar: Calendar
    number: str
    receipt: Fact
    procedure: list[Fact]  # of what is open: its beginning first
    day: date

    def clock(self, strict: bool) -> Clock:
        """The clock after the facts of the day."""
        beginning = self.procedure[0]
        period = 20 if day_of(self.receipt.on) >= NEW_LAW else 15
        clock = Clock(self.calendar, period, day_of(beginning.on), self.fixed_date(beginning), strict)
        for fact in self.procedure[1:]:
            clock.take(fact)
        return clock

    def fixed_date(self, beginning: Fact) -> date | None:
        """The date of a redo: as ordered, else the legal period, else 60 days (domain §3.4)."""
        if beginning.type != "redo.ordered":
            return None
        if "due_on" in beginning.data:
            return day_of(beginning.data["due_on"])
        if self.receipt.data.get("matter", "disclosure") == "disclosure":
            return None
        return self.calendar.same_or_next(day_of(beginning.on) + timedelta(days=REDO_DAYS))

    @cached_property
    def running(self) -> Clock:
        """The clock as the program grants it."""
        return self.clock(strict=False)

    def row(self) -> Row:
        """The members of `mingce due` that the clock decides."""
        due, strict = self.running.due(), self.clock(strict=True).due()
        if due and strict:
            strict = min(due, strict)  # a restart that counts for nothing may not gain time
        return {
            "request": self.number,
            "state": self.state(),
            "received_on": self.receipt.on,
            "due_on": due and due.isoformat(),
            "due_on_strict": strict and strict.isoformat(),
            "provisional": self.is_provisional(self.running if due else self.clock(strict=True)),
            "remaining_working_days": self.remaining(due),
            "lamp": self.lamp(due),
        }

    def is_provisional(self, clock: Clock) -> bool:
        """Counted over a year without a notice; a date that somebody named is certain."""
        due = clock.due()
        if due is None:
            return False
        if clock.told_date() is None:
            return self.calendar.is_provisional(clock.anchor, due)
        named = clock.fixed is None or "due_on" in self.procedure[0].data
        return not named and self.calendar.is_provisional(due - timedelta(days=1), due)

    def state(self) -> str:
        """One of the states of contract §3 in which a case is open."""
        clock = self.running
        if self.procedure[0].type == "redo.ordered":
            return "redo"
        if clock.awaits_correction:
            return "awaiting_correction"
        if clock.unpaid_since is not None:
            return "awaiting_fee"
        if any(consultation.closed is None for consultation in clock.consultations.values()):
            return "consulting"
        return "awaiting_reasons" if clock.awaits_reasons else "processing"

    def remaining(self, due: date | None) -> int | None:
        """Working days to the due date, or since it with a minus."""
        if due is None:
            return None
        spans = [] if self.running.told_date() else self.running.spans()
        if self.day <= due:
            return self.calendar.count(self.day, due, spans)
        return -self.calendar.count(due, self.day, spans)

    def lamp(self, due: date | None) -> str:
        """Red, grey, orange, yellow, green (domain §5.2)."""
        if due is not None and self.day > due:
            return "red"
        if due is None or self.is_suspended(due):
            return "grey"
        remaining = self.remaining(due) or 0
        if remaining <= 2:
            return "orange"
        return "yellow" if remaining <= 5 else "green"

    def is_suspended(self, due: date) -> bool:
        """True if the day after is excluded by what suspends the clock before it runs out."""
        if self.running.told_date():
            return False
        return any(after <= self.day < last and after < due for after, last in self.running.spans())


def open_procedure(facts: Iterable[Fact]) -> list[Fact]:
    """The facts of the procedure that is open after the last of them; empty if none is."""
    found: list[Fact] = []
    for fact in facts:
        if fact.type in BEGINNINGS:
            found = [fact]
        elif fact.type in ENDS:
            found = []
        elif found:
            found.append(fact)
    return found


# --- The register ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClockRegister:
    """All that is due on any day."""

    calendar: Calendar
    fold: Register
    requests: dict[tuple[str, str], list[Fact]]
    known: dict[date, list[tuple[str, Row]]] = field(default_factory=dict)

    def due(self, organ: str, scope: str, day: date) -> list[Row]:
        """The rows of an organ or region, by due date, those without one last; ties by number."""
        if organ not in self.fold.names:
            raise UnknownOrgan(f"no organ {organ} in the register")
        organs = region(self.fold, organ) if scope == "region" else {organ}
        rows = [row for holder, row in self.known_rows(day) if holder in organs]
        return sorted(rows, key=lambda row: (row["due_on"] or "none", row["request"]))

    def known_rows(self, day: date) -> list[tuple[str, Row]]:
        """The rows of a day, made once for all organs."""
        if day not in self.known:
            self.known[day] = list(self.rows_on(day))
        return self.known[day]

    def rows_on(self, day: date) -> Iterator[tuple[str, Row]]:
        """Every open case with the organ that holds it."""
        for (organ, number), facts in self.requests.items():
            receipt = next((fact for fact in facts if fact.type == "request.received"), None)
            if receipt is None or any(fact.type in UNCOUNTED for fact in facts):
                continue
            procedure = open_procedure(fact for fact in facts if day_of(fact.on) <= day)
            if procedure:
                case = OpenCase(self.calendar, number, receipt, procedure, day)
                yield holder(organ, number, facts, self.fold.moves, day), case.row()


def holder(organ: str, number: str, facts: list[Fact], moves: list[Move], day: date) -> str:
    """Who has the case at the end of a day: a move takes along what its giver has open that day.

    An open redo goes along, though no table counts it.
    Register numbers are unique within an organ only, so a list names cases registered by the giver.
    """
    found = organ
    for move in moves:
        if day_of(move.on) > day or move.giver != found:
            continue
        meant = move.listed is None or (move.giver == organ and number in move.listed)
        if meant and open_procedure(fact for fact in facts if fact.on <= move.on):
            found = move.taker
    return found


def read_clocks(lines: Iterable[Line], calendar: Calendar) -> ClockRegister:
    """Reads a register."""
    lines = list(lines)
    return ClockRegister(calendar, read_register(lines), facts_of(read_streams(lines), "request"))


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calendar", type=Path, default=DEFAULT_CALENDAR)
    parser.add_argument("--organ", required=True)
    parser.add_argument("--scope", choices=("organ", "region"), default="organ")
    parser.add_argument("--on", type=day_of, required=True)
    parser.add_argument("file", help="NDJSON import lines; - is standard input")
    return parser.parse_args()


def main() -> int:
    """Prints what is due; 1: no such organ (as the program's exit code)."""
    options = parse_arguments()
    if options.file == "-":
        lines = read_lines(sys.stdin)
    else:
        with open(options.file, encoding="utf-8") as file:
            lines = read_lines(file)
    try:
        rows = read_clocks(lines, load_calendar(options.calendar)).due(
            options.organ, options.scope, options.on
        )
    except UnknownOrgan as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(json.dumps(rows, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
