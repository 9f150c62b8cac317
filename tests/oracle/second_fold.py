#!/usr/bin/env python3
"""Derives the annual report from a register a second time: slowly and simply.

Reads the import lines of contract §6 and prints the tables of contract §5, so that the program
under test and this page can disagree. Nothing is indexed and nothing is remembered between cells.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Iterable, Iterator

from formats import (
    DEFAULT_DIRECTORY,
    TOTAL,
    Format,
    NoEdition,
    cell_figures,
    choose_edition,
    kinds,
    load_formats,
    proactive_cells,
    request_rows,
)
from history import Fact, Line, Streams, read_lines, read_streams, standing_facts

Table = dict[str, Any]

# What ends a case, and with which outcome where the event type alone decides it (contract §3).
CONCLUSIONS: dict[str, str | None] = {
    "request.answered": None,
    "request.closed": None,
    "correction.lapsed": "closed.correction_lapsed",
    "fee.lapsed": "closed.fee_unpaid",
    "request.withdrawn": "closed.withdrawn",
    "request.merged": "closed.merged",
}

UNCOUNTED = ("request.voided", "request.split")

PENDING = "pending"

# Reviews and suits to the three result columns (domain §2.9, codes of contract §3).
RECONSIDERATION_COLUMNS: dict[str, str] = {
    "upheld": "upheld",
    "claim_rejected": "upheld",
    "modified": "corrected",
    "revoked": "corrected",
    "partially_revoked": "corrected",
    "declared_unlawful": "corrected",
    "declared_void": "corrected",
    "ordered_to_perform": "corrected",
    "application_rejected": "other",
    "terminated": "other",
    "mediated": "other",
}
JUDGMENT_COLUMNS: dict[str, str] = {
    "claims_rejected": "upheld",
    "revoked": "corrected",
    "partially_revoked": "corrected",
    "declared_unlawful": "corrected",
    "declared_void": "corrected",
    "ordered_to_perform": "corrected",
    "ordered_to_pay": "corrected",
    "ordered_to_remedy": "corrected",
    "modified": "corrected",
    "suit_dismissed": "other",
    "withdrawn": "other",
    "terminated": "other",
}


class UnknownOrgan(Exception):
    """The register has no organ of that code."""


@dataclass(frozen=True)
class Move:
    """Open cases go from one organ to another (competence.transferred, organ.merged)."""

    on: str
    position: int
    giver: str
    taker: str
    listed: frozenset[str] | None  # None: every open case
    with_disputes: bool


@dataclass(frozen=True)
class Case:
    """A request that is counted in table three."""

    organ: str
    number: str
    kind: str
    received: str
    concluded: str | None
    outcome: str | None


@dataclass(frozen=True)
class Custody:
    """The time one organ holds a case; `end` is None while it is open there."""

    organ: str
    start: str
    end: str | None
    by_receipt: bool
    by_conclusion: bool


@dataclass(frozen=True)
class Dispute:
    """A review or suit that is counted in table four."""

    organ: str
    block: str
    facts: list[Fact]


@dataclass(frozen=True)
class Figure:
    """One recorded quantity of table two."""

    organ: str
    item: str
    on: str
    quantity: Decimal


@dataclass(frozen=True)
class Register:
    """All that the tables are derived from."""

    names: dict[str, str]
    parents: dict[str, str]
    moves: list[Move]
    cases: list[Case]
    disputes: list[Dispute]
    figures: list[Figure]


def read_register(lines: Iterable[Line]) -> Register:
    """Folds every stream of the register."""
    streams = read_streams(lines)
    organs = facts_of(streams, "organ")
    return Register(
        names=latest_values(organs, "name"),
        parents=latest_values(organs, "parent"),
        moves=sorted(read_moves(organs), key=lambda move: (move.on, move.position)),
        cases=[
            case
            for (organ, number), facts in facts_of(streams, "request").items()
            if (case := read_case(organ, number, facts))
        ],
        disputes=[
            dispute
            for (organ, _), facts in facts_of(streams, "dispute").items()
            if (dispute := read_dispute(organ, facts))
        ],
        figures=[
            figure
            for (organ, _), facts in facts_of(streams, "figure").items()
            for figure in read_figures(organ, facts)
        ],
    )


def facts_of(streams: Streams, kind: str) -> dict[tuple[str, str], list[Fact]]:
    """The standing facts of every stream of one kind."""
    return {
        (organ, ref): standing_facts(entries)
        for (organ, found, ref), entries in streams.items()
        if found == kind
    }


def latest_values(organs: dict[tuple[str, str], list[Fact]], member: str) -> dict[str, str]:
    """Name or parent by organ: the last fact that says it (the tree is the latest, contract §3)."""
    return {
        organ: fact.data[member]
        for (organ, _), facts in organs.items()
        for fact in facts
        if member in fact.data
    }


def read_moves(organs: dict[tuple[str, str], list[Fact]]) -> Iterator[Move]:
    """Transfers of competence and mergers (domain §6 no. 27)."""
    for (organ, _), facts in organs.items():
        for fact in facts:
            if fact.type == "competence.transferred":
                listed = frozenset(fact.data["requests"]) if "requests" in fact.data else None
                yield Move(fact.on, fact.position, organ, fact.data["to"], listed, False)
            elif fact.type == "organ.merged":
                yield Move(fact.on, fact.position, organ, fact.data["into"], None, True)


def read_case(organ: str, number: str, facts: list[Fact]) -> Case | None:
    """A case as table three sees it, or None where it counts nowhere.

    Void cases, split parents and submissions that were never received are not registered requests
    (contract §3); corrections of records and complaints are no requests for information (art. 41).
    """
    receipt = next((fact for fact in facts if fact.type == "request.received"), None)
    if receipt is None or any(fact.type in UNCOUNTED for fact in facts):
        return None
    if receipt.data.get("matter", "disclosure") != "disclosure":
        return None
    end = next((fact for fact in facts if fact.type in CONCLUSIONS), None)
    return Case(
        organ,
        number,
        applicant_kind(receipt, facts),
        receipt.on,
        end.on if end else None,
        outcome(end) if end else None,
    )


def applicant_kind(receipt: Fact, facts: list[Fact]) -> str:
    """The column: the latest word on it, in every year (domain §6 no. 26)."""
    said = [fact.data["kind"] for fact in facts if fact.type == "applicant.reclassified"]
    return said[-1] if said else receipt.data["applicant"]["kind"]


def outcome(conclusion: Fact) -> str:
    """The outcome of a conclusion; a redo never replaces it (domain §3.4)."""
    return CONCLUSIONS[conclusion.type] or conclusion.data["outcome"]


def read_dispute(organ: str, facts: list[Fact]) -> Dispute | None:
    """A dispute as table four sees it, or None where the organ is not the one that counts it.

    Where the organ only took part as the review authority, the organ of the act counts (domain §1.4).
    """
    opening = facts[0]
    if opening.data.get("role") == "authority_only":
        return None
    if any(fact.type == "dispute.voided" for fact in facts):
        return None
    return Dispute(organ, dispute_block(opening), facts)


def dispute_block(opening: Fact) -> str:
    """Which of the three blocks of table four a dispute stands in."""
    if opening.type == "reconsideration.accepted":
        return "reconsideration"
    after = opening.data["after_reconsideration"]
    return "litigation_after_reconsideration" if after else "litigation_direct"


def read_figures(organ: str, facts: list[Fact]) -> Iterator[Figure]:
    """The quantities of one figure stream."""
    for fact in facts:
        yield Figure(organ, fact.data["item"], fact.on, Decimal(str(fact.data["quantity"])))


def custodies(case: Case, moves: list[Move]) -> Iterator[Custody]:
    """Who held a case from when to when: each move of an open case ends one custody, begins another."""
    holder, start, by_receipt = case.organ, case.received, True
    for move in moves:
        if takes_case(move, case, holder):
            yield Custody(holder, start, move.on, by_receipt, by_conclusion=False)
            holder, start, by_receipt = move.taker, move.on, False
    yield Custody(holder, start, case.concluded, by_receipt, case.concluded is not None)


def takes_case(move: Move, case: Case, holder: str) -> bool:
    """True if the giver holds the case, open, on the day of the move, and the move means it.

    Register numbers are unique within an organ only, so a list names cases registered by the giver.
    """
    if move.giver != holder or case.received > move.on:
        return False
    if case.concluded is not None and case.concluded <= move.on:
        return False
    return move.listed is None or (case.organ == move.giver and case.number in move.listed)


def rows_of(custody: Custody, year: int) -> Iterator[str]:
    """The sources of table three that one custody feeds in a year (domain §3.7)."""
    first, last = f"{year}-01-01", f"{year}-12-31"
    if first <= custody.start <= last:
        yield "received" if custody.by_receipt else "carried_in"
    elif custody.start < first and (custody.end is None or custody.end >= first):
        yield "carried_in"
    if custody.end is not None and first <= custody.end <= last:
        yield "outcome" if custody.by_conclusion else "carried_out"
    elif custody.start <= last and (custody.end is None or custody.end > last):
        yield "carried_out"


def requests_table(register: Register, organs: set[str], year: int, edition: Format) -> Table:
    """Table three: six columns counted, the total and the sum of the results computed."""
    columns = kinds(edition)
    rows = request_rows(edition)
    table = {row["code"]: [0] * len(columns) for row in rows}
    for case in register.cases:
        for custody in custodies(case, register.moves):
            if custody.organ in organs:
                for source in rows_of(custody, year):
                    table[row_code(rows, source, case)][columns.index(case.kind)] += 1
    results = [row["code"] for row in rows if row["source"] == "outcome"]
    for row in rows:
        if row["source"] == "outcome_total":
            table[row["code"]] = [sum(column) for column in zip(*(table[r] for r in results))]
    return {code: numbers + [sum(numbers)] for code, numbers in table.items()}


def row_code(rows: list[dict[str, Any]], source: str, case: Case) -> str:
    """The row of the edition that a source, or for a result the outcome, is printed in."""
    for row in rows:
        if row["source"] == source and (source != "outcome" or case.outcome in row["outcomes"]):
            return row["code"]
    raise ValueError(f"no row for {source} {case.outcome}")


def dispute_status(facts: list[Fact], last_day: str) -> tuple[str, str] | None:
    """Column and its day, by the facts dated up to a day; None before the dispute was opened.

    A dispute is one, through all its instances (domain §2.9). An appeal that fails leaves the first
    judgment's column standing, whatever it was, from the day of the appeal decision on.
    """
    status: tuple[str, str] | None = None
    judged = PENDING
    for fact in facts:
        if fact.on > last_day:
            break
        if fact.type in ("litigation.judged", "litigation.retried"):
            judged = JUDGMENT_COLUMNS[fact.data["judgment"]]
        column = column_after(fact, judged)
        if column is not None:
            status = (column, fact.on)
    return status


def column_after(fact: Fact, judged: str) -> str | None:
    """The column a dispute stands in after a fact; None if the fact moves nothing."""
    if fact.type == "reconsideration.decided":
        return RECONSIDERATION_COLUMNS[fact.data["decision"]]
    if fact.type in ("litigation.judged", "litigation.retried"):
        return judged
    if fact.type == "litigation.appeal_decided":
        return appeal_column(fact, judged)
    opens = fact.type in ("reconsideration.accepted", "litigation.filed")
    reopens = fact.type in ("litigation.appealed", "litigation.retrial_ordered")
    return PENDING if opens or reopens else None


def appeal_column(fact: Fact, judged: str) -> str:
    """What an appeal decision leaves standing (contract §3)."""
    result = fact.data["result"]
    if result in ("sustained", "withdrawn"):
        return judged
    return JUDGMENT_COLUMNS[fact.data["effect"]] if result == "changed" else PENDING


def dispute_holder(dispute: Dispute, moves: list[Move], day: str) -> str:
    """The organ that has the dispute on a day: a merger hands over what is pending that day."""
    holder = dispute.organ
    for move in moves:
        if move.with_disputes and move.on <= day and move.giver == holder:
            status = dispute_status(dispute.facts, move.on)
            if status is not None and status[0] == PENDING:
                holder = move.taker
    return holder


def disputes_table(register: Register, organs: set[str], year: int, edition: Format) -> Table:
    """Table four: decided in the year, or pending at its end (domain §1.4, §3.7)."""
    form = edition["disputes"]
    table = {block["code"]: {c["code"]: 0 for c in form["columns"]} for block in form["blocks"]}
    first, last = f"{year}-01-01", f"{year}-12-31"
    for dispute in register.disputes:
        status = dispute_status(dispute.facts, last)
        if status is None or (status[0] != PENDING and status[1] < first):
            continue
        column, day = status
        holder = dispute_holder(dispute, register.moves, last if column == PENDING else day)
        if holder in organs:
            table[dispute.block][column] += 1
            table[dispute.block][TOTAL] += 1
    return table


def proactive_table(register: Register, organs: set[str], year: int, edition: Format) -> Table:
    """Table two, which no case yields: sums of recorded figures."""
    table: Table = {}
    for row, column, rule in proactive_cells(edition):
        amount = sum(
            (
                weight * figure.quantity
                for item, weight in cell_figures(rule).items()
                for figure in register.figures
                if figure.organ in organs
                and figure.item == item
                and in_period(figure.on, year, rule["aggregate"])
            ),
            Decimal(0),
        )
        table.setdefault(row, {})[column] = shown(amount, rule["unit"])
    return table


def in_period(on: str, year: int, aggregate: str) -> bool:
    """True if a figure dated `on` belongs into a cell of that year."""
    first, last = f"{year}-01-01", f"{year}-12-31"
    periods = {
        "sum_in_year": first <= on <= last,
        "sum_before_year": on < first,
        "sum_to_year_end": on <= last,
    }
    return periods[aggregate]


def shown(amount: Decimal, unit: str) -> int | str:
    """A whole number, else a decimal string without trailing zeros; never a float (contract)."""
    if unit == "yuan_shown_in_10k":
        amount = amount.scaleb(-4)
    if amount == amount.to_integral_value():
        return int(amount)
    return format(amount.normalize(), "f")


def region(register: Register, organ: str) -> set[str]:
    """The organ and all organs below it."""
    found = {organ}
    while True:
        below = {child for child, parent in register.parents.items() if parent in found}
        if below <= found:
            return found
        found |= below


def report(
    register: Register,
    formats: dict[str, Format],
    organ: str,
    year: int,
    scope: str = "organ",
    wanted_edition: str | None = None,
) -> dict[str, Any]:
    """The report document of contract §5, without what only the program can say (as_of, checks)."""
    if organ not in register.names:
        raise UnknownOrgan(f"no organ {organ} in the register")
    edition = choose_edition(formats, year, wanted_edition)
    organs = region(register, organ) if scope == "region" else {organ}
    return {
        "organ": {"code": organ, "name": register.names[organ]},
        "year": year,
        "scope": scope,
        "edition": edition["format"],
        "proactive": proactive_table(register, organs, year, edition),
        "requests": requests_table(register, organs, year, edition),
        "disputes": disputes_table(register, organs, year, edition),
    }


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--formats", type=Path, default=DEFAULT_DIRECTORY)
    parser.add_argument("--organ", required=True)
    parser.add_argument("--year", type=int, required=True)
    parser.add_argument("--scope", choices=("organ", "region"), default="organ")
    parser.add_argument("--edition")
    parser.add_argument("file", help="NDJSON import lines; - is standard input")
    return parser.parse_args()


def main() -> int:
    """Prints one report; 1: no such organ, 2: no such edition (as the program's exit codes)."""
    options = parse_arguments()
    if options.file == "-":
        lines = read_lines(sys.stdin)
    else:
        with open(options.file, encoding="utf-8") as file:
            lines = read_lines(file)
    try:
        document = report(
            read_register(lines),
            load_formats(options.formats),
            options.organ,
            options.year,
            options.scope,
            options.edition,
        )
    except (UnknownOrgan, NoEdition) as refusal:
        print(refusal, file=sys.stderr)
        return 2 if isinstance(refusal, NoEdition) else 1
    print(json.dumps(document, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
