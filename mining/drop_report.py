"""The drop report: per strategy what was found, dropped by which guard, kept, and who is short.

Evidence is read, and models are asked, of as many candidates as the quotas need, and of none that
the facts of an article rule out: histograms and examples tell of no other candidates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citemesh.mining.cases import Cases, Ints, Mask, WeighedCases
from citemesh.mining.guards import LABELS, NO_OBJECTION, CasesT
from citemesh.mining.score_guards import Scores

#: Examples kept per guard.
_EXAMPLES = 3
#: Width of a bin of the SimL histograms.
SIML_BIN = 0.05
#: Width of a bin of the histograms of scores.
SHARE_BIN = 0.05


@dataclass
class StrategyDrops:
    """What became of one strategy's candidates.

    Args:
        asked: negatives asked for per anchor.
        anchors: anchors asked.
        found: candidates found, those that an earlier strategy took left out.
        kept: negatives.
        surplus: candidates that no guard dropped, beyond the quota; not all guards were asked.
        dropped: by the label of the guard.
        examples: by the label of the guard.
        negatives_per_anchor: how many anchors got how many.
        siml_found, siml_kept: candidates whose evidence was read, and negatives, by bin of the
            largest SimL.
        siml_unknown: candidates whose evidence was read and whose SimL is unknown.
        shares: by ``GUARD found`` and ``GUARD kept`` of score guards, candidates and negatives by
            bin of their share of the best positive's score.
        evidence_kept: by ``shared_references`` and the like, negatives by how many they share with
            the article from which they were found.
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
    shares: dict[str, Counter[int]] = field(default_factory=dict)
    evidence_kept: dict[str, Counter[int]] = field(default_factory=dict)

    def add_facts(
        self, cases: Cases, objections: NDArray[np.int8], judged: Mask, weighed: Mask
    ) -> None:
        """Count judged candidates as found, and what guards dropped by facts of articles.

        Args:
            cases: the candidates.
            objections: of each the guard that dropped it (`guards.objections`).
            judged: which of them count.
            weighed: whose evidence was read: `add_evidence` counts what became of these.
        """
        self.found += int(judged.sum())
        self.surplus += int((judged & (objections < 0) & ~weighed).sum())
        self._add_dropped(cases, np.where(judged, objections, NO_OBJECTION), _example)

    def add_evidence(
        self,
        cases: WeighedCases,
        objections: NDArray[np.int8],
        judged: Mask,
        kept: Ints,
        scores: Mapping[str, Scores],
    ) -> None:
        """Count what became of judged candidates by their evidence: dropped, kept or surplus.

        Args:
            cases: the candidates.
            objections: of each the guard that dropped it.
            judged: which of them count.
            kept: rows of those that became negatives.
            scores: what score guards saw (`score_guards.ask_score_guards`).
        """
        siml = cases.largest_siml
        self.kept += len(kept)
        self.surplus += int((judged & (objections < 0)).sum()) - len(kept)
        self.siml_unknown += int(np.isnan(siml[judged]).sum())
        self.siml_found.update(_bins(siml[judged], SIML_BIN))
        self.siml_kept.update(_bins(siml[kept], SIML_BIN))
        for name, seen in scores.items():
            shares = np.clip(seen.shares, -1, 2)
            for word, which in (("found", shares[judged]), ("kept", shares[kept])):
                own = self.shares.setdefault(f"{name} {word}", Counter())
                own.update(_bins(which, SHARE_BIN))
        for name, counts in _shared(cases).items():
            own = self.evidence_kept.setdefault(name, Counter())
            own.update(_numbers(counts[cases.own[kept]]))
        self._add_dropped(cases, np.where(judged, objections, NO_OBJECTION), _weighed_example)

    def _add_dropped(
        self,
        cases: CasesT,
        objections: NDArray[np.int8],
        example: Callable[[CasesT, int], dict[str, Any]],
    ) -> None:
        for place in np.unique(objections[objections >= 0]).tolist():
            rows = np.flatnonzero(objections == place)
            self.dropped[LABELS[place]] += len(rows)
            shown = self.examples.setdefault(LABELS[place], [])
            missing = _EXAMPLES - len(shown)
            shown.extend(example(cases, row) for row in rows[:missing].tolist())

    def add_anchors(self, kept: NDArray[np.int64]) -> None:
        """Count anchors by how many negatives each got, shape (anchors,)."""
        self.anchors += len(kept)
        self.negatives_per_anchor.update(_numbers(kept))

    def merge(self, later: StrategyDrops) -> None:
        """Add what became of later anchors."""
        for name in ("anchors", "found", "kept", "surplus", "siml_unknown"):
            setattr(self, name, getattr(self, name) + getattr(later, name))
        for name in ("dropped", "negatives_per_anchor", "siml_found", "siml_kept"):
            getattr(self, name).update(getattr(later, name))
        for field_name in ("shares", "evidence_kept"):
            for name, counts in getattr(later, field_name).items():
                getattr(self, field_name).setdefault(name, Counter()).update(counts)
        for label, examples in later.examples.items():
            shown = self.examples.setdefault(label, [])
            shown.extend(examples[: _EXAMPLES - len(shown)])

    @property
    def short(self) -> int:
        """Anchors with fewer negatives than were asked for."""
        return sum(n for count, n in self.negatives_per_anchor.items() if count < self.asked)

    @property
    def missing(self) -> int:
        """Negatives that those anchors lack."""
        return sum((self.asked - k) * n for k, n in self.negatives_per_anchor.items())

    def as_json(self, titles: Mapping[int, str]) -> dict[str, Any]:
        """For ``drops.json``: guards in their order, histograms by bin.

        Args:
            titles: of the documents in the examples.
        """
        return {
            "asked": self.asked,
            "anchors": self.anchors,
            "anchors_short": self.short,
            "negatives_missing": self.missing,
            "negatives_per_anchor": dict(sorted(self.negatives_per_anchor.items())),
            "found": self.found,
            "kept": self.kept,
            "surplus": self.surplus,
            "dropped": {name: self.dropped[name] for name in LABELS if self.dropped[name]},
            "examples": {
                label: [{**e, "title": titles.get(e["pmid"], "")} for e in self.examples[label]]
                for label in LABELS
                if label in self.examples
            },
            "siml_bin": SIML_BIN,
            "siml_found": dict(sorted(self.siml_found.items())),
            "siml_kept": dict(sorted(self.siml_kept.items())),
            "siml_unknown": self.siml_unknown,
            "share_bin": SHARE_BIN,
            "shares": {name: dict(sorted(own.items())) for name, own in self.shares.items()},
            "evidence_kept": {
                name: dict(sorted(own.items())) for name, own in self.evidence_kept.items()
            },
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
            "missing": d.missing,
        }
        for name, d in drops.items()
    ]


