"""How far reviewers agree: Cohen's kappa of every two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from citemesh.mining.audit.labels.label_files import Labels


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two reviewers agree.

    Args:
        first, second: the reviewers.
        pairs: negatives that both labelled.
        agreed: those that both gave the same label.
        kappa: Cohen's (1960) over the three labels; None where it is undefined: for fewer than two
            negatives, or when both gave one and the same label to all.
    """

    first: str
    second: str
    pairs: int
    agreed: int
    kappa: float | None


def agreements(labels: Labels) -> list[Agreement]:
    """Agreement of every two reviewers who labelled a negative both, by their names."""
    shared: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for own in labels.by_pair.values():
        for both in combinations(sorted(own), 2):
            shared.setdefault((both[0], both[1]), []).append((own[both[0]], own[both[1]]))
    return [
        Agreement(*both, len(given), sum(a == b for a, b in given), cohen_kappa(given))
        for both, given in sorted(shared.items())
    ]


def cohen_kappa(given: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two reviewers' labels; None where it is undefined.

    Args:
        given: both labels of each negative.
    """
    from sklearn.metrics import cohen_kappa_score

    first, second = [a for a, _ in given], [b for _, b in given]
    if len(given) < 2 or len({*first, *second}) < 2:
        return None
    return float(cohen_kappa_score(first, second))


def agreement_rows(found: Sequence[Agreement]) -> list[dict[str, Any]]:
    """For the terminal: a row per two reviewers."""
    return [
        {
            "reviewer": own.first,
            "and": own.second,
            "both labelled": own.pairs,
            "agreed": own.agreed,
            "Cohen's kappa": "undefined" if own.kappa is None else f"{own.kappa:.2f}",
        }
        for own in found
    ]
