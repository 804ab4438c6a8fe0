"""The drop report of a mined set after a review: what was dropped counts as by one more guard."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from citemesh.mining.drop_report import SIML_BIN

_SHARED = ("shared_references", "shared_citers", "shared_headings")


@dataclass
class AppliedDrops:
    """One strategy's negatives that were kept and dropped.

    Args:
        kept: negatives.
        dropped: by reason.
        negatives_per_anchor: how many anchors have how many, those without any left out.
        siml_kept: by bin of the largest SimL.
        evidence_kept: by what they share → how many of it.
    """

    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    negatives_per_anchor: Counter[int] = field(default_factory=Counter)
    siml_kept: Counter[int] = field(default_factory=Counter)
    evidence_kept: dict[str, Counter[int]] = field(
        default_factory=lambda: {name: Counter() for name in _SHARED}
    )

    def add(self, kept: pa.Table) -> None:
        """Count rows that were kept, with all rows of their anchors."""
        self.kept += kept.num_rows
        self.negatives_per_anchor.update(
            row["counts"] for row in pc.value_counts(kept.column("query_id")).to_pylist()
        )
        largest = kept.column("max_siml").drop_null().to_numpy()
        known = largest[~np.isnan(largest)].astype(np.float64)
        # The table holds single precision: rounded, a value on the edge of a bin stays in it.
        self.siml_kept.update(np.floor(np.round(known, 6) / SIML_BIN).astype(int).tolist())
        for name, own in self.evidence_kept.items():
            own.update(kept.column(name).to_pylist())

    def as_json(self, mined: dict[str, Any]) -> dict[str, Any]:
        """The strategy's part of ``drops.json``.

        Args:
            mined: that part before. What cannot be told from the table stays as it was: histograms
                of scores, examples, and all that was counted of candidates.
        """
        per_anchor = dict(self.negatives_per_anchor)
        without = mined["anchors"] - sum(per_anchor.values())
        if without:
            per_anchor[0] = without
        asked = mined["asked"]
        return {
            **mined,
            "anchors_short": sum(n for count, n in per_anchor.items() if count < asked),
            "negatives_missing": sum((asked - count) * n for count, n in per_anchor.items()),
            "negatives_per_anchor": dict(sorted(per_anchor.items())),
            "kept": self.kept,
            "dropped": dict(Counter(mined["dropped"]) + self.dropped),
            "siml_kept": dict(sorted(self.siml_kept.items())),
            "evidence_kept": {
                name: dict(sorted(own.items())) for name, own in self.evidence_kept.items()
            },
        }
