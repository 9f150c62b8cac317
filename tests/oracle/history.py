"""Import lines to streams, and which facts of a stream stand.

Contract §6 gives the line, contract §3 ("All streams", "Order") the amendments, the retractions and
the order in which a history is read. Dates stay ISO strings here: they compare as dates do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Iterable, TextIO

Line = dict[str, Any]
StreamKey = tuple[str, str, str]  # organ, kind of stream, reference within the organ

AMENDED = "event.amended"
RETRACTED = "event.retracted"


@dataclass(frozen=True)
class Fact:
    """One event of a stream; `position` is its place in the log, `version` that in the stream."""

    version: int
    type: str
    on: str
    data: dict[str, Any]
    position: int


Streams = dict[StreamKey, list[Fact]]


def read_lines(file: TextIO) -> list[Line]:
    """Reads NDJSON; blank lines carry nothing."""
    return [json.loads(text) for text in file if text.strip()]


def stream_key(line: Line, position: int) -> StreamKey:
    """Names the stream of a line: numbers and refs are unique within the organ (contract §1).

    A first figure event may come without a ref; then nothing can refer to it and it stands alone.
    """
    organ = line["organ"]
    for kind in ("request", "dispute", "figure"):
        if kind in line:
            return organ, kind, line[kind]
    if line["type"] == "figure.recorded":
        return organ, "figure", f"#{position}"
    return organ, "organ", organ


def read_streams(lines: Iterable[Line]) -> Streams:
    """Numbers the events of each stream in file order; a `key` seen before is skipped (contract §6)."""
    streams: Streams = {}
    seen_keys: set[str] = set()
    for position, line in enumerate(lines):
        if line.get("key") in seen_keys:
            continue
        if "key" in line:
            seen_keys.add(line["key"])
        entries = streams.setdefault(stream_key(line, position), [])
        entries.append(
            Fact(len(entries) + 1, line["type"], line["on"], line.get("data", {}), position)
        )
    return streams


def in_force(entries: list[Fact]) -> dict[int, Fact]:
    """The events that count, as amended, by version: corrections included.

    A correction can only target what was recorded before it. Read backwards, every event is met
    after all that could retract or amend it, so a retraction of a retraction needs no special case.
    """
    standing: dict[int, Fact] = {}
    retracted: set[int] = set()
    amendments: dict[int, list[Fact]] = {}
    for entry in reversed(entries):
        if entry.version in retracted:
            continue
        fact = entry
        for amendment in reversed(amendments.get(entry.version, [])):
            fact = amend(fact, amendment)
        standing[fact.version] = fact
        if fact.type == RETRACTED:
            retracted.add(fact.data["target"])
        elif fact.type == AMENDED:
            amendments.setdefault(fact.data["target"], []).append(fact)
    return standing


def amend(fact: Fact, amendment: Fact) -> Fact:
    """Replaces members of `data`, and `on`; a null takes an optional member away (contract §3)."""
    merged = {**fact.data, **(amendment.data.get("data") or {})}
    data = {name: value for name, value in merged.items() if value is not None}
    return replace(fact, on=amendment.data.get("on") or fact.on, data=data)


def standing_facts(entries: list[Fact]) -> list[Fact]:
    """A case: its events by (`on`, `version`), after amendments and retractions (contract §3, Order)."""
    facts = [f for f in in_force(entries).values() if f.type not in (AMENDED, RETRACTED)]
    return sorted(facts, key=lambda fact: (fact.on, fact.version))
