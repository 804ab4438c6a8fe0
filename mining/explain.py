"""Why a negative was picked, in a sentence that a biologist understands."""

from __future__ import annotations

import math
from functools import lru_cache

#: Sentences kept: a batch has few that differ, and putting them together is most of the work.
_KEPT = 100_000
#: Strategy to how it says that it found a document; {n} counts what lies between.
_FOUND_BY = {
    "cited": "The start cites it",
    "two_hop": "Cited by {n} of the papers that the start cites, but not by the start",
    "cocited": "Cited together with the start by {n}",
    "coupled": "Shares {n} of the start's references",
    "random": "Drawn at random",
    "band": "Lies in the chosen band of the citation space, neither near nor far",
    "walk": "Met on a walk over citations, each step to a similar text",
    "lexical": "Shares words with the query",
    "dense": "Close to the query in the encoder's space",
    "discordant": "Close to the query in the encoder's space, unrelated in the graph",
}


def explain(
    strategy: str,
    paths: int,
    headings: tuple[str | None, ...],
    shared_headings: int,
    shared_references: int,
    siml: float,
) -> str:
    """The reason for one negative.

    Args:
        strategy: that found it.
        paths: articles between, where it counts them.
        headings: names of the start's heading, the negative's and their parent; None without.
        shared_headings: topical headings in common with the start.
        shared_references: references in common with it.
        siml: MeSH similarity with it; NaN when unknown.
    """
    # What was found by `coupled` says already how many references are shared.
    references = 0 if strategy == "coupled" else shared_references
    rounded = None if math.isnan(siml) else round(siml, 2)
    return _found(strategy, paths, headings) + _common(shared_headings, references, rounded)


@lru_cache(_KEPT)
def _found(strategy: str, paths: int, headings: tuple[str | None, ...]) -> str:
    """How the strategy came to it."""
    own, beside, parent = headings
    if own and beside:
        under = f" under “{parent}”" if parent else ""
        return f"Its major heading “{beside}” lies beside the start's “{own}”{under}"
    return _FOUND_BY.get(strategy, f"Found by {strategy}").format(n=paths)


@lru_cache(_KEPT)
def _common(headings: int, references: int, siml: float | None) -> str:
    """What it has in common with the start."""
    parts = ["", _in_common(headings, "heading")]
    if references:
        parts.append(_in_common(references, "reference"))
    if siml is not None:
        parts.append(f"MeSH similarity {siml:.2f}")
    return "; ".join(parts) + "."


def _in_common(count: int, what: str) -> str:
    if not count:
        return f"no {what} in common"
    return f"{count} {what}{'s' if count > 1 else ''} in common"
