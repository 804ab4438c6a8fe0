"""How many negatives got which verdict: by strategy, decade, indexing method, MeSH branch."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from scipy.stats import binomtest

from citemesh.mining.audit.verdicts import (
    LIKELY,
    RATES_FILE,
    REJECT,
    VERDICTS,
    verdict_batches,
)
from citemesh.outputs import write_text

#: Verdicts that say of a negative that it is probably none.
FLAGGED = (REJECT, LIKELY)
UNKNOWN = "unknown"
_COLUMNS = (
    "verdict", "reasons", "strategy", "year", "indexing_method", "indexed", "branches",
)  # fmt: skip
#: How negatives are grouped, in this order.
GROUPINGS = ("strategy", "decade", "indexing method", "indexed", "branch")


@dataclass(frozen=True)
class Rate:
    """The verdicts on some negatives.

    Args:
        verdicts: verdict to negatives.
    """

    verdicts: Mapping[str, int]

    @property
    def negatives(self) -> int:
        """How many there are."""
        return sum(self.verdicts.values())

    @property
    def flagged(self) -> int:
        """Those that are probably relevant, or unfit: `FLAGGED`."""
        return sum(self.verdicts.get(verdict, 0) for verdict in FLAGGED)

    def interval(self) -> tuple[float, float]:
        """The flagged share's 95 % interval; from 0 to 1 without negatives.

        Wilson's (1927), which holds for few negatives and for shares near 0 and 1. It takes the
        negatives for independent draws of what a strategy finds.
        """
        if not self.negatives:
            return 0.0, 1.0
        found = binomtest(self.flagged, self.negatives).proportion_ci(0.95, method="wilson")
        return float(found.low), float(found.high)

    def as_json(self) -> dict[str, Any]:
        """Counts, and the flagged share with its interval; null without negatives."""
        low, high = self.interval()
        share = self.flagged / self.negatives if self.negatives else None
        counts = {verdict: self.verdicts.get(verdict, 0) for verdict in VERDICTS}
        return {"negatives": self.negatives, **counts, "flagged": share, "low": low, "high": high}


@dataclass
class Rates:
    """Verdicts counted.

    Args:
        overall: verdict to negatives.
        by: one of `GROUPINGS` → group → verdict to negatives. A negative counts in each of its
            MeSH branches, else once.
        reasons: reason to negatives that have it.
    """

    overall: Counter[str] = field(default_factory=Counter)
    by: dict[str, dict[str, Counter[str]]] = field(
        default_factory=lambda: {name: {} for name in GROUPINGS}
    )
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, verdicts: pa.RecordBatch) -> None:
        """Count some rows of the table of verdicts."""
        verdict = verdicts["verdict"]
        self.overall.update(_counts(verdict))
        self.reasons.update(_counts(verdicts["reasons"].flatten()))
        for name in GROUPINGS[:-1]:
            self._add(name, _groups(name, verdicts), verdict)
        # A branch that is named twice counts once.
        rows = pc.list_parent_indices(verdicts["branches"])
        listed = pa.table({"row": rows, "branch": verdicts["branches"].flatten()})
        each = listed.group_by(["row", "branch"]).aggregate([])
        self._add("branch", each["branch"], verdict.take(each["row"].combine_chunks()))
        none = pc.equal(pc.coalesce(pc.list_value_length(verdicts["branches"]), 0), 0)
        without = verdict.filter(none)
        self._add("branch", pa.array([UNKNOWN] * len(without), pa.string()), without)

    def _add(self, grouping: str, groups: pa.Array, verdicts: pa.Array) -> None:
        table = pa.table({"group": groups, "verdict": verdicts})
        counted = table.group_by(["group", "verdict"]).aggregate([([], "count_all")])
        for row in counted.to_pylist():
            own = self.by[grouping].setdefault(row["group"], Counter())
            own[row["verdict"]] += row["count_all"]

    def as_json(self) -> dict[str, Any]:
        """For ``rates.json``: groups by name, strategies in the order of their first negative."""
        return {
            "overall": Rate(self.overall).as_json(),
            "by": {
                grouping: [{"group": name, **Rate(groups[name]).as_json()} for name in names]
                for grouping, groups in self.by.items()
                for names in [list(groups) if grouping == "strategy" else sorted(groups)]
            },
            "reasons": dict(self.reasons.most_common()),
        }

    def rows(self, grouping: str) -> list[dict[str, Any]]:
        """For the terminal: a row per group, and with several of them one for all.

        Args:
            grouping: one of `GROUPINGS`.
        """
        groups = self.as_json()["by"][grouping]
        several = [{"group": "all", **Rate(self.overall).as_json()}] if len(groups) > 1 else []
        return [
            {
                grouping: row["group"], "negatives": row["negatives"],
                **{verdict.replace("_", " "): row[verdict] for verdict in VERDICTS},
                "flagged": _percent(row["flagged"]),
                "95 % interval": f"{_percent(row['low'])} to {_percent(row['high'])}",
            }
            for row in [*groups, *several]
        ]  # fmt: skip

    def reason_rows(self) -> list[dict[str, Any]]:
        """For the terminal: reasons, the most frequent first."""
        return [{"reason": name, "negatives": count} for name, count in self.reasons.most_common()]


def rates_of(folder: Path) -> Rates:
    """Count the verdicts of an audit, some rows at a time."""
    rates = Rates()
    for batch in verdict_batches(folder, _COLUMNS):
        rates.add(batch)
    return rates


def write_rates(folder: Path) -> Rates:
    """Count the verdicts of an audit and write ``rates.json`` beside them."""
    rates = rates_of(folder)
    write_text(folder / RATES_FILE, json.dumps(rates.as_json(), indent=2) + "\n")
    return rates


def _counts(values: pa.Array) -> dict[str, int]:
    return {row["values"]: row["counts"] for row in pc.value_counts(values).to_pylist()}


def _groups(name: str, verdicts: pa.RecordBatch) -> pa.Array:
    """The group of each row."""
    if name == "strategy":
        return verdicts["strategy"]
    if name == "decade":
        decade = pc.multiply(pc.divide(verdicts["year"], 10), 10)
        named = pc.binary_join_element_wise(decade.cast(pa.string()), "s", "")
        return pc.fill_null(named, UNKNOWN)
    indexed = pc.fill_null(verdicts["indexed"], False)
    if name == "indexed":
        return pc.if_else(indexed, "indexed", "not indexed")
    # MedlineCitation/@IndexingMethod is absent for records that people indexed (pubmed.dtd).
    method = pc.fill_null(verdicts["indexing_method"], "")
    named = pc.if_else(pc.equal(method, ""), "Manual", method)
    return pc.if_else(indexed, named, "not indexed")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}".replace("%", " %")
