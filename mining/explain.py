"""Why a negative was picked, in a sentence that a biologist understands."""

from __future__ import annotations

import math
from functools import lru_cache

#: Halves of sentences kept: few differ, and putting them together is most of the work.
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


@lru_cache(_KEPT)
def found_by(strategy: str, paths: int, headings: tuple[str | None, ...]) -> str:
    """How the strategy came to a negative: the first half of the reason.

    Args:
        strategy: that found it.
        paths: articles between, where it counts them.
        headings: names of the start's heading, the negative's and their parent; None without.
    """
    own, beside, parent = headings
    if own and beside:
        under = f" under “{parent}”" if parent else ""
        return f"Its major heading “{beside}” lies beside the start's “{own}”{under}"
    return _FOUND_BY.get(strategy, f"Found by {strategy}").format(n=paths)


def in_common(strategy: str, headings: int, references: int, siml: float) -> str:
    """What a negative has in common with the start: the second half of the reason.

    Args:
        strategy: that found it.
        headings: topical headings in common.
        references: references in common.
        siml: MeSH similarity; NaN when unknown.
    """
    # What was found by `coupled` says already how many references are shared.
    said = 0 if strategy == "coupled" else references
    return _in_common(headings, said, None if math.isnan(siml) else round(siml, 2))


@lru_cache(_KEPT)
def _in_common(headings: int, references: int, siml: float | None) -> str:
    parts = ["", _counted(headings, "heading")]
    if references:
        parts.append(_counted(references, "reference"))
    if siml is not None:
        parts.append(f"MeSH similarity {siml:.2f}")
    return "; ".join(parts) + "."


def _counted(count: int, what: str) -> str:
    if not count:
        return f"no {what} in common"
    return f"{count} {what}{'s' if count > 1 else ''} in common"
