"""The report formats as data (schemas/report-formats/*.json): art. 50 lets them change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Iterator

Format = dict[str, Any]

DEFAULT_DIRECTORY = Path(__file__).resolve().parents[2] / "schemas" / "report-formats"
TOTAL = "total"


class NoEdition(Exception):
    """No edition is in force in that year, or none of that name exists."""


def load_formats(directory: Path) -> dict[str, Format]:
    """All editions by name."""
    loaded = (json.loads(p.read_text("utf-8")) for p in sorted(directory.glob("*.json")))
    return {edition["format"]: edition for edition in loaded}


def choose_edition(formats: dict[str, Format], year: int, wanted: str | None = None) -> Format:
    """The edition asked for, else the one in force that year (contract §5)."""
    if wanted is not None:
        if wanted in formats:
            return formats[wanted]
        raise NoEdition(f"no edition {wanted}; editions: {', '.join(formats)}")
    for edition in formats.values():
        years = edition["applies_to_years"]
        if years["first"] <= year <= (years["last"] or year):
            return edition
    raise NoEdition(f"no edition is in force in {year}; editions: {', '.join(formats)}")


def kinds(edition: Format) -> list[str]:
    """The six applicant kinds, in column order."""
    return [c["code"] for c in edition["requests"]["columns"] if c["code"] != TOTAL]


def request_rows(edition: Format) -> list[dict[str, Any]]:
    """The rows of table three that carry numbers (group heads have no source)."""
    return [row for row in edition["requests"]["rows"] if "source" in row]


def outcomes(edition: Format) -> list[str]:
    """Every outcome code, in row order."""
    return [code for row in request_rows(edition) for code in row.get("outcomes", [])]


def proactive_cells(edition: Format) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Row code, column code and rule of every cell of table two."""
    for block in edition["proactive"]["blocks"]:
        for row in block["rows"]:
            for column, rule in row["cells"].items():
                yield row["code"], column, rule


def cell_figures(rule: dict[str, Any]) -> dict[str, int]:
    """The figures a cell of table two sums, with their signs."""
    return rule["figures"] if "figures" in rule else {rule["figure"]: 1}
