"""What a history can be: the rules of contract §3 "Impossible", at least as strict as written there.

Used by the generators only, so that every line they write is possible given the lines before it.
Irregular acts (late, too short, while awaiting something) are possible and pass.
"""

from __future__ import annotations

from typing import Callable

from history import (
    AMENDED,
    RETRACTED,
    Fact,
    Line,
    StreamKey,
    Streams,
    in_force,
    standing_facts,
    stream_key,
)


class Impossible(Exception):
    """A fact contradicts the history it stands in."""


def words(text: str) -> frozenset[str]:
    """A set written as one line."""
    return frozenset(text.split())


OPEN_OR_REDO = words("open redo")
RECEIVED = words("open concluded redo")

# Phases of a case in which a fact may stand. Phases: new, submitted, unreceived (closed without
# receipt), open, concluded, redo, split, voided.
REQUEST_PHASES: dict[str, frozenset[str]] = {
    "request.submitted": words("new"),
    "submission.closed": words("submitted"),
    "request.received": words("new submitted"),
    "request.split": words("open"),
    "applicant.reclassified": RECEIVED,
    "applicant.updated": RECEIVED,
    "identity.checked": words("submitted open redo"),
    "request.assigned": words("submitted open redo"),
    "approval.recorded": words("submitted open redo"),
    "receipt.issued": words("submitted open"),
    "notice.served": RECEIVED,
    "correction.requested": OPEN_OR_REDO,
    "correction.received": OPEN_OR_REDO,
    "correction.extended": OPEN_OR_REDO,
    "correction.lapsed": words("open"),
    "consultation.opened": OPEN_OR_REDO,
    "consultation.closed": OPEN_OR_REDO,
    "period.extended": OPEN_OR_REDO,
    "reasons.requested": OPEN_OR_REDO,
    "reasons.received": OPEN_OR_REDO,
    "answer.delayed": OPEN_OR_REDO,
    "fee.notified": OPEN_OR_REDO,
    "fee.paid": OPEN_OR_REDO,
    "fee.waived": OPEN_OR_REDO,
    "fee.refunded": words("open concluded"),
    "fee.lapsed": words("open"),
    "request.answered": words("open"),
    "answer.supplemented": words("concluded"),
    "third_party.told": words("concluded"),
    "request.withdrawn": words("open"),
    "request.merged": words("open"),
    "request.closed": words("open"),
    "request.voided": RECEIVED,
    "redo.ordered": words("concluded"),
    "redo.answered": words("redo"),
    "note.added": RECEIVED | words("submitted unreceived split voided"),
    "request.archived": words("concluded"),
}

NEXT_PHASE: dict[str, str] = {
    "request.submitted": "submitted",
    "submission.closed": "unreceived",
    "request.received": "open",
    "request.split": "split",
    "correction.lapsed": "concluded",
    "fee.lapsed": "concluded",
    "request.answered": "concluded",
    "request.withdrawn": "concluded",
    "request.merged": "concluded",
    "request.closed": "concluded",
    "request.voided": "voided",
    "redo.ordered": "redo",
    "redo.answered": "concluded",
}

# What the case must be waiting for when the fact comes. A request for something may come at any
# time: while something else is awaited, or the same, it is irregular at most.
WAITING: dict[str, str] = {
    "correction.received": "correction",
    "correction.extended": "correction",
    "correction.lapsed": "correction",
    "fee.paid": "fee",
    "fee.waived": "fee",
    "fee.lapsed": "fee",
}

# Facts after which a stream takes only notes and corrections.
SEALING = words("request.voided request.split submission.closed dispute.voided")
ALWAYS_TAKEN = words("note.added") | {AMENDED, RETRACTED}


