#!/usr/bin/env python3
"""Turns a published annual report into a register that must lead back to exactly its tables.

Prints import lines (contract §6). A document that no single register can yield, because its own
sums do not hold or because it mixes two layouts, is refused with the reasons (exit 1).
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Callable, Iterator

from formats import (
    DEFAULT_DIRECTORY,
    TOTAL,
    Format,
    cell_figures,
    choose_edition,
    kinds,
    load_formats,
    proactive_cells,
    request_rows,
)
from history import Line
from invented import CHANNELS, CONFIRMED_CHANNELS, applicant, subject
from second_fold import JUDGMENT_COLUMNS, PENDING, RECONSIDERATION_COLUMNS

Document = dict[str, Any]
Data = dict[str, Any]
Step = tuple[int, str, Data]  # days from the start, event type, data

# The fee rules are in force from that day (domain §2.1).
FEES_SINCE_YEAR = 2021
# A case carried in needs a history at least this long, so that it can straddle the new year.
SHORTEST_STRADDLE = 5


class NotOneRegister(Exception):
    """The document cannot be the projection of one register."""


# --- What the document says, and whether one register can say it ----------------------------------


def number(cell: Any) -> Decimal:
    """A cell; a blank one counts as 0 (contract §5)."""
    return Decimal(str(cell)) if cell is not None else Decimal(0)


def edition_of(document: Document, formats: dict[str, Format]) -> Format:
    """The one edition the tables are printed in."""
    named = document["edition"]
    if isinstance(named, dict):
        layouts = ", ".join(f"{table} in {edition}" for table, edition in named.items())
        raise NotOneRegister(f"mixes two layouts ({layouts}); a report is printed in one edition")
    return choose_edition(formats, document["year"], named)


def complaints(document: Document, edition: Format) -> Iterator[str]:
    """Every identity of tables three and four that the document breaks (domain §1.3, §1.4)."""
    table = {code: [int(number(cell)) for cell in cells] for code, cells in document["requests"].items()}
    results = [row["code"] for row in request_rows(edition) if row["source"] == "outcome"]
    for code, cells in table.items():
        yield from unequal(f"requests/{code}/total", cells[-1], "the columns", sum(cells[:-1]))
    for i, kind in enumerate(kinds(edition)):
        total = table["results_total"][i]
        summed = sum(table[code][i] for code in results)
        yield from unequal(f"requests/results_total/{kind}", total, "the results", summed)
        taken = table["received"][i] + table["carried_in"][i]
        left = total + table["carried_out"][i]
        yield from unequal(f"requests/received+carried_in/{kind}", taken, "results + carried_out", left)
    for block, cells in document["disputes"].items():
        parts = sum(int(number(cell)) for column, cell in cells.items() if column != TOTAL)
        printed = int(number(cells[TOTAL]))
        yield from unequal(f"disputes/{block}/total", printed, "the columns of the block", parts)


def unequal(cell: str, printed: int, what: str, summed: int) -> Iterator[str]:
    """One complaint if the sum does not hold."""
    if printed != summed:
        yield f"{cell} is {printed}, but {what} sum to {summed}"


# --- Histories that lead to an outcome ------------------------------------------------------------


def answered(rng: Random, outcome: str, soonest: int = 2, **more: Any) -> Step:
    """An answer in time: 18 calendar days never hold more than 20 working days."""
    days = rng.randint(soonest, 18)
    data = {"outcome": outcome, "document_no": f"信公开答{rng.randint(1, 999)}号", **more}
    return days, "request.answered", data


def after(steps: list[Step], last: Step) -> list[Step]:
    """Lets the last step follow: its days count from the end of the steps before (clock restarts)."""
    days, event, data = last
    return steps + [(steps[-1][0] + days, event, data)]


def correction(rng: Random) -> list[Step]:
    """A correction asked for within seven working days, and received (art. 30)."""
    asked = rng.randint(1, 5)
    return [
        (asked, "correction.requested", {"respond_by": asked + 15, "items": "请补充文件名称或特征描述"}),
        (asked + rng.randint(2, 14), "correction.received", {}),
    ]


def fee(rng: Random) -> list[Step]:
    """A fee by pages, notified and paid (domain §2.8: 31 to 100 pages cost 10 yuan each)."""
    pages = rng.randint(31, 100)
    notified = rng.randint(2, 8)
    amount = str((pages - 30) * 10)
    terms = {"scheme": "by_page", "quantity": pages, "pay_by": notified + 35, "amount": amount}
    return [
        (notified, "fee.notified", terms),
        (notified + rng.randint(2, 30), "fee.paid", {"amount": amount}),
    ]


def extension(rng: Random) -> list[Step]:
    """An extension decided in time (art. 33)."""
    data = {"working_days": rng.randint(5, 20), "approved_by": "主任"}
    return [(rng.randint(8, 16), "period.extended", data)]


def consultation(rng: Random, result: str) -> list[Step]:
    """A third party asked, and its word (art. 32)."""
    sent = rng.randint(1, 5)
    return [
        (sent, "consultation.opened", {"consultation": "c1", "with": "third_party", "party": "虚构第三方"}),
        (sent + rng.randint(3, 15), "consultation.closed", {"consultation": "c1", "result": result}),
    ]


def given(rng: Random, outcome: str, fees: bool) -> list[Step]:
    """Information given: at once, after a correction, an extension, a fee, or plainly."""
    way = rng.randint(0, 9)
    if way == 0:
        return [(0, *answered(rng, outcome)[1:])]
    if way == 1:
        return after(correction(rng), answered(rng, outcome))
    if way == 2:
        return after(extension(rng), answered(rng, outcome))
    if way == 3 and fees and outcome != "disclosed.already_public":
        return after(fee(rng), answered(rng, outcome))
    if way == 4:
        return after(consultation(rng, "agreed"), answered(rng, outcome))
    return [answered(rng, outcome)]


def partly_given(rng: Random, outcome: str, _: bool) -> list[Step]:
    """Parts withheld for a ground that is kept, not counted (art. 37)."""
    grounds = [{"code": "refused.third_party_rights"}]
    return after(consultation(rng, "objected"), answered(rng, outcome, grounds=grounds))


def refused_for_others(rng: Random, outcome: str, _: bool) -> list[Step]:
    """Refused for third parties, who objected (arts. 15, 32)."""
    return after(consultation(rng, "objected"), answered(rng, outcome))


def still_unclear(rng: Random, outcome: str, _: bool) -> list[Step]:
    """Unclear even after the correction (art. 30)."""
    return after(correction(rng), answered(rng, outcome))


def abusive(rng: Random, outcome: str, _: bool) -> list[Step]:
    """Reasons asked for and not reasonable (art. 35)."""
    asked = rng.randint(1, 4)
    steps: list[Step] = [
        (asked, "reasons.requested", {"respond_by": asked + 7}),
        (asked + rng.randint(1, 7), "reasons.received", {"reasonable": False}),
    ]
    return after(steps, (rng.randint(1, 6), "request.answered", {"outcome": outcome}))


def not_corrected(rng: Random, _: str, __: bool) -> list[Step]:
    """Lapses the day after the deadline, no earlier (contract §3)."""
    asked = correction(rng)[0]
    return [asked, (asked[2]["respond_by"] + 1, "correction.lapsed", {})]


def not_paid(rng: Random, _: str, __: bool) -> list[Step]:
    """Lapses the day after the last day to pay."""
    notified = fee(rng)[0]
    return [notified, (notified[2]["pay_by"] + 1, "fee.lapsed", {})]


def withdrawn(rng: Random, _: str, __: bool) -> list[Step]:
    """Withdrawn in writing before the answer."""
    return [(rng.randint(1, 15), "request.withdrawn", {})]


def merged(rng: Random, _: str, __: bool) -> list[Step]:
    """A second identical request while the first is open (domain §6 no. 9); `into` is found later."""
    return [(rng.randint(1, 6), "request.merged", {"into": None})]


def closed(rng: Random, outcome: str, _: bool) -> list[Step]:
    """Closed for another reason that is said."""
    return [(rng.randint(2, 15), "request.closed", {"outcome": outcome, "reason": "虚构的办结理由"})]


def plainly(rng: Random, outcome: str, _: bool) -> list[Step]:
    """An answer, some after an extension."""
    if rng.random() < 0.1:
        return after(extension(rng), answered(rng, outcome))
    return [answered(rng, outcome)]


Recipe = Callable[[Random, str, bool], list[Step]]
RECIPES: dict[str, Recipe] = {
    "disclosed.already_public": given,
    "disclosed.provided": given,
    "partially_disclosed": partly_given,
    "refused.third_party_rights": refused_for_others,
    "unavailable.unclear_after_correction": still_unclear,
    "not_processed.abusive": abusive,
    "closed.correction_lapsed": not_corrected,
    "closed.fee_unpaid": not_paid,
    "closed.withdrawn": withdrawn,
    "closed.merged": merged,
    "closed.not_information": closed,
    "closed.applicant_gone": closed,
    "closed.other": closed,
}


def unfinished(rng: Random, fees: bool) -> list[Step]:
    """The beginning of a case that is open at the year's end, in one of the states it may be in."""
    beginnings: list[list[Step]] = [
        [],
        correction(rng)[:1],
        correction(rng),
        consultation(rng, "agreed")[:1],
    ]
    if fees:
        beginnings.append(fee(rng)[:1])
    return rng.choice(beginnings)


