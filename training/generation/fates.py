"""What becomes of each candidate: a byte each, so that a run of any size can be looked over."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from citemesh.mining.anchors.queries import text_key
from citemesh.training.generation.candidates import Candidate
from citemesh.training.generation.cleaning import normalised

#: Reasons by their number; 0 is no reason.
REASONS = (
    "", "empty", "unfinished", "too short", "too long", "copied", "echoed", "denied", "no text",
    "repeated", "ambiguous", "not retrieved",
)  # fmt: skip
Fates = NDArray[np.uint8]


def number_of(reason: str | None) -> int:
    """A reason's number."""
    return REASONS.index(reason or "")


def settle_repeats(candidates: Iterable[Candidate]) -> Fates:
    """Drop texts that are there more than once.

    Compared are texts without differences in capitals, white space and end marks. Of the same text
    for the same documents the first is kept (``repeated``). A text that leads to other documents
    as well is ambiguous, and none of it is kept: each of its documents would be a false negative of
    the others.

    Args:
        candidates: in their order; those that were dropped before are not compared.

    Returns:
        The number of the reason of each candidate, shape (n,). Memory: 17 bytes a candidate.
    """
    reasons, texts, documents = array("B"), array("q"), array("q")
    for candidate in candidates:
        reasons.append(number_of(candidate.dropped))
        texts.append(text_key(normalised(candidate.query)))
        documents.append(text_key(" ".join(map(str, candidate.positive_pmids))))
    fates = np.array(reasons, np.uint8)
    alive = np.flatnonzero(fates == 0)
    own = np.array(documents, np.int64)[alive]
    _, first, group = np.unique(
        np.array(texts, np.int64)[alive], return_index=True, return_inverse=True
    )
    others = np.bincount(group, own != own[first][group], minlength=len(first)) > 0
    is_first = np.zeros(len(alive), bool)
    is_first[first] = True
    fates[alive[~is_first]] = number_of("repeated")
    fates[alive[others[group]]] = number_of("ambiguous")
    return fates
