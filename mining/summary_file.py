"""A mining summary as JSON, so that a finished range need not be mined again to be counted."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields
from typing import Any

from citemesh.mining.drop_report import StrategyDrops
from citemesh.mining.miner import MinedSummary

#: Counters whose keys are numbers, which JSON writes as text.
_NUMBERED = ("negatives_per_anchor", "siml_found", "siml_kept")


def summary_text(summary: MinedSummary) -> str:
    """The summary as JSON."""
    # Not `asdict`: it makes counters anew from pairs, which then are counted.
    drops = {
        name: {field.name: getattr(own, field.name) for field in fields(own)}
        for name, own in summary.drops.items()
    }
    return json.dumps({**vars(summary), "drops": drops}) + "\n"


def read_summary(content: dict[str, Any]) -> MinedSummary:
    """The summary that `summary_text` wrote."""
    return MinedSummary(**{**content, "drops": {k: _drops(v) for k, v in content["drops"].items()}})


def _drops(content: dict[str, Any]) -> StrategyDrops:
    kept = dict(content)
    for name in _NUMBERED:
        kept[name] = Counter({int(key): count for key, count in kept[name].items()})
    kept["dropped"] = Counter(kept["dropped"])
    for field_name in ("shares", "evidence_kept"):
        kept[field_name] = {
            name: Counter({int(key): count for key, count in own.items()})
            for name, own in kept[field_name].items()
        }
    return StrategyDrops(**{field.name: kept[field.name] for field in fields(StrategyDrops)})