# --- Cases ----------------------------------------------------------------------------------------


@dataclass
class Plan:
    """One case to be written: when it was received, and its steps from then on."""

    number: str
    kind: str
    received: date
    steps: list[Step]
    applicant: Data
    concluded: date | None = None

    def day(self, step: Step) -> date:
        """The legal date of a step."""
        return self.received + timedelta(days=step[0])


@dataclass
class Cases:
    """Plans the cases of one report and hands out their register numbers."""

    rng: Random
    year: int
    plans: list[Plan] = field(default_factory=list)
    serials: dict[int, int] = field(default_factory=dict)

    @property
    def fees(self) -> bool:
        """True if a fee may be charged to every case of the report, carried-in ones included."""
        return self.year > FEES_SINCE_YEAR

    def add(self, kind: str, received: date, steps: list[Step], is_concluded: bool) -> None:
        """Plans one case."""
        serial = self.serials.get(received.year, 0) + 1
        self.serials[received.year] = serial
        name = applicant(self.rng, kind)
        plan = Plan(f"{received.year}-{serial:05}", kind, received, steps, name)
        if is_concluded:
            plan.concluded = plan.day(steps[-1])
        self.plans.append(plan)

    def add_carried_in(self, kind: str, outcome: str) -> None:
        """Received in the year before, concluded early in the year."""
        steps = self.history(outcome, SHORTEST_STRADDLE)
        days_in_new_year = self.rng.randint(1, steps[-1][0] - 1)
        concluded = date(self.year, 1, 1) + timedelta(days=days_in_new_year - 1)
        self.add(kind, concluded - timedelta(days=steps[-1][0]), steps, is_concluded=True)

    def add_of_the_year(self, kind: str, outcome: str) -> None:
        """Received and concluded in the year, anywhere in it."""
        steps = self.history(outcome, 0)
        last_receipt = date(self.year, 12, 31) - timedelta(days=steps[-1][0])
        first = date(self.year, 1, 1)
        received = first + timedelta(days=self.rng.randint(0, (last_receipt - first).days))
        self.add(kind, received, steps, is_concluded=True)

    def add_open(self, kind: str, received_year: int) -> None:
        """Received in the last weeks of a year and open at the end of the report's year."""
        steps = unfinished(self.rng, self.fees)
        length = steps[-1][0] if steps else 0
        received = date(received_year, 12, 31) - timedelta(days=length + self.rng.randint(0, 5))
        self.add(kind, received, steps, is_concluded=False)

    def history(self, outcome: str, at_least: int) -> list[Step]:
        """A history that ends in the outcome and lasts long enough."""
        recipe = RECIPES.get(outcome, plainly)
        steps = recipe(self.rng, outcome, self.fees)
        while steps[-1][0] < at_least:
            steps = recipe(self.rng, outcome, self.fees)
        return steps


