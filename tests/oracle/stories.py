"""Random lives of requests and disputes, and random figures.

Each story is a walk through what contract §3 allows, told in the order of the legal dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from invented import CHANNELS, CONFIRMED_CHANNELS, applicant, subject
from second_fold import JUDGMENT_COLUMNS, RECONSIDERATION_COLUMNS

Data = dict[str, Any]

FEES_SINCE = date(2021, 1, 1)  # domain §2.1
MONEY_FIGURES = ("fees.amount", "procurement.amount")
CLOSINGS = ("closed.not_information", "closed.applicant_gone", "closed.other")
APPEAL_RESULTS = ("sustained", "sustained", "withdrawn", "changed", "remanded", "continue_trial")
# Conclusions that a review or a court may send back.
REVIEWABLE = ("request.answered", "correction.lapsed", "fee.lapsed")


@dataclass(frozen=True)
class Told:
    """One fact of a story."""

    on: date
    type: str
    data: Data


@dataclass(frozen=True)
class World:
    """What the stories of one register share."""

    rng: Random
    first_year: int
    horizon: date
    kinds: list[str]
    answers: list[str]
    figures: list[str]

    def chance(self, probability: float) -> bool:
        """True with that probability."""
        return self.rng.random() < probability

    def day_between(self, first: date, last: date) -> date:
        """Any day of a period."""
        return first + timedelta(days=self.rng.randint(0, max((last - first).days, 0)))


# --- Stories of requests --------------------------------------------------------------------------


class CaseStory:
    """The life of one case as a random walk through what contract §3 allows."""

    def __init__(self, world: World, received: date) -> None:
        self.world = world
        self.rng = world.rng
        self.received = received
        self.day = received
        self.told: list[Told] = []
        self.open = True  # false also when nothing more is told of it
        self.ending = ""  # type of the conclusion, if there is one
        self.consultations = 0
        self.paid = False

    def tell(self) -> "CaseStory":
        """The whole life: intake, some episodes, an end or none, and what follows an end."""
        self.intake()
        return self.live() if self.open else self

    def live(self) -> "CaseStory":
        """What follows the receipt."""
        episodes = (
            self.paperwork, self.correction, self.correction, self.consultation, self.consultation,
            self.extension, self.reasons, self.fee, self.fee, self.aside,
        )  # fmt: skip
        for _ in range(self.rng.choice((0, 1, 1, 2, 3))):
            if self.open:
                self.rng.choice(episodes)()
        if self.open and not self.world.chance(0.07):
            self.conclude()
        if self.ending:
            self.aftermath()
        return self

    def add(self, event: str, soonest: int, latest: int, **data: Any) -> None:
        """The next fact, some days on."""
        self.day += timedelta(days=self.rng.randint(soonest, latest))
        self.told.append(Told(self.day, event, data))

    def in_days(self, days: int) -> str:
        """A deadline from the current day on."""
        return (self.day + timedelta(days=days)).isoformat()

    def intake(self) -> None:
        """Submission where the channel needs confirmation, then the receipt, unless it never comes."""
        channel = self.rng.choice(CHANNELS)
        data: Data = {
            "channel": channel,
            "applicant": applicant(self.rng, self.rng.choice(self.world.kinds)),
            "subject": subject(self.rng),
        }
        if channel in CONFIRMED_CHANNELS and self.world.chance(0.4):
            self.submission(channel)
            data["submitted_on"] = self.told[0].on.isoformat()
        if self.open:
            self.day = self.received
            self.told.append(Told(self.received, "request.received", data | self.particulars()))

    def submission(self, channel: str) -> None:
        """Arrives; may be closed or stay unconfirmed, and then counts nowhere."""
        self.day = self.received - timedelta(days=self.rng.randint(0, 4))
        data = {"channel": channel, "subject": subject(self.rng)}
        self.told.append(Told(self.day, "request.submitted", data))
        if self.world.chance(0.3):
            self.add("identity.checked", 0, 0, result="complete")
        ending = self.rng.random()
        if ending < 0.15:
            self.add("submission.closed", 1, 9, reason="无法与申请人确认", rerouted_to="虚构县档案馆")
        self.open = ending >= 0.25

    def particulars(self) -> Data:
        """Optional members of a receipt."""
        found: Data = {}
        if self.world.chance(0.08):
            found["matter"] = self.rng.choice(("disclosure", "record_correction", "complaint"))
        if self.world.chance(0.2):
            found["description"] = "请提供上述材料的全文"
        if self.world.chance(0.05):
            found["items"] = [{"id": item, "text": subject(self.rng)} for item in ("1", "2")]
        return found

    def paperwork(self) -> None:
        """Inner steps that move nothing."""
        self.add("receipt.issued", 0, 2, document_no=f"回执{self.rng.randint(1, 999)}号")
        self.add("identity.checked", 0, 1, result="complete")
        self.add("request.assigned", 0, 1, unit="办公室", person="经办人甲")
        for result in ("requested", self.rng.choice(("granted", "refused"))):
            self.add("approval.recorded", 0, 2, act="extension", result=result, by="主任")

    def aside(self) -> None:
        """A note, a new class or a new address."""
        kind = self.rng.choice(self.world.kinds)
        asides: list[tuple[str, Data]] = [
            ("note.added", {"text": "电话沟通"}),
            ("applicant.reclassified", {"kind": kind, "reason": "核对证照"}),
            ("applicant.updated", {"contact": {"phone": "000-0000"}}),
        ]
        event, data = self.rng.choice(asides)
        self.add(event, 0, 6, **data)

    def correction(self) -> None:
        """Asked for; then received, perhaps after a longer deadline, or lapsed, or still awaited."""
        self.add("correction.requested", 0, 9, respond_by=self.in_days(25), items="请明确文件名称")
        deadline = date.fromisoformat(self.told[-1].data["respond_by"])
        if self.world.chance(0.15):
            deadline += timedelta(days=10)
            self.add("correction.extended", 1, 8, respond_by=deadline.isoformat())
        ending = self.rng.random()
        if ending < 0.6:
            self.add("correction.received", 1, 20)
        elif ending < 0.85:
            self.lapse("correction.lapsed", deadline)
        elif ending < 0.92:
            self.answer()
        else:
            self.open = False

    def lapse(self, event: str, deadline: date) -> None:
        """Concludes on the day after the deadline or later."""
        self.day = max(self.day, deadline)
        self.add(event, 1, 12)
        self.open, self.ending = False, event

    def consultation(self) -> None:
        """One or two at a time, closed or left; a correction in between ends them (restart)."""
        mine = []
        for _ in range(self.rng.choice((1, 1, 2))):
            self.consultations += 1
            mine.append(f"c{self.consultations}")
            with_whom = self.rng.choice(("third_party", "co_producer", "other_organ"))
            self.add("consultation.opened", 0, 6, consultation=mine[-1], **{"with": with_whom})
        if self.world.chance(0.15):
            self.correction()
        for name in mine:
            if self.open and self.world.chance(0.9):
                result = self.rng.choice(("agreed", "objected", "no_reply", "withdrawn"))
                self.add("consultation.closed", 1, 18, consultation=name, result=result)

    def extension(self) -> None:
        """Perhaps late or in parts: irregular at most."""
        self.add("period.extended", 3, 25, working_days=self.rng.randint(1, 20), approved_by="主任")

    def reasons(self) -> None:
        """Art. 35: unreasonable reasons lead to a refusal, reasonable ones perhaps to a delay."""
        self.add("reasons.requested", 0, 5, respond_by=self.in_days(14))
        reasonable = self.world.chance(0.5)
        self.add("reasons.received", 1, 10, reasonable=reasonable)
        if not reasonable:
            self.answer("not_processed.abusive")
        elif self.world.chance(0.6):
            self.add("answer.delayed", 0, 5, until=self.in_days(60))

    def fee(self) -> None:
        """Notified; then paid, waived, lapsed or still awaited."""
        if self.day < FEES_SINCE:
            return
        scheme = self.rng.choice(("by_item", "by_page"))
        pay_by = self.in_days(40)
        quantity = self.rng.randint(31, 240)
        self.add("fee.notified", 0, 8, scheme=scheme, quantity=quantity, pay_by=pay_by)
        ending = self.rng.random()
        if ending < 0.5:
            self.add("fee.paid", 1, 20, amount=self.rng.choice(("10", "270", "1080.50")))
            self.paid = True
        elif ending < 0.65:
            self.add("fee.waived", 1, 15, reason="申请人确有困难")
        elif ending < 0.9:
            self.lapse("fee.lapsed", date.fromisoformat(pay_by))
        elif ending < 0.95:
            self.answer()
        else:
            self.open = False

    def conclude(self) -> None:
        """Answered mostly; else withdrawn, merged, closed or split."""
        ending = self.rng.random()
        if ending < 0.72:
            self.answer()
        elif ending < 0.79:
            self.end("request.withdrawn")
        elif ending < 0.86:
            self.end("request.merged", into=None)
        elif ending < 0.94:
            outcome = self.rng.choice(CLOSINGS)
            self.end("request.closed", outcome=outcome, reason="虚构的理由")
        else:
            self.add("request.split", 0, 15, into=[], reason="涉及多个事项")
            self.open = False

    def end(self, event: str, **data: Any) -> None:
        """The conclusion, now and then long after the limit."""
        self.add(event, 0, 90 if self.world.chance(0.2) else 20, **data)
        self.open, self.ending = False, event

    def answer(self, outcome: str | None = None) -> None:
        """An answer, with any outcome if none is given; a partial one names what was withheld for."""
        outcome = outcome or self.rng.choice(self.world.answers)
        data: Data = {"outcome": outcome}
        if outcome == "partially_disclosed":
            data["grounds"] = [{"code": "refused.internal_affairs"}]
        if self.world.chance(0.5):
            data["document_no"] = f"信公开答{self.rng.randint(1, 999)}号"
        self.end("request.answered", **data)

    def aftermath(self) -> None:
        """What may follow a conclusion."""
        if self.world.chance(0.3):
            self.add("notice.served", 0, 6, target=None, method="邮寄", result="delivered")
        if self.paid and self.world.chance(0.3):
            self.add("fee.refunded", 1, 30, amount="10")
        for event in ("answer.supplemented", "third_party.told"):
            if self.ending == "request.answered" and self.world.chance(0.1):
                self.add(event, 1, 30)
        if self.ending in REVIEWABLE and self.world.chance(0.15):
            self.redo()
        if self.world.chance(0.2):
            self.add("request.archived", 20, 200, archive_no=f"档{self.rng.randint(1, 9999)}")
        if self.world.chance(0.1):
            self.aside()

    def redo(self) -> None:
        """Ordered, with clock events of its own, answered or not; the tables keep the first outcome."""
        by = self.rng.choice(("self", "reconsideration", "litigation"))
        self.add("redo.ordered", 10, 200, by=by)
        if self.world.chance(0.4):
            self.add("correction.requested", 0, 5, respond_by=self.in_days(20))
            self.add("correction.received", 1, 9)
        if self.world.chance(0.3):
            self.extension()
        if self.world.chance(0.8):
            self.add("redo.answered", 1, 30, outcome=self.rng.choice(self.world.answers))


# --- Stories of disputes and figures --------------------------------------------------------------


class DisputeStory:
    """The life of one review or suit."""

    def __init__(self, world: World, opened: date) -> None:
        self.world = world
        self.rng = world.rng
        self.day = opened
        self.told: list[Told] = []

    def tell(self) -> list[Told]:
        """A reconsideration or a suit, sometimes voided in the end."""
        self.rng.choice((self.review, self.suit, self.suit))()
        if self.world.chance(0.05):
            self.add("dispute.voided", 1, 60, reason="重复登记")
        return self.told

    def add(self, event: str, soonest: int, latest: int, **data: Any) -> None:
        """The next fact, some days on."""
        self.day += timedelta(days=self.rng.randint(soonest, latest))
        self.told.append(Told(self.day, event, data))

    def role(self) -> Data:
        """Usually left out: respondent."""
        if self.world.chance(0.8):
            return {}
        return {"role": self.rng.choice(("respondent", "authority_only"))}

    def middle(self) -> None:
        """What may happen while a dispute is pending."""
        if self.world.chance(0.6):
            self.add("reply.filed", 2, 12)
        if self.world.chance(0.2):
            self.add("dispute.linked", 0, 10, requests=[])
        if self.world.chance(0.15):
            self.add("dispute.suspended", 0, 20)
            if self.world.chance(0.8):
                self.add("dispute.resumed", 5, 60)

    def review(self) -> None:
        """A reconsideration."""
        procedure = self.rng.choice(("ordinary", "simplified"))
        opening = {"authority": "虚构市人民政府", "procedure": procedure, **self.role()}
        self.add("reconsideration.accepted", 0, 0, **opening)
        self.middle()
        if self.world.chance(0.85):
            decision = self.rng.choice(list(RECONSIDERATION_COLUMNS))
            self.add("reconsideration.decided", 5, 80, decision=decision)
            self.comply()

    def suit(self) -> None:
        """A suit, perhaps through all instances."""
        after_review = self.world.chance(0.5)
        opening = {"court": "虚构县人民法院", "after_reconsideration": after_review, **self.role()}
        self.add("litigation.filed", 0, 0, **opening)
        self.middle()
        if self.world.chance(0.1):
            self.add("litigation.transferred", 1, 20, court="虚构市铁路运输法院")
        if self.world.chance(0.85):
            self.instance()

    def judgment(self) -> str:
        """Any judgment."""
        return self.rng.choice(list(JUDGMENT_COLUMNS))

    def instance(self) -> None:
        """A judgment and what may follow it: service, an appeal, a retrial."""
        self.add("litigation.judged", 20, 200, judgment=self.judgment())
        if self.world.chance(0.3):
            self.add("judgment.served", 0, 10)
        if self.world.chance(0.5):
            self.appeal()
        elif self.world.chance(0.2):
            self.retrial()
        elif self.world.chance(0.3):
            self.comply()

    def appeal(self) -> None:
        """An appeal; sent back, the suit has another first instance."""
        by = self.rng.choice(("applicant", "organ", "third_party"))
        self.add("litigation.appealed", 1, 15, by=by)
        if self.world.chance(0.15):
            return
        result = self.rng.choice(APPEAL_RESULTS)
        effect = {"effect": self.judgment()} if result == "changed" else {}
        self.add("litigation.appeal_decided", 20, 120, result=result, **effect)
        if result in ("remanded", "continue_trial"):
            if self.world.chance(0.7):
                self.instance()
        elif self.world.chance(0.2):
            self.retrial()

    def retrial(self) -> None:
        """A retrial counts in its own year."""
        self.add("litigation.retrial_ordered", 60, 400)
        if self.world.chance(0.7):
            self.add("litigation.retried", 30, 250, judgment=self.judgment())

    def comply(self) -> None:
        """What was ordered is done."""
        if self.world.chance(0.3):
            self.add("compliance.recorded", 5, 60, text="已重新答复")


def figure_quantity(rng: Random, item: str) -> int | str:
    """Yuan with cents for amounts, counts for the rest; corrections make both negative at times."""
    if item in MONEY_FIGURES:
        return f"{rng.randint(-5000, 900000)}.{rng.randint(0, 99):02}"
    count = rng.randint(-9, 120)
    return count if rng.random() < 0.7 else str(count)