def dropped_rows(drops: dict[str, StrategyDrops]) -> list[dict[str, Any]]:
    """One row per guard that dropped something, with a column per strategy."""
    return [
        {"dropped because": label, **{name: d.dropped[label] for name, d in drops.items()}}
        for label in LABELS
        if any(d.dropped[label] for d in drops.values())
    ]


def _bins(values: NDArray[np.float64], width: float) -> dict[int, int]:
    known = values[~np.isnan(values)]
    bins, counts = np.unique(np.floor(known / width).astype(int), return_counts=True)
    return dict(zip(bins.tolist(), counts.tolist(), strict=True))


def _shared(cases: WeighedCases) -> dict[str, NDArray[np.int32]]:
    """What pairs share, by name; shape (pairs,) each."""
    evidence = cases.evidence
    return {
        "shared_references": evidence.citations.shared_references,
        "shared_citers": evidence.citations.shared_citers,
        "shared_headings": evidence.shared_headings,
    }


def _numbers(values: NDArray[Any]) -> dict[int, int]:
    """How often each number is there."""
    numbers, counts = np.unique(values, return_counts=True)
    return dict(zip(numbers.tolist(), counts.tolist(), strict=True))


def _example(cases: Cases, row: int) -> dict[str, Any]:
    anchor = cases.anchors.anchors[int(cases.anchor[row])]
    return {
        "query_id": anchor.query_id,
        "query": anchor.query,
        "pmid": int(cases.candidates.pmid[row]),
        "siml": None,
    }


def _weighed_example(cases: WeighedCases, row: int) -> dict[str, Any]:
    siml, pairs = float(cases.largest_siml[row]), cases.pair == row
    return {
        **_example(cases, row),
        "siml": None if np.isnan(siml) else siml,
        "shared_citers": int(cases.evidence.citations.shared_citers[pairs].max()),
        "shared_major": int(cases.evidence.shared_major[pairs].max()),
    }