def plan_cases(rng: Random, document: Document, edition: Format) -> list[Plan]:
    """Cases for every cell of table three; those carried in are concluded first."""
    cases = Cases(rng, document["year"])
    table = document["requests"]
    for i, kind in enumerate(kinds(edition)):
        carried_in, received = (int(number(table[row][i])) for row in ("carried_in", "received"))
        results = outcomes_of_column(rng, table, i, edition, cases.fees)
        for outcome in results[:carried_in]:
            cases.add_carried_in(kind, outcome)
        for outcome in results[carried_in:]:
            cases.add_of_the_year(kind, outcome)
        never_concluded = max(carried_in - len(results), 0)
        for _ in range(never_concluded):
            cases.add_open(kind, cases.year - 1)
        for _ in range(received - max(len(results) - carried_in, 0)):
            cases.add_open(kind, cases.year)
    resolve_mergers(cases.plans)
    return cases.plans


def outcomes_of_column(
    rng: Random, table: dict[str, list[Any]], column: int, edition: Format, fees: bool
) -> list[str]:
    """The outcome codes behind the result cells of a column: each row's codes in turn, then mixed."""
    found: list[str] = []
    for row in request_rows(edition):
        if row["source"] != "outcome":
            continue
        only = row["outcomes"] == ["closed.fee_unpaid"]
        codes = [code for code in row["outcomes"] if fees or only or code != "closed.fee_unpaid"]
        count = int(number(table[row["code"]][column]))
        found += [codes[n % len(codes)] for n in range(count)]
    rng.shuffle(found)
    return found