class CaseHistory:
    """Walks through the facts of one request and refuses the first that cannot be."""

    def __init__(self) -> None:
        self.phase = "new"
        self.waiting: dict[str, str] = {}  # what is awaited -> its deadline
        self.consultations: dict[str, bool] = {}  # id -> may still be closed
        self.asked_reasons = False
        self.paid = False
        self.seen: set[int] = set()
        self.effects: dict[str, Callable[[Fact], None]] = {
            "notice.served": self._served,
            "correction.requested": self._correction_awaited,
            "correction.extended": self._correction_awaited,
            "correction.received": lambda fact: self._came("correction"),
            "correction.lapsed": self._lapsed,
            "consultation.opened": self._consulted,
            "consultation.closed": self._consultation_closed,
            "reasons.requested": self._reasons_asked,
            "reasons.received": self._reasons_given,
            "fee.notified": self._fee_awaited,
            "fee.paid": self._fee_paid,
            "fee.waived": lambda fact: self._came("fee"),
            "fee.refunded": self._fee_refunded,
            "fee.lapsed": self._lapsed,
            "redo.ordered": self._redo,
        }

    def take(self, fact: Fact) -> None:
        """Judges one fact by what stands before it."""
        if self.phase not in REQUEST_PHASES.get(fact.type, ()):
            raise Impossible(f"{fact.type} in phase {self.phase}")
        if fact.type in WAITING and WAITING[fact.type] not in self.waiting:
            raise Impossible(f"{fact.type} while waiting for {', '.join(self.waiting) or 'nothing'}")
        if fact.type in self.effects:
            self.effects[fact.type](fact)
        self.phase = NEXT_PHASE.get(fact.type, self.phase)
        self.seen.add(fact.version)

    def _correction_awaited(self, fact: Fact) -> None:
        self.waiting["correction"] = fact.data["respond_by"]

    def _fee_awaited(self, fact: Fact) -> None:
        self.waiting["fee"] = fact.data["pay_by"]

    def _came(self, what: str) -> None:
        del self.waiting[what]

    def _lapsed(self, fact: Fact) -> None:
        if fact.on <= self.waiting[WAITING[fact.type]]:
            raise Impossible("a lapse before the day after the deadline")

    def _served(self, fact: Fact) -> None:
        if fact.data["target"] not in self.seen:
            raise Impossible("service of a notice that does not stand")

    def _consulted(self, fact: Fact) -> None:
        if fact.data["consultation"] in self.consultations:
            raise Impossible("the same consultation twice")
        self.consultations[fact.data["consultation"]] = True

    def _consultation_closed(self, fact: Fact) -> None:
        if not self.consultations.get(fact.data["consultation"]):
            raise Impossible("no such consultation is open")
        self.consultations[fact.data["consultation"]] = False

    def _reasons_asked(self, _: Fact) -> None:
        if self.asked_reasons:
            raise Impossible("reasons are asked for already")
        self.asked_reasons = True

    def _reasons_given(self, _: Fact) -> None:
        if not self.asked_reasons:
            raise Impossible("reasons that nobody asked for")
        self.asked_reasons = False

    def _fee_paid(self, _: Fact) -> None:
        self._came("fee")
        self.paid = True

    def _fee_refunded(self, _: Fact) -> None:
        if not self.paid:
            raise Impossible("a refund of what was not paid")

    def _redo(self, _: Fact) -> None:
        self.waiting.clear()
        self.consultations.clear()
        self.asked_reasons = False


# Stages of a dispute: stage and fact to the next stage. `decided` can be appealed, `final` cannot.
RECONSIDERATION_STAGES: dict[tuple[str, str], str] = {
    ("new", "reconsideration.accepted"): "review",
    ("review", "reconsideration.decided"): "final",
}
LITIGATION_STAGES: dict[tuple[str, str], str] = {
    ("new", "litigation.filed"): "trial",
    ("trial", "litigation.transferred"): "trial",
    ("trial", "litigation.judged"): "decided",
    ("decided", "judgment.served"): "decided",
    ("final", "judgment.served"): "final",
    ("decided", "litigation.appealed"): "appeal",
    ("appeal", "litigation.appeal_decided"): "final",
    ("decided", "litigation.retrial_ordered"): "retrial",
    ("final", "litigation.retrial_ordered"): "retrial",
    ("retrial", "litigation.retried"): "final",
}
DISPUTE_STAGES = RECONSIDERATION_STAGES | LITIGATION_STAGES
SENT_BACK = words("remanded continue_trial")
PENDING_STAGES = words("review trial appeal retrial")
# Facts that leave the stage as it is, and the stages they may stand in.
DISPUTE_ASIDES: dict[str, frozenset[str]] = {
    "reply.filed": PENDING_STAGES,
    "dispute.suspended": PENDING_STAGES,
    "dispute.resumed": PENDING_STAGES,
    "dispute.linked": PENDING_STAGES | words("decided final"),
    "compliance.recorded": words("decided final"),
}


