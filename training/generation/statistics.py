"""What became of the queries of a run, by type and reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from citemesh.training.generation.candidates import Candidate, write_line
from citemesh.training.generation.fates import REASONS, Fates

QUERIES_FILE = "queries.jsonl"
DROPPED_FILE = "dropped.jsonl"
STATISTICS_FILE = "drops.json"


@dataclass
class TypeStatistics:
    """Queries of one type: generated = kept + the sum of dropped.

    Args:
        generated: all that were made or read.
        kept: those in ``queries.jsonl``.
        dropped: those in ``dropped.jsonl``, by reason.
    """

    generated: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    def count(self, fate: int) -> None:
        """Count one query."""
        self.generated += 1
        if fate:
            self.dropped[REASONS[fate]] += 1
        else:
            self.kept += 1

    def as_json(self) -> dict[str, Any]:
        """The counts, reasons in their order."""
        by_reason = {name: self.dropped[name] for name in REASONS if self.dropped[name]}
        return {"generated": self.generated, "kept": self.kept, "dropped": by_reason}


def write_queries(
    folder: Path, candidates: Iterable[Candidate], fates: Fates, types: Iterable[str]
) -> dict[str, TypeStatistics]:
    """Write what is kept and what is dropped, a file each, and count both by type.

    Args:
        folder: to write to.
        candidates: all, in their order.
        fates: of each.
        types: names of all types, for those without any query as well.
    """
    statistics = {name: TypeStatistics() for name in types}
    with (
        (folder / QUERIES_FILE).open("w", encoding="utf-8") as kept,
        (folder / DROPPED_FILE).open("w", encoding="utf-8") as dropped,
    ):
        for candidate, fate in zip(candidates, fates.tolist(), strict=True):
            statistics[candidate.type].count(fate)
            settled = replace(candidate, dropped=REASONS[fate] or None)
            (dropped if fate else kept).write(write_line(settled.as_row()))
    return statistics


def statistic_rows(statistics: dict[str, TypeStatistics]) -> list[dict[str, Any]]:
    """A row per type for a table; reasons that never came up have no column."""
    seen = [name for name in REASONS if any(own.dropped[name] for own in statistics.values())]
    return [
        {"type": name, "generated": own.generated, "kept": own.kept,
         **{reason: own.dropped[reason] for reason in seen}}
        for name, own in statistics.items()
    ]  # fmt: skip