def resolve_mergers(plans: list[Plan]) -> None:
    """Finds for each merged case an open one of the same kind; without one it was withdrawn."""
    for plan in plans:
        if not plan.steps or plan.steps[-1][1] != "request.merged":
            continue
        days = plan.steps[-1][0]
        target = next((p for p in plans if can_absorb(p, plan)), None)
        if target is None:
            plan.steps[-1] = (days, "request.withdrawn", {})
        else:
            plan.applicant = target.applicant
            plan.steps[-1] = (days, "request.merged", {"into": target.number})


def can_absorb(target: Plan, plan: Plan) -> bool:
    """True if the target was received before and stays open beyond the day of the merger."""
    ends_merged = bool(target.steps) and target.steps[-1][1] == "request.merged"
    if target is plan or ends_merged or target.kind != plan.kind or plan.concluded is None:
        return False
    open_beyond = target.concluded is None or target.concluded > plan.concluded
    return target.received <= plan.received and target.received < plan.concluded and open_beyond


# --- Disputes -------------------------------------------------------------------------------------

COURTS = ("虚构县人民法院", "虚构市铁路运输法院", "虚构市中级人民法院")
AUTHORITY = "虚构市人民政府"


def codes_of(columns: dict[str, str], column: str) -> list[str]:
    """The decisions that lead to a column."""
    return [code for code, found in columns.items() if found == column]


def review_story(rng: Random, column: str) -> list[Step]:
    """A reconsideration: sometimes suspended for a while, decided or still pending."""
    simplified = rng.random() < 0.3
    opening = {"authority": AUTHORITY, "procedure": "simplified" if simplified else "ordinary"}
    steps: list[Step] = [(0, "reconsideration.accepted", opening), (rng.randint(3, 7), "reply.filed", {})]
    if column == PENDING:
        return steps + [(20, "dispute.suspended", {})] if rng.random() < 0.2 else steps
    if rng.random() < 0.1:
        steps += [(12, "dispute.suspended", {}), (40, "dispute.resumed", {})]
        return after(steps, (30, "reconsideration.decided", review_decision(rng, column)))
    limit = 30 if simplified else 60
    return steps + [(rng.randint(15, limit), "reconsideration.decided", review_decision(rng, column))]