class DisputeHistory:
    """Walks through the facts of one dispute and refuses the first that cannot be."""

    def __init__(self) -> None:
        self.stage = "new"
        self.suspended = False

    def take(self, fact: Fact) -> None:
        """Judges one fact by what stands before it."""
        if fact.type == "dispute.voided" and self.stage not in ("new", "voided"):
            self.stage = "voided"
        elif fact.type in DISPUTE_ASIDES:
            self._aside(fact)
        else:
            self._step(fact)

    def _aside(self, fact: Fact) -> None:
        if self.stage not in DISPUTE_ASIDES[fact.type]:
            raise Impossible(f"{fact.type} in stage {self.stage}")
        if fact.type in ("dispute.suspended", "dispute.resumed"):
            suspends = fact.type == "dispute.suspended"
            if suspends == self.suspended:
                raise Impossible(f"{fact.type} twice")
            self.suspended = suspends

    def _step(self, fact: Fact) -> None:
        following = DISPUTE_STAGES.get((self.stage, fact.type))
        if following is None or self.suspended:
            raise Impossible(f"{fact.type} in stage {self.stage}")
        self.stage = "trial" if fact.data.get("result") in SENT_BACK else following


def check_history(kind: str, facts: list[Fact]) -> None:
    """Raises Impossible if the standing facts of a request or dispute contradict each other."""
    walks = {"request": CaseHistory, "dispute": DisputeHistory}
    if kind in walks:
        walk = walks[kind]()
        for fact in facts:
            walk.take(fact)


def corrections_in_time(entries: list[Fact]) -> bool:
    """True if no correction is dated before the receipt, or the opening, as it now stands."""
    facts = standing_facts(entries)
    begins = next((f.on for f in facts if f.type == "request.received"), facts[0].on if facts else "")
    return all(f.on >= begins for f in in_force(entries).values() if f.type in (AMENDED, RETRACTED))


class GrowingLog:
    """A register being written: takes a line only if it is possible after the lines before it."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.streams: Streams = {}

    def facts(self, key: StreamKey) -> list[Fact]:
        """What stands in a stream by now; empty for a stream not begun."""
        return standing_facts(self.streams.get(key, []))

    def append(self, line: Line) -> bool:
        """Writes the line; False, and nothing written, if that is impossible."""
        if not self.possible(line):
            return False
        key = stream_key(line, len(self.lines))
        self.streams.setdefault(key, []).append(self._fact(key, line))
        self.lines.append(line)
        return True

    def possible(self, line: Line) -> bool:
        """True if the line could be appended now."""
        key = stream_key(line, len(self.lines))
        entries = self.streams.get(key, [])
        sealed = any(fact.type in SEALING for fact in standing_facts(entries))
        if sealed and line["type"] not in ALWAYS_TAKEN:
            return False
        if not self._correction_allowed(key, line):
            return False
        entries = entries + [self._fact(key, line)]
        try:
            check_history(key[1], standing_facts(entries))
        except Impossible:
            return False
        return corrections_in_time(entries)

    def _correction_allowed(self, key: StreamKey, line: Line) -> bool:
        """The first event of a request or dispute cannot be retracted: void it (contract §3)."""
        if line["type"] not in (AMENDED, RETRACTED):
            return True
        target = line["data"]["target"]
        first_of_case = target == 1 and key[1] in ("request", "dispute")
        known = 1 <= target <= len(self.streams.get(key, []))
        return known and not (first_of_case and line["type"] == RETRACTED)

    def _fact(self, key: StreamKey, line: Line) -> Fact:
        version = len(self.streams.get(key, [])) + 1
        return Fact(version, line["type"], line["on"], line["data"], len(self.lines))
