"""What applying labels did, as it is counted, listed and written down."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from citemesh.manifest import FILE_NAME, Manifest, file_sha256
from citemesh.mining.audit.labels.applied_drops import AppliedDrops
from citemesh.mining.audit.labels.decisions import ApplySettings, Decision
from citemesh.mining.audit.labels.label_files import Labels, Pair
from citemesh.mining.negatives import ANCHORS_FILE, DROPS_FILE, MANIFEST_KIND, NEGATIVES_FILE

CONFLICTS_FILE = "conflicts.jsonl"


@dataclass
class Applied:
    """What was done.

    Args:
        labels: the labels.
        anchors: anchors.
        negatives: negatives before.
        kept: negatives after.
        dropped: why → negatives.
        labelled: negatives that have a label.
        matched: labelled pairs that are negatives of the mined set.
        promoted: query id → PMIDs that became known positives.
        drops: strategy → what was kept and dropped.
    """

    labels: Labels
    anchors: int = 0
    negatives: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    labelled: int = 0
    matched: set[Pair] = field(default_factory=set)
    promoted: dict[str, set[int]] = field(default_factory=dict)
    drops: dict[str, AppliedDrops] = field(default_factory=dict)

    @property
    def positives(self) -> int:
        """How many were promoted."""
        return sum(map(len, self.promoted.values()))

    @property
    def conflicts(self) -> dict[Pair, Mapping[str, str]]:
        """Negatives of the mined set on which reviewers disagree."""
        found = self.labels.conflicts()
        return {pair: own for pair, own in found.items() if pair in self.matched}

    @property
    def unmatched(self) -> int:
        """Labelled pairs that are no negatives of the mined set."""
        return len(self.labels.by_pair) - len(self.matched)


def write_conflicts(path: Path, applied: Applied, made: Mapping[Pair, Decision]) -> None:
    """A line for each negative on which reviewers disagree, with what became of it."""
    with path.open("w", encoding="utf-8") as stream:
        for pair, labels in applied.conflicts.items():
            row = {
                "query_id": pair[0], "negative_pmid": pair[1], "labels": labels,
                "dropped": made[pair].drop is not None, "promoted": made[pair].promote,
            }  # fmt: skip
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def applied_manifest(
    mined: Manifest, source: Path, files: Sequence[Path], settings: ApplySettings,
    applied: Applied, drops: Mapping[str, Any],
) -> Manifest:  # fmt: skip
    """The mined set's own manifest, continued."""
    read = [source / name for name in (FILE_NAME, ANCHORS_FILE, NEGATIVES_FILE, DROPS_FILE)]
    step = {"mined": source.name, "labels": len(applied.labels.by_pair), **asdict(settings)}
    return Manifest(
        kind=MANIFEST_KIND,
        settings={**mined.settings, "applied": [*mined.settings.get("applied", []), step]},
        inputs={
            **mined.inputs,
            **{f"{source.name}/{path.name}": file_sha256(path) for path in read},
            **{str(path): file_sha256(path) for path in files},
        },
        counts={
            **mined.counts,
            "anchors": applied.anchors,
            "negatives": applied.kept,
            **{f"anchors short of {name}": own["anchors_short"] for name, own in drops.items()},
            "negatives before": applied.negatives,
            "dropped": applied.negatives - applied.kept,
            "promoted": applied.positives,
            "unlabelled": applied.negatives - applied.labelled,
            "conflicts": len(applied.conflicts),
            "labels without a negative": applied.unmatched,
        },
        dropped={
            f"{name}: {reason}": count
            for name, own in drops.items()
            for reason, count in own["dropped"].items()
        },
        seed=mined.seed,
    )