def review_decision(rng: Random, column: str) -> Data:
    """A decision that counts in the column."""
    return {"decision": rng.choice(codes_of(RECONSIDERATION_COLUMNS, column))}


def suit_story(rng: Random, column: str, after_review: bool) -> list[Step]:
    """A suit through one or more instances."""
    opening = {
        "court": rng.choice(COURTS),
        "after_reconsideration": after_review,
        "case_no": f"行初{rng.randint(1, 999)}号",
    }
    steps: list[Step] = [(0, "litigation.filed", opening), (10, "reply.filed", {})]
    if rng.random() < 0.1:
        steps.append((15, "litigation.transferred", {"court": COURTS[1]}))
    if column == PENDING:
        return steps + rng.choice([[], appealed(rng, "suit_dismissed"), sent_back(rng)])
    endings = (judged_once, judged_once, failed_appeal, changed_on_appeal, judged_again, retried)
    return steps + rng.choice(endings)(rng, column)


def judged(rng: Random, column: str, days: int) -> Step:
    """A judgment that counts in the column."""
    return days, "litigation.judged", {"judgment": rng.choice(codes_of(JUDGMENT_COLUMNS, column))}


def judged_once(rng: Random, column: str) -> list[Step]:
    """One instance."""
    return [judged(rng, column, rng.randint(45, 150)), (160, "judgment.served", {})][: rng.randint(1, 2)]


def appealed(_: Random, judgment: str) -> list[Step]:
    """Judged, and appealed against: pending again."""
    return [
        (60, "litigation.judged", {"judgment": judgment}),
        (70, "litigation.appealed", {"by": "applicant"}),
    ]


def sent_back(rng: Random) -> list[Step]:
    """Sent back on appeal: pending at the first court."""
    result = rng.choice(("remanded", "continue_trial"))
    return appealed(rng, "suit_dismissed") + [(130, "litigation.appeal_decided", {"result": result})]


def failed_appeal(rng: Random, column: str) -> list[Step]:
    """An appeal that leaves the first judgment standing."""
    steps = appealed(rng, rng.choice(codes_of(JUDGMENT_COLUMNS, column)))
    result = rng.choice(("sustained", "withdrawn"))
    return steps + [(rng.randint(100, 160), "litigation.appeal_decided", {"result": result})]


def changed_on_appeal(rng: Random, column: str) -> list[Step]:
    """An appeal that turns the first judgment, which counted in another column."""
    first = "claims_rejected" if column == "corrected" else "revoked"
    effect = rng.choice(codes_of(JUDGMENT_COLUMNS, column))
    data = {"result": "changed", "effect": effect}
    return appealed(rng, first) + [(150, "litigation.appeal_decided", data)]


def judged_again(rng: Random, column: str) -> list[Step]:
    """Sent back, then judged anew by the first court."""
    return sent_back(rng) + [judged(rng, column, rng.randint(180, 260))]


def retried(rng: Random, column: str) -> list[Step]:
    """Final long before, retried later: the retrial counts in its own year (contract §3)."""
    last = judged(rng, column, 700)
    ordered: Step = (500, "litigation.retrial_ordered", {})
    return failed_appeal(rng, "upheld") + [ordered, (last[0], "litigation.retried", last[2])]


@dataclass(frozen=True)
class DisputePlan:
    """One dispute to be written."""

    ref: str
    opened: date
    steps: list[Step]
    number: str | None  # of the request it is about


def plan_disputes(rng: Random, document: Document, plans: list[Plan]) -> list[DisputePlan]:
    """Disputes for every cell of table four."""
    found: list[DisputePlan] = []
    for block, cells in document["disputes"].items():
        for column, cell in cells.items():
            for _ in range(int(number(cell)) if column != TOTAL else 0):
                steps = dispute_steps(rng, block, column)
                opened = dispute_opening(rng, document["year"], steps)
                about = disputed_request(rng, plans, opened)
                found.append(DisputePlan(f"d-{len(found) + 1:04}", opened, steps, about))
    return found


