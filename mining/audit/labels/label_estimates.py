"""Each strategy's share of false negatives, estimated from the labels of a stratified sample."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from citemesh.mining.audit.labels.estimates import Estimate, StratumLabels, estimate
from citemesh.mining.audit.labels.label_files import NOT_RELEVANT, RELEVANT, Labels, Pair


def strategy_estimates(
    labels: Labels, matched: Collection[Pair], negatives: Mapping[str, int]
) -> dict[str, tuple[int, Estimate]]:
    """Labels that count and the estimate, by strategy.

    Of several reviewers the majority counts; a negative of which they are unsure, or which they
    dispute evenly, counts as unlabelled. A strategy is left out when strata without a label are
    left, or the labels were drawn from other strata than its negatives are.

    Args:
        labels: the labels.
        matched: pairs that are negatives of the mined set.
        negatives: strategy → its negatives in the mined set.
    """
    if None in labels.strata.values():
        return {}
    sizes: dict[str, dict[str, set[int]]] = {}
    votes: dict[tuple[str, str], list[bool]] = {}
    for (pair, strategy), stratum in labels.strata.items():
        if stratum is None or pair not in matched:
            continue
        sizes.setdefault(strategy, {}).setdefault(stratum.name, set()).add(stratum.size)
        given = list(labels.by_pair[pair].values())
        yes, no = given.count(RELEVANT), given.count(NOT_RELEVANT)
        if yes != no:
            votes.setdefault((strategy, stratum.name), []).append(yes > no)
    found = {}
    for strategy, own in sizes.items():
        said = [votes.get((strategy, name), []) for name in own]
        total = [size for size_of in own.values() for size in size_of]
        # Sizes that differ, or do not add up, are of another sample or leave a stratum out.
        if len(total) > len(own) or sum(total) != negatives.get(strategy):
            continue
        if all(len(some) <= size for some, size in zip(said, total, strict=True)):
            strata = [StratumLabels(size, len(some), sum(some))
                      for some, size in zip(said, total, strict=True)]  # fmt: skip
            if (rate := estimate(strata)) is not None:
                found[strategy] = sum(map(len, said)), rate
    return found


def estimate_rows(found: Mapping[str, tuple[int, Estimate]]) -> list[dict[str, Any]]:
    """For the terminal: a row per strategy."""
    return [
        {
            "strategy": strategy,
            "labelled": labelled,
            "false negatives": f"{100 * own.rate:.1f} %",
            "95 % interval": f"{100 * own.low:.1f} to {100 * own.high:.1f} %",
        }
        for strategy, (labelled, own) in found.items()
    ]
