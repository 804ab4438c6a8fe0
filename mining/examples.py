"""The first picks of each strategy in a mined set, to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from citemesh.graph.corpus import Corpus
from citemesh.mining.anchors import Anchor
from citemesh.mining.negatives import Negative, read_mined
from citemesh.workspace import Workspace

#: Anchors among which examples are looked for: enough for any strategy that finds something.
_LOOKED_AT = 20_000


@dataclass(frozen=True)
class Example:
    """A negative to be shown.

    Args:
        anchor: the anchor.
        negative: the row with its evidence.
        title: the negative's title.
    """

    anchor: Anchor
    negative: Negative
    title: str


def first_examples(
    workspace: Workspace, mined: str, strategies: Sequence[str], each: int = 3
) -> dict[str, list[Example]]:
    """Of each strategy the first anchors' first negatives; strategies without one are left out."""
    picked: dict[str, list[tuple[Anchor, Negative]]] = {name: [] for name in strategies}
    for anchor, negatives in islice(read_mined(workspace.mined(mined)), _LOOKED_AT):
        for negative in negatives:
            if negative.rank == 1 and len(picked[negative.strategy]) < each:
                picked[negative.strategy].append((anchor, negative))
        if all(len(own) == each for own in picked.values()):
            break
    pmids = {negative.negative_pmid for own in picked.values() for _, negative in own}
    documents = Corpus(workspace.corpus).documents(pmids)
    return {
        name: [Example(a, n, documents[n.negative_pmid].title) for a, n in own]
        for name, own in picked.items()
        if own
    }