def dispute_steps(rng: Random, block: str, column: str) -> list[Step]:
    """The story of a dispute that ends in a cell."""
    if block == "reconsideration":
        return review_story(rng, column)
    return suit_story(rng, column, block == "litigation_after_reconsideration")


def dispute_opening(rng: Random, year: int, steps: list[Step]) -> date:
    """The first day, such that the last fact that moves the dispute is dated in the year.

    A long story so begins in the year before, as many suits do.
    """
    last_move = max(step[0] for step in steps if step[1] != "judgment.served")
    end = date(year, 1, 5) + timedelta(days=rng.randint(0, 350))
    return end - timedelta(days=last_move)


def disputed_request(rng: Random, plans: list[Plan], opened: date) -> str | None:
    """Some case that was concluded within the half-year before; disputes may also stand alone."""
    since = opened - timedelta(days=180)
    recent = [p for p in plans if p.concluded is not None and since <= p.concluded < opened]
    return rng.choice(recent).number if recent else None


# --- Figures --------------------------------------------------------------------------------------


def figure_amounts(document: Document, edition: Format) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """What each figure must sum to before the year, and in it, for table two to come out.

    A stock at the year's end is what was there before plus what the year's own figures add; what
    was there before is recorded by the figure made for it, the last a cell names.
    """
    before: dict[str, Decimal] = {}
    in_year: dict[str, Decimal] = {}
    stocks: list[tuple[dict[str, int], Decimal]] = []
    for row, column, rule in proactive_cells(edition):
        value = number(document["proactive"][row][column])
        if rule["unit"] == "yuan_shown_in_10k":
            value = value.scaleb(4)
        items = cell_figures(rule)
        if rule["aggregate"] == "sum_to_year_end":
            stocks.append((items, value))
        else:
            amounts = in_year if rule["aggregate"] == "sum_in_year" else before
            amounts[next(iter(items))] = value
    for items, value in stocks:
        added = sum((w * in_year.get(item, Decimal(0)) for item, w in items.items()), Decimal(0))
        before[list(items)[-1]] = value - added
    return before, in_year


def split_amount(amount: Decimal, parts: int) -> list[Decimal]:
    """Uneven parts, exact to the cent, that sum to the amount; whole numbers stay whole."""
    unit = Decimal(1) if amount == amount.to_integral_value() else Decimal("0.01")
    share = (amount / parts).quantize(unit)
    return [share] * (parts - 1) + [amount - share * (parts - 1)]


def quantity(amount: Decimal) -> int | str:
    """As the contract writes a quantity."""
    return int(amount) if amount == amount.to_integral_value() else str(amount)


# --- Writing --------------------------------------------------------------------------------------

DEADLINES = ("respond_by", "pay_by")


class Writer:
    """Collects dated lines and gives them in the order of their dates, as a register grows."""

    def __init__(self, organ: str) -> None:
        self.organ = organ
        self.dated: list[Line] = []

    def write(self, event: str, on: date, data: Data, **stream: Any) -> None:
        """One line."""
        line = {"type": event, "organ": self.organ, "on": on.isoformat(), "data": data}
        self.dated.append(line | stream)

    def write_steps(self, start: date, steps: list[Step], **stream: Any) -> None:
        """The steps of a story; their deadlines are counted in days from the start, too."""
        for days, event, data in steps:
            dated = {
                name: (start + timedelta(days=value)).isoformat() if name in DEADLINES else value
                for name, value in data.items()
            }
            self.write(event, start + timedelta(days=days), dated, **stream)

    def lines(self) -> list[Line]:
        """All lines; on one day in the order they were written."""
        return sorted(self.dated, key=lambda line: line["on"])


