"""The drop report: per strategy what was found, dropped by which guard, kept, and who is short."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from citemesh.mining.anchors import Anchor
from citemesh.mining.guards import GUARDS, Case

#: Examples kept per guard.
_EXAMPLES = 3
#: Width of a bin of the SimL histograms.
SIML_BIN = 0.05


@dataclass
class StrategyDrops:
    """What became of one strategy's candidates.

    Args:
        asked: negatives asked for per anchor.
    """

    asked: int
    anchors: int = 0
    found: int = 0
    kept: int = 0
    surplus: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    negatives_per_anchor: Counter[int] = field(default_factory=Counter)
    siml_found: Counter[int] = field(default_factory=Counter)
    siml_kept: Counter[int] = field(default_factory=Counter)
    siml_unknown: int = 0

    def add_found(self, case: Case, objection: str | None) -> None:
        """Count a candidate and the guard that dropped it, if one did."""
        self.found += 1
        siml = case.evidence.siml
        if siml is None:
            self.siml_unknown += 1
        else:
            self.siml_found[int(siml / SIML_BIN)] += 1
        if objection is not None:
            self.dropped[objection] += 1
            kept = self.examples.setdefault(objection, [])
            if len(kept) < _EXAMPLES:
                kept.append(_example(case))

    def add_anchor(self, kept: int, survivors: int) -> None:
        """Count an anchor with its negatives; survivors beyond the quota are surplus."""
        self.anchors += 1
        self.kept += kept
        self.surplus += survivors - kept
        self.negatives_per_anchor[kept] += 1

    def add_kept(self, siml: float | None) -> None:
        """Count the similarity of a negative that was taken."""
        if siml is not None:
            self.siml_kept[int(siml / SIML_BIN)] += 1

    @property
    def short(self) -> int:
        """Anchors with fewer negatives than were asked for."""
        return sum(n for count, n in self.negatives_per_anchor.items() if count < self.asked)

    def as_json(self) -> dict[str, Any]:
        """For ``drops.json``: guards in their order, histograms by bin."""
        return {
            "asked": self.asked,
            "anchors": self.anchors,
            "anchors_short": self.short,
            "negatives_per_anchor": dict(sorted(self.negatives_per_anchor.items())),
            "found": self.found,
            "kept": self.kept,
            "surplus": self.surplus,
            "dropped": {name: self.dropped[name] for name in GUARDS if self.dropped[name]},
            "examples": self.examples,
            "siml_bin": SIML_BIN,
            "siml_found": dict(sorted(self.siml_found.items())),
            "siml_kept": dict(sorted(self.siml_kept.items())),
            "siml_unknown": self.siml_unknown,
        }


def summary_rows(drops: dict[str, StrategyDrops]) -> list[dict[str, Any]]:
    """One row per strategy, for the terminal."""
    return [
        {
            "strategy": name,
            "anchors": d.anchors,
            "found": d.found,
            "dropped": sum(d.dropped.values()),
            "surplus": d.surplus,
            "kept": d.kept,
            "asked per anchor": d.asked,
            "anchors short": d.short,
        }
        for name, d in drops.items()
    ]


def dropped_rows(drops: dict[str, StrategyDrops]) -> list[dict[str, Any]]:
    """One row per guard that dropped something, with a column per strategy."""
    return [
        {"dropped because": guard, **{name: d.dropped[guard] for name, d in drops.items()}}
        for guard in GUARDS
        if any(d.dropped[guard] for d in drops.values())
    ]


def _example(case: Case) -> dict[str, Any]:
    anchor: Anchor = case.anchor
    return {
        "query_id": anchor.query_id,
        "query": anchor.query,
        "pmid": case.facts.pmid,
        "title": case.facts.title,
        "siml": case.evidence.siml,
        "shared_citers": case.evidence.citations.shared_citers,
        "shared_major": case.evidence.shared_major,
    }
