#!/usr/bin/env python3
"""Writes a random register in which the clocks are busy: dense around a few legal days.

Written like a random register, so late-recorded facts, corrections, voids and transfers occur; but
every case is received shortly before one of the days, and most of its facts move or stop its clock.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, Callable

from formats import DEFAULT_DIRECTORY, Format, kinds, load_formats, outcomes
from history import Fact, Line, StreamKey
from random_register import Act, Corrector, Organ, Writer
from second_clock import load_calendar
from stories import CaseStory, Data, Told, World

FIRST_YEAR = 2018
LAST_DAY = date(2026, 11, 23)  # the last national notice is that of 2026: dues reach beyond it
OLD_LAW = (date(2018, 3, 1), date(2019, 5, 1))
BOTH_LAWS = (date(2019, 5, 16), date(2019, 7, 31))
NEW_LAW = (date(2020, 1, 10), date(2026, 9, 30))
CHANGE_OF_LAW = (date(2019, 5, 14), date(2019, 5, 15))
MATTERS = ("disclosure", "record_correction", "complaint")
PARTIES = ("third_party", "co_producer", "other_organ")
LAST_WORD = "unavailable.not_held"
CALENDAR = load_calendar()
SERVICES = ("delivered", "delivered", "refused", "returned")


class ClockStory(CaseStory):
    """A case whose clock is stopped, suspended, moved and restarted, regularly or not."""

    def __init__(self, world: World, received: date) -> None:
        super().__init__(world, received)
        self.anchor = received
        self.at_once = False  # the next fact is of the same day
        self.awaited: set[str] = set()
        self.mine: list[str] = []  # consultations of the procedure, the open and the closed

    def live(self) -> "ClockStory":
        """The first procedure, and perhaps redos."""
        self.procedure()
        if self.world.chance(0.5):
            self.conclude()
        while self.ending == "request.answered" and self.world.chance(0.75):
            self.redo()
        if not self.ending and self.world.chance(0.85):
            self.give_up()
        return self

    def give_up(self) -> None:
        """Ends it at last: what is long overdue shows little."""
        event, data = ("request.withdrawn", {}) if self.open else ("redo.answered", {"outcome": LAST_WORD})
        self.add(event, 25, 60, **data)
        self.open, self.ending = False, event

    def particulars(self) -> Data:
        """Often no request for information: such a one has another period for a redo."""
        found = super().particulars()
        if self.world.chance(0.3):
            found["matter"] = self.rng.choice(MATTERS)
        return found

    def procedure(self) -> None:
        """A walk of a few steps; what is awaited comes more often than not."""
        steps: tuple[Callable[[], None], ...] = (
            self.ask_correction, self.ask_correction, self.consult, self.consult, self.close, self.close,
            self.serve, self.serve, self.extend, self.extend, self.delay, self.ask_fee, self.ask_fee,
            self.ask_reasons, self.aside, self.linger,
        )  # fmt: skip
        for _ in range(self.rng.choice((1, 2, 3, 4, 5, 6, 9, 12))):
            answers = {"correction": self.take_correction, "fee": self.take_fee, "reasons": self.take_reasons}
            if self.awaited and self.world.chance(0.5):
                answers[self.rng.choice(sorted(self.awaited))]()
            else:
                self.rng.choice(steps)()

    def linger(self) -> None:
        """Until about the due date; what is done then is just in time, or just too late."""
        due = CALENDAR.nth_after(self.anchor, 20) + timedelta(days=self.rng.choice((-1, 0, 0, 0, 1)))
        if self.day <= due:
            self.day = due
            self.at_once = True
            self.rng.choice((self.extend, self.consult, self.ask_fee))()

    def act(self, event: str, **data: Any) -> None:
        """A fact on the same day, some days on, or now and then weeks later."""
        latest = 0 if self.at_once else self.rng.choice((0, 2, 6, 6, 6, 25))
        self.at_once = False
        self.add(event, 0, latest, **data)

    def ask_correction(self) -> None:
        """The first, or one too many."""
        if "correction" in self.awaited and self.world.chance(0.7):
            self.act("correction.extended", respond_by=self.in_days(20))
            return
        self.act("correction.requested", respond_by=self.in_days(15))
        self.awaited.add("correction")

    def take_correction(self) -> None:
        """The clock restarts."""
        self.act("correction.received")
        self.anchor = self.day
        self.awaited.discard("correction")

    def consult(self) -> None:
        """Another one, perhaps beside others."""
        self.consultations += 1
        self.mine.append(f"c{self.consultations}")
        self.act("consultation.opened", consultation=self.mine[-1], **{"with": self.rng.choice(PARTIES)})
        if self.world.chance(0.4):
            self.serve()

    def close(self) -> None:
        """One of them, perhaps long after its cap; one that a restart ended may be closed too."""
        if self.mine:
            name = self.mine.pop(self.rng.randrange(len(self.mine)))
            result = self.rng.choice(("agreed", "objected", "no_reply", "withdrawn"))
            latest = self.rng.choice((3, 10, 50))
            self.add("consultation.closed", 0, latest, consultation=name, result=result)

    def serve(self) -> None:
        """Of a letter to a consulted party mostly, whether that consultation is open or not."""
        target: str | None = None
        if self.consultations and self.world.chance(0.85):
            target = f"c{self.rng.randint(max(1, self.consultations - 2), self.consultations)}"
        self.act("notice.served", target=target, method="邮寄", result=self.rng.choice(SERVICES))

    def extend(self) -> None:
        """In parts, late, beyond the cap."""
        self.act("period.extended", working_days=self.rng.randint(1, 20), approved_by="主任")

    def delay(self) -> None:
        """To some day near or far."""
        self.act("answer.delayed", until=self.in_days(self.rng.choice((0, 3, 9, 40, 80))))

    def ask_fee(self) -> None:
        """The first notice, or another."""
        self.act("fee.notified", scheme="by_item", quantity=self.rng.randint(31, 99), pay_by=self.in_days(40))
        self.awaited.add("fee")

    def take_fee(self) -> None:
        """Paid: from zero; waived: goes on."""
        if self.world.chance(0.5):
            self.act("fee.paid", amount="270")
            self.anchor = self.day
        else:
            self.act("fee.waived", reason="申请人确有困难")
        self.awaited.discard("fee")

    def ask_reasons(self) -> None:
        """Art. 35: moves nothing."""
        if "reasons" not in self.awaited:
            self.act("reasons.requested", respond_by=self.in_days(9))
            self.awaited.add("reasons")

    def take_reasons(self) -> None:
        """Reasonable or not."""
        self.act("reasons.received", reasonable=self.world.chance(0.5))
        self.awaited.discard("reasons")

    def answer(self, outcome: str | None = None) -> None:
        """Soon: a redo is to come near the days that are looked at."""
        del outcome
        self.act("request.answered", outcome=LAST_WORD)
        self.open, self.ending = False, "request.answered"

    def redo(self) -> None:
        """With a date or without one, and a clock of its own."""
        data: Data = {"by": self.rng.choice(("self", "reconsideration", "litigation"))}
        if self.world.chance(0.35):
            data["due_on"] = self.in_days(self.rng.choice((0, 5, 15, 15, 40)))
        self.act("redo.ordered", **data)
        self.anchor = self.day
        self.awaited.clear()
        self.mine.clear()
        self.procedure()
        if self.world.chance(0.4):
            self.act("redo.answered", outcome=LAST_WORD)
            self.ending = "request.answered"
        else:
            self.ending = ""


@dataclass(frozen=True)
class ClockCorrector(Corrector):
    """Corrects what the clock depends on, too."""

    def other_values(self, fact: Fact, day: date) -> Data | None:
        """New values of a public member."""
        rng = self.world.rng
        values: dict[str, Callable[[], Data]] = {
            "request.received": lambda: {"matter": rng.choice((None, *MATTERS))},
            "consultation.opened": lambda: {"with": rng.choice(PARTIES)},
            "notice.served": lambda: {"result": rng.choice(SERVICES)},
            "period.extended": lambda: {"working_days": rng.randint(1, 20)},
            "answer.delayed": lambda: {"until": self.some_days_after(fact)},
            "redo.ordered": lambda: {"due_on": rng.choice((None, self.some_days_after(fact)))},
        }
        return values[fact.type]() if fact.type in values else super().other_values(fact, day)

    def some_days_after(self, fact: Fact) -> str:
        """A date told or ordered."""
        return (date.fromisoformat(fact.on) + timedelta(days=self.world.rng.randint(0, 40))).isoformat()


class ClockWriter(Writer):
    """Cases, transfers and mergers around the days that will be looked at."""

    def __init__(self, world: World, organ_count: int, days: list[date]) -> None:
        super().__init__(world, organ_count)
        self.days = days
        self.corrector = ClockCorrector(world)

    def run(self, requests: int) -> list[Line]:
        """The whole register: organs and requests."""
        self.plan_organ_facts()
        for _ in range(requests):
            self.plan_case(self.rng.choice(self.organs))
        for _, _, act in sorted(self.agenda, key=lambda entry: entry[:2]):
            act()
        return self.log.lines

    def plan_case(self, organ: Organ) -> None:
        """Received up to some weeks before one of the days."""
        received = self.rng.choice(self.days) - timedelta(days=self.rng.choice((0, 5, 20, 40, 70, 100)))
        received -= timedelta(days=self.rng.randint(0, 15))
        if self.world.chance(0.05):
            received = self.rng.choice(CHANGE_OF_LAW)
        if received > organ.last_day:
            organ = self.organs[0]  # never merged
        number = organ.next_number(received.year)
        told = ClockStory(self.world, received).tell().told
        self.schedule(organ, "request", number, told)
        if self.world.chance(0.15):
            self.plan_correction((organ.code, "request", number), received + timedelta(days=30))

    def plan_correction(self, key: StreamKey, known: date) -> None:
        """None is known in the future."""
        super().plan_correction(key, min(known, self.world.horizon))

    def unused_day(self) -> date:
        """Mostly a day before one of those that are looked at."""
        near = self.rng.choice(self.days) - timedelta(days=self.rng.randint(0, 30))
        if near in self.used_days or self.world.chance(0.3):
            return super().unused_day()
        self.used_days.add(near)
        return near

    def act(self, organ: Organ, key: StreamKey, fact: Fact | Told) -> Act:
        """Services name the consultation; its version is known when it is written."""
        named = fact.data.get("target")
        if fact.type != "notice.served" or named is None:
            return super().act(organ, key, fact)
        return lambda: self.serve_letter(organ, key, fact, named)

    def serve_letter(self, organ: Organ, key: StreamKey, fact: Fact | Told, consultation: str) -> None:
        """Serves the letter of a consultation, if that stands."""
        for opened in self.log.facts(key):
            if opened.type == "consultation.opened" and opened.data["consultation"] == consultation:
                data = {**fact.data, "target": opened.version}
                self.simply(organ, key, Told(fact.on, fact.type, data))


def busy_days(rng: Random) -> list[date]:
    """A day before the change of the law, one just after it, one well after it, and the last."""
    found = [LAST_DAY]
    for first, last in (OLD_LAW, BOTH_LAWS, NEW_LAW):
        found.append(first + timedelta(days=rng.randint(0, (last - first).days)))
    return sorted(found)


def clock_register(
    seed: int, organs: int, requests: int, formats: dict[str, Format]
) -> tuple[list[Line], list[date]]:
    """The register of a seed, and the days about which it is dense."""
    rng = Random(seed)
    days = busy_days(rng)
    latest = list(formats.values())[-1]
    world = World(
        rng=rng,
        first_year=FIRST_YEAR,
        horizon=LAST_DAY,
        kinds=kinds(latest),
        answers=[code for code in outcomes(latest) if not code.startswith("closed.")],
        figures=[],
    )
    return ClockWriter(world, organs, days).run(requests), days


def main() -> int:
    """Prints the register of a seed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--organs", type=int, default=4)
    parser.add_argument("--requests", type=int, default=80)
    parser.add_argument("--formats", type=Path, default=DEFAULT_DIRECTORY)
    options = parser.parse_args()
    formats = load_formats(options.formats)
    lines, _ = clock_register(options.seed, options.organs, options.requests, formats)
    for line in lines:
        print(json.dumps(line, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
