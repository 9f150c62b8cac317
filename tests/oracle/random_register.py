#!/usr/bin/env python3
"""Writes a random register that could have been kept: every line is possible after those before it.

The same arguments give the same register. Stories are planned in the order of their legal dates and
written in the order in which they become known, so late-recorded facts, corrections and voids stand
where they would stand in a real log.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, Callable, Iterator

from formats import (
    DEFAULT_DIRECTORY,
    Format,
    cell_figures,
    kinds,
    load_formats,
    outcomes,
    proactive_cells,
)
from history import AMENDED, RETRACTED, Fact, Line, StreamKey, in_force
from invented import applicant
from possible import SEALING, GrowingLog
from second_fold import CONCLUSIONS, JUDGMENT_COLUMNS, RECONSIDERATION_COLUMNS
from stories import CaseStory, Data, DisputeStory, Told, World, figure_quantity

LAST_DAY = date(2024, 12, 31)  # never in the future, whenever a test runs
FREE_FIGURES = ("disclosed.website", "disclosed.wechat")
ORGAN_KINDS = ("department", "township", "subdistrict", "agency", "authorised_org")
# What settles a suit, and what makes it pending again.
SETTLING = ("litigation.judged", "litigation.appeal_decided", "litigation.retried")
REOPENING = ("litigation.appealed", "litigation.retrial_ordered")
# Facts about which others may be recorded first, so that knowing them late holds nothing up.
DETACHABLE = frozenset(
    "period.extended request.assigned approval.recorded identity.checked receipt.issued note.added"
    " applicant.reclassified applicant.updated consultation.opened reply.filed compliance.recorded"
    " judgment.served dispute.linked".split()
)


# --- Corrections ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Corrector:
    """Proposes amendments, retractions and voids of what stands in a stream; the log decides."""

    world: World

    def propose(self, log: GrowingLog, key: StreamKey, day: date) -> Line | None:
        """One correction, or None where there is nothing to correct."""
        entries = log.streams.get(key, [])
        if not entries:
            return None
        standing = in_force(entries)
        made = [fact for fact in standing.values() if fact.type in (AMENDED, RETRACTED)]
        facts = log.facts(key)
        choice = self.world.rng.random()
        if made and choice < 0.45:
            return self.correct_correction(key, log, self.world.rng.choice(made), day)
        if not facts:
            return None
        if choice < 0.25 or (facts[-1].type in SEALING and choice < 0.6):
            return retraction(key, self.retractable(facts), day)
        if choice < 0.32 and key[1] in ("request", "dispute"):
            return line_of(key, f"{key[1]}.voided", day, {"reason": "登记错误"})
        return self.amendment(key, self.world.rng.choice(facts), day)

    def retractable(self, facts: list[Fact]) -> Fact:
        """Often the last fact, on which nothing rests: a conclusion, a void."""
        return facts[-1] if self.world.chance(0.7) else self.world.rng.choice(facts)

    def correct_correction(self, key: StreamKey, log: GrowingLog, made: Fact, day: date) -> Line:
        """Retracts a correction, or says another day or other values in an amendment."""
        if self.world.chance(0.5):
            return retraction(key, made, day)
        if made.type == RETRACTED:
            return amendment(key, made, day, data={"reason": "另行说明"})
        if "on" in made.data:
            return amendment(key, made, day, data={"on": self.about(made.data["on"], 9, day)})
        target = in_force(log.streams[key]).get(made.data["target"])
        values = self.other_values(target, day) if target else None
        return amendment(key, made, day, data={"data": values} if values else {"reason": "另行说明"})

    def about(self, on: str, days: int, known: date) -> str:
        """Some day near another, but none in the future of who says it."""
        moved = date.fromisoformat(on) + timedelta(days=self.world.rng.randint(-days, days))
        return min(moved, known).isoformat()

    def amendment(self, key: StreamKey, fact: Fact, day: date) -> Line | None:
        """Other values where the type has any worth changing, else another date (of no organ's act)."""
        values = self.other_values(fact, day)
        if values is not None and self.world.chance(0.6):
            return amendment(key, fact, day, data=values)
        if key[1] == "organ":
            return None
        return amendment(key, fact, day, on=self.about(fact.on, 25, day))

    def other_values(self, fact: Fact, day: date) -> Data | None:
        """New values of a public member."""
        rng = self.world.rng
        if fact.type == "request.received":
            kind = {"applicant": applicant(rng, rng.choice(self.world.kinds))}
            return rng.choice([kind, kind, {"matter": None if "matter" in fact.data else "complaint"}])
        if fact.type == "request.answered" and "grounds" in fact.data:
            return {"outcome": "disclosed.provided", "grounds": None}
        choices: dict[str, tuple[str, list[Any]]] = {
            "request.answered": ("outcome", self.world.answers),
            "redo.answered": ("outcome", self.world.answers),
            "applicant.reclassified": ("kind", self.world.kinds),
            "request.closed": ("outcome", ["closed.not_information", "closed.applicant_gone"]),
            "correction.requested": ("respond_by", [self.about(fact.on, 9, day)]),
            "reconsideration.accepted": ("role", ["authority_only", "respondent"]),
            "reconsideration.decided": ("decision", list(RECONSIDERATION_COLUMNS)),
            "litigation.filed": ("after_reconsideration", [True, False]),
            "litigation.judged": ("judgment", list(JUDGMENT_COLUMNS)),
            "litigation.retried": ("judgment", list(JUDGMENT_COLUMNS)),
            "figure.recorded": ("quantity", [figure_quantity(rng, fact.data.get("item", ""))]),
            "organ.renamed": ("name", ["虚构更名局"]),
        }
        if fact.type not in choices:
            return None
        member, values = choices[fact.type]
        return {member: rng.choice(values)}


def line_of(key: StreamKey, event: str, on: date, data: Data) -> Line:
    """An import line of a stream."""
    organ, kind, ref = key
    stream = {} if kind == "organ" else {kind: ref}
    return {"type": event, "organ": organ, "on": on.isoformat(), "data": data, **stream}


def retraction(key: StreamKey, fact: Fact, day: date) -> Line:
    """The target counts as never recorded."""
    return line_of(key, RETRACTED, day, {"target": fact.version, "reason": "误录"})


def amendment(key: StreamKey, fact: Fact, day: date, **changes: Any) -> Line:
    """The target counts with other values."""
    return line_of(key, AMENDED, day, {"target": fact.version, "reason": "录入有误", **changes})


# --- The register ---------------------------------------------------------------------------------


@dataclass
class Organ:
    """An organ and what its end allows."""

    code: str
    parent: str | None
    last_day: date  # of receipts and new disputes: the merger's, if there is one
    needed_until: date = date.min  # heir of another organ that day
    serials: dict[int, int] = field(default_factory=dict)

    def next_number(self, year: int) -> str:
        """The next free number; every organ counts from 1 anew each year."""
        self.serials[year] = self.serials.get(year, 0) + 1
        return f"{year}-{self.serials[year]:05}"


Act = Callable[[], Any]


class Writer:
    """Plans who does what when, then writes it in the order in which it becomes known."""

    def __init__(self, world: World, organ_count: int) -> None:
        self.world = world
        self.rng = world.rng
        self.log = GrowingLog()
        self.agenda: list[tuple[date, int, Act]] = []
        self.untouchable: set[StreamKey] = set()
        self.numbers: dict[str, list[str]] = {}
        self.used_days: set[date] = set()
        self.corrector = Corrector(world)
        self.organs = self.plan_organs(organ_count)

    def plan_organs(self, count: int) -> list[Organ]:
        """A tree of two levels, with two tops where there are enough organs to move between them."""
        tops = 2 if count > 3 else 1
        found = [Organ(f"T{n + 1}", None, self.world.horizon) for n in range(tops)]
        for n in range(count - tops):
            found.append(Organ(f"D{n + 1:02}", found[n % tops].code, self.world.horizon))
        return found

    def run(self, requests: int) -> list[Line]:
        """The whole register."""
        self.plan_organ_facts()
        for _ in range(requests):
            self.plan_case(self.rng.choice(self.organs))
        for _ in range(requests // 8 + 2):
            self.plan_dispute(self.rng.choice(self.organs))
        for organ in self.organs:
            self.plan_figures(organ)
        for _, _, act in sorted(self.agenda, key=lambda entry: entry[:2]):
            act()
        return self.log.lines

    def at(self, day: date, act: Act) -> None:
        """Puts an act on the agenda."""
        self.agenda.append((day, len(self.agenda), act))

    def later(self, day: date) -> date:
        """When a fact becomes known: mostly on its day, sometimes weeks or months after."""
        if not self.world.chance(0.15):
            return day
        return min(day + timedelta(days=self.rng.choice((1, 3, 10, 40, 150))), self.world.horizon)

    def write(self, line: Line) -> bool:
        """Appends if possible, now and then with a key, and then perhaps twice (it is skipped)."""
        if line["on"] > self.world.horizon.isoformat():
            return False
        if self.world.chance(0.02):
            line["key"] = f"k-{len(self.log.lines)}"
        if self.world.chance(0.02):
            digest = f"{self.rng.getrandbits(256):064x}"
            line["documents"] = [{"kind": "scan", "sha256": digest, "size": self.rng.randint(1, 99999)}]
        if not self.log.append(line):
            return False
        if "key" in line and self.world.chance(0.3):
            self.log.lines.append(line)
        return True

    # Organs

    def plan_organ_facts(self) -> None:
        """Registrations first; then mergers, which end receipts; then names, the tree, transfers."""
        start = date(self.world.first_year - 2, 1, 1)
        for organ in self.organs:
            kind = self.rng.choice(ORGAN_KINDS) if organ.parent else "government"
            data: Data = {"name": f"虚构{organ.code}机关", "kind": kind}
            if organ.parent:
                data["parent"] = organ.parent
            self.plan_organ_fact(organ, "organ.registered", start, data, start)
        for organ in self.organs[1:]:
            if self.world.chance(0.3):
                self.plan_merger(organ)
        for organ in self.organs:
            self.plan_changes(organ)

    def plan_organ_fact(self, organ: Organ, event: str, on: date, data: Data, known: date) -> None:
        """One fact of an organ."""
        key = (organ.code, "organ", organ.code)
        self.at(known, lambda: self.write(line_of(key, event, on, data)))

    def unused_day(self) -> date:
        """A day on which no other organ gives anything away: the order of moves is then beyond doubt."""
        first = date(self.world.first_year, 1, 1)
        while True:
            day = self.world.day_between(first, self.world.horizon)
            if day not in self.used_days:
                self.used_days.add(day)
                return day

    def plan_merger(self, organ: Organ) -> None:
        """Merged into an organ that lives longer; nothing is received after that."""
        day = self.unused_day()
        heirs = [other for other in self.organs if other is not organ and other.last_day > day]
        has_children = any(other.parent == organ.code for other in self.organs)
        if not heirs or has_children or day <= organ.needed_until:
            return
        organ.last_day = day
        heir = self.rng.choice(heirs)
        heir.needed_until = max(heir.needed_until, day)
        self.plan_organ_fact(organ, "organ.merged", day, {"into": heir.code}, self.later(day))
        if self.world.chance(0.5):
            self.plan_organ_fact(organ, "organ.dissolved", day, {}, self.later(day))

    def plan_changes(self, organ: Organ) -> None:
        """New names, new parents, competences given away."""
        if self.world.chance(0.3):
            day = self.unused_day()
            data: Data = {"name": f"虚构{organ.code}新机关"}
            self.plan_organ_fact(organ, "organ.renamed", day, data, self.later(day))
        tops = [other.code for other in self.organs if other.parent is None]
        if organ.parent and len(tops) > 1 and self.world.chance(0.4):
            day = self.unused_day()
            data = {"parent": self.rng.choice(tops)}
            self.plan_organ_fact(organ, "organ.reparented", day, data, self.later(day))
        for _ in range(self.rng.choice((0, 0, 1, 2))):
            self.plan_transfer(organ)
        if self.world.chance(0.1):
            self.plan_correction((organ.code, "organ", organ.code), self.unused_day())

    def plan_transfer(self, organ: Organ) -> None:
        """All open cases, or some that are named, go to another organ."""
        day = self.unused_day()
        takers = [other for other in self.organs if other is not organ and other.last_day > day]
        if day >= organ.last_day or not takers:
            return
        taker = self.rng.choice(takers)

        def transfer() -> None:
            data: Data = {"to": taker.code}
            open_then = list(self.open_cases(organ, day))
            if open_then and self.world.chance(0.5):
                data["requests"] = self.rng.sample(open_then, self.rng.randint(1, len(open_then)))
            self.write(line_of((organ.code, "organ", organ.code), "competence.transferred", day, data))

        self.at(self.later(day), transfer)

    def open_cases(self, organ: Organ, day: date) -> Iterator[str]:
        """Numbers of the organ's own cases open on a day, by what is known now."""
        for number in self.numbers.get(organ.code, []):
            facts = self.log.facts((organ.code, "request", number))
            if is_open(facts, day.isoformat()):
                yield number

    # Requests

    def plan_case(self, organ: Organ) -> None:
        """One case, received in the years of the register or carried over from before."""
        first = date(self.world.first_year, 1, 1)
        if self.world.chance(0.06):
            first = first.replace(year=first.year - 1)
        received = self.world.day_between(first, organ.last_day)
        number = organ.next_number(received.year)
        story = CaseStory(self.world, received).tell()
        self.schedule(organ, "request", number, story.told)

    def schedule(self, organ: Organ, kind: str, ref: str, told: list[Told]) -> None:
        """Puts a story on the agenda. What becomes known late holds the rest up, unless detachable."""
        key = (organ.code, kind, ref)
        known = date.min
        for fact in told:
            if fact.on > self.world.horizon:
                break
            learnt = max(known, self.later(fact.on))
            if fact.type not in DETACHABLE:
                known = learnt
            self.at(learnt, self.act(organ, key, fact))
            if self.world.chance(0.03):
                self.plan_correction(key, learnt)

    def act(self, organ: Organ, key: StreamKey, fact: Fact | Told) -> Act:
        """How a fact is written; some need to look at the log first."""
        special: dict[str, Callable[[Organ, StreamKey, Told], None]] = {
            "request.split": self.split,
            "request.merged": self.merge,
            "notice.served": self.serve,
            "reconsideration.accepted": self.open_dispute,
            "litigation.filed": self.open_dispute,
            "dispute.linked": self.link,
        }
        perform = special.get(fact.type, self.simply)
        return lambda: perform(organ, key, fact)

    def simply(self, organ: Organ, key: StreamKey, fact: Told) -> None:
        """Writes the fact as it is; cases from before the register's years are taken over."""
        line = line_of(key, fact.type, fact.on, fact.data)
        if fact.on.year < self.world.first_year:
            line["source"] = "asserted"
        if self.write(line) and fact.type == "request.received":
            self.numbers.setdefault(organ.code, []).append(key[2])

    def split(self, organ: Organ, key: StreamKey, fact: Told) -> None:
        """The children are received with the parent's date and then live on their own."""
        facts = self.log.facts(key)
        receipt = next((f for f in facts if f.type == "request.received"), None)
        if receipt is None or key in self.untouchable:
            return
        received = date.fromisoformat(receipt.on)
        children = [organ.next_number(received.year) for _ in range(self.rng.randint(2, 3))]
        line = line_of(key, fact.type, fact.on, {**fact.data, "into": children})
        if not self.log.possible(line):
            return
        for number in children:
            child = (organ.code, "request", number)
            self.simply(organ, child, Told(received, "request.received", receipt.data))
            self.untouchable.add(child)
            self.continue_child(organ, child, received, fact.on)
        self.untouchable.add(key)
        self.write(line)

    def continue_child(self, organ: Organ, child: StreamKey, received: date, since: date) -> None:
        """The child's own answer, at once known: the agenda of that day is already being worked off."""
        day = since + timedelta(days=self.rng.randint(0, 20))
        if self.world.chance(0.8):
            outcome = self.rng.choice(self.world.answers)
            self.simply(organ, child, Told(max(day, received), "request.answered", {"outcome": outcome}))

    def merge(self, organ: Organ, key: StreamKey, fact: Told) -> None:
        """Into another case of the organ that is open that day; without one it is withdrawn."""
        others = [n for n in self.open_cases(organ, fact.on) if n != key[2]]
        if not others or key in self.untouchable:
            self.simply(organ, key, Told(fact.on, "request.withdrawn", {}))
            return
        into = self.rng.choice(others)
        if self.write(line_of(key, fact.type, fact.on, {"into": into})):
            self.untouchable.add((organ.code, "request", into))

    def serve(self, organ: Organ, key: StreamKey, fact: Told) -> None:
        """Serves the latest notice of the case."""
        notices = ("request.answered", "correction.requested", "fee.notified", "period.extended")
        day = fact.on.isoformat()
        served = [f for f in self.log.facts(key) if f.type in notices and f.on <= day]
        if served:
            data = {**fact.data, "target": served[-1].version}
            self.simply(organ, key, Told(fact.on, fact.type, data))

    # Disputes and figures

    def plan_dispute(self, organ: Organ) -> None:
        """One dispute; of a merged organ nothing new arises after the merger."""
        first = date(self.world.first_year - 1, 6, 1)
        opened = self.world.day_between(first, organ.last_day)
        told = DisputeStory(self.world, opened).tell()
        ref = f"d-{organ.code}-{len(self.agenda)}"
        self.schedule(organ, "dispute", ref, list(self.until_settled(told, organ.last_day)))

    def until_settled(self, told: list[Told], last_day: date) -> Iterator[Told]:
        """Leaves out that a dispute settled before a merger is reopened after it: nobody's by rule."""
        settled = False
        for fact in told:
            if fact.on > last_day and settled and fact.type in REOPENING:
                return
            if fact.on <= last_day and fact.type in SETTLING + REOPENING:
                settled = fact.type in SETTLING
            yield fact

    def some_numbers(self, organ: Organ) -> list[str]:
        """None to two of the organ's requests."""
        known = self.numbers.get(organ.code, [])
        return self.rng.sample(known, min(len(known), self.rng.choice((0, 1, 1, 2))))

    def open_dispute(self, organ: Organ, key: StreamKey, fact: Told) -> None:
        """The opening names the requests."""
        line = line_of(key, fact.type, fact.on, fact.data)
        self.write({**line, "requests": self.some_numbers(organ)})

    def link(self, organ: Organ, key: StreamKey, fact: Told) -> None:
        """More requests for a dispute."""
        if numbers := self.some_numbers(organ):
            self.write(line_of(key, fact.type, fact.on, {"requests": numbers}))

    def plan_figures(self, organ: Organ) -> None:
        """Some of the figures in some of the years, the year before the first included."""
        for year in range(self.world.first_year - 1, self.world.horizon.year + 1):
            for item in self.world.figures:
                if self.world.chance(0.12):
                    day = self.world.day_between(date(year, 1, 1), date(year, 12, 31))
                    self.plan_figure(organ, item, day)

    def plan_figure(self, organ: Organ, item: str, day: date) -> None:
        """One figure; one without a ref is never corrected."""
        line: Line = {"type": "figure.recorded", "organ": organ.code, "on": day.isoformat()}
        line["data"] = {"item": item, "quantity": figure_quantity(self.rng, item)}
        known = self.later(day)
        if self.world.chance(0.7):
            line["figure"] = f"f-{len(self.agenda)}"
            if self.world.chance(0.15):
                self.plan_correction((organ.code, "figure", line["figure"]), known)
        self.at(known, lambda: self.write(line))

    # Corrections

    def plan_correction(self, key: StreamKey, known: date) -> None:
        """One to three corrections, some time after the fact."""
        day = known
        for _ in range(self.rng.choice((1, 1, 2, 3))):
            day = min(day + timedelta(days=self.rng.choice((1, 5, 30, 200))), self.world.horizon)
            self.at(day, lambda day=day: self.correct(key, day))

    def correct(self, key: StreamKey, day: date) -> None:
        """Tries a few corrections until one is possible; leaves alone what other streams rest on."""
        if key in self.untouchable:
            return
        for _ in range(5):
            line = self.corrector.propose(self.log, key, day)
            if line is not None and not self.shakes_others(key, line) and self.write(line):
                return

    def shakes_others(self, key: StreamKey, line: Line) -> bool:
        """True for a correction that another stream or the organs' ends would have a say in."""
        target = line["data"].get("target")
        if target is None:
            return False
        fact = self.log.streams[key][target - 1]
        if fact.type in ("organ.registered", "organ.merged", "request.split", "request.merged"):
            return True
        on = line["data"].get("on") or (line["data"].get("data") or {}).get("on")
        organ = next(organ for organ in self.organs if organ.code == key[0])
        return on is not None and on > organ.last_day.isoformat()


def is_open(facts: list[Fact], day: str) -> bool:
    """True if the case was received by a day and neither concluded nor taken out by what is known."""
    received = any(fact.type == "request.received" and fact.on <= day for fact in facts)
    ended = any(fact.type in CONCLUSIONS or fact.type in SEALING for fact in facts)
    return received and not ended


def random_register(
    seed: int, organs: int, requests: int, years: tuple[int, int], formats: dict[str, Format]
) -> list[Line]:
    """The register of a seed."""
    editions = list(formats.values())
    latest = editions[-1]
    figures = {item for e in editions for _, _, rule in proactive_cells(e) for item in cell_figures(rule)}
    world = World(
        rng=Random(seed),
        first_year=years[0],
        horizon=min(date(years[1], 12, 31), LAST_DAY),
        kinds=kinds(latest),
        answers=[code for code in outcomes(latest) if not code.startswith("closed.")],
        figures=sorted(figures) + list(FREE_FIGURES),
    )
    return Writer(world, organs).run(requests)


def parse_span(text: str) -> tuple[int, int]:
    """`2018-2024`, or one number for both ends."""
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def main() -> int:
    """Prints the register of a seed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--organs", type=int, default=4)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--years", type=parse_span, default=(2018, 2024))
    parser.add_argument("--formats", type=Path, default=DEFAULT_DIRECTORY)
    options = parser.parse_args()
    formats = load_formats(options.formats)
    lines = random_register(options.seed, options.organs, options.requests, options.years, formats)
    for line in lines:
        print(json.dumps(line, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