def write_case(writer: Writer, rng: Random, plan: Plan) -> None:
    """The receipt, after a submission where the channel needs confirmation, and the steps."""
    channel = rng.choice(CHANNELS)
    data: Data = {"channel": channel, "applicant": plan.applicant, "subject": subject(rng)}
    if channel in CONFIRMED_CHANNELS and rng.random() < 0.3:
        submitted = plan.received - timedelta(days=rng.randint(0, 3))
        writer.write("request.submitted", submitted, {"channel": channel}, request=plan.number)
        data["submitted_on"] = submitted.isoformat()
    writer.write("request.received", plan.received, data, request=plan.number)
    writer.write_steps(plan.received, plan.steps, request=plan.number)


def write_dispute(writer: Writer, dispute: DisputePlan) -> None:
    """The opening names the requests it is about."""
    about = [dispute.number] if dispute.number else []
    writer.write_steps(dispute.opened, dispute.steps[:1], dispute=dispute.ref, requests=about)
    writer.write_steps(dispute.opened, dispute.steps[1:], dispute=dispute.ref)


def write_redos(writer: Writer, disputes: list[DisputePlan], plans: list[Plan]) -> None:
    """A corrected answer is given anew; table three keeps the first outcome (domain §3.4)."""
    answered_cases = {p.number for p in plans if p.steps and p.steps[-1][1] == "request.answered"}
    for dispute in disputes:
        decision = dispute.steps[-1]
        corrected = RECONSIDERATION_COLUMNS.get(decision[2].get("decision", "")) == "corrected"
        if corrected and dispute.number in answered_cases:
            answered_cases.remove(dispute.number)
            steps: list[Step] = [
                (decision[0], "redo.ordered", {"by": "reconsideration"}),
                (decision[0] + 15, "redo.answered", {"outcome": "disclosed.provided"}),
            ]
            writer.write_steps(dispute.opened, steps, request=dispute.number)


def write_figures(writer: Writer, rng: Random, document: Document, edition: Format) -> None:
    """The stock of the years before on their last day, the year's own spread over the year."""
    before, in_year = figure_amounts(document, edition)
    year = document["year"]
    refs = 0
    for amounts, days in ((before, [date(year - 1, 12, 31)]), (in_year, quarter_ends(year))):
        for item, amount in amounts.items():
            for day, part in zip(days, split_amount(amount, len(days)) if amount else []):
                refs += 1
                stream = {"figure": f"f-{refs:03}"} if rng.random() < 0.8 else {}
                data = {"item": item, "quantity": quantity(part)}
                writer.write("figure.recorded", day, data, **stream)


def quarter_ends(year: int) -> list[date]:
    """When departments send in their numbers."""
    return [date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), date(year, 12, 31)]


def golden_register(document: Document, organ: str, formats: dict[str, Format]) -> list[Line]:
    """The register; raises NotOneRegister with every reason why there is none."""
    edition = edition_of(document, formats)
    broken = list(complaints(document, edition))
    if broken:
        raise NotOneRegister("breaks its own sums: " + "; ".join(broken))
    rng = Random(f"{organ}/{document['year']}")
    writer = Writer(organ)
    plans = plan_cases(rng, document, edition)
    disputes = plan_disputes(rng, document, plans)
    for plan in plans:
        write_case(writer, rng, plan)
    for dispute in disputes:
        write_dispute(writer, dispute)
    write_redos(writer, disputes, plans)
    write_figures(writer, rng, document, edition)
    registered = {
        "type": "organ.registered",
        "organ": organ,
        "on": f"{document['year'] - 1}-01-01",
        "data": {"name": document["organ"], "kind": "government"},
    }
    return [registered] + writer.lines()


def main() -> int:
    """Prints the register, or says why there is none."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--organ", required=True)
    parser.add_argument("--formats", type=Path, default=DEFAULT_DIRECTORY)
    options = parser.parse_args()
    document = json.loads(options.file.read_text("utf-8"))
    try:
        lines = golden_register(document, options.organ, load_formats(options.formats))
    except NotOneRegister as refusal:
        print(f"{options.file.name}: {refusal}", file=sys.stderr)
        return 1
    for line in lines:
        print(json.dumps(line, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
