"""Items: what is written of each anchor, with its part and the negatives that it keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from citemesh.graph.corpus import Document
from citemesh.mining.anchors import Anchor
from citemesh.mining.export.settings import ExportSettings
from citemesh.mining.export.splits import DEV, TRAIN, Sides
from citemesh.mining.negatives import Negative


@dataclass(frozen=True, slots=True)
class Passage:
    """A paper as a trainer reads it.

    Args:
        pmid: the paper.
        title: empty when passages are abstracts alone.
        abstract: as in the corpus.
    """

    pmid: int
    title: str
    abstract: str

    @classmethod
    def of(cls, document: Document, titled: bool) -> Passage:
        """A document's passage, with its title or without."""
        return cls(document.pmid, document.title if titled else "", document.abstract)

    @property
    def text(self) -> str:
        """Title and abstract as one text, joined as BEIR does."""
        return f"{self.title} {self.abstract}".strip()


@dataclass(frozen=True, slots=True)
class Item:
    """An anchor to be written.

    Args:
        anchor: it.
        split: the part that it belongs to.
        positives: those of its known positives that have a text.
        negatives: those that it keeps, in their order.
    """

    anchor: Anchor
    split: str
    positives: tuple[int, ...]
    negatives: tuple[Negative, ...]

    @property
    def pmids(self) -> set[int]:
        """The papers whose texts it needs."""
        return {*self.positives, *(negative.negative_pmid for negative in self.negatives)}


def items_of(
    mined: Iterable[tuple[int, Anchor, list[Negative]]],
    settings: ExportSettings,
    sides: Sides | None,
    dropped: Counter[str],
) -> Iterator[Item]:
    """Anchors with the negatives that they keep.

    Args:
        mined: number, anchor and negatives of each.
        settings: how many negatives.
        sides: which part each belongs to; None when there is one part.
        dropped: counts what is left out, by reason.
    """
    fewest, most = settings.fewest_negatives, settings.most_negatives
    for number, anchor, found in mined:
        own = [] if most == 0 else found
        split, kept = TRAIN, own
        if sides is not None and sides.is_dev[number]:
            split = DEV
        elif sides is not None:
            if sides.touches_dev(anchor):
                dropped["anchors whose papers the dev part uses"] += 1
                continue
            kept = [n for n in own if n.negative_pmid not in sides.dev_pmids]
            if len(kept) < len(own):
                dropped["negatives that the dev part uses"] += len(own) - len(kept)
        if len(kept) < fewest:
            dropped[f"anchors with fewer than {fewest} negatives"] += 1
            continue
        yield Item(anchor, split, anchor.positive_pmids, tuple(kept[:most]))


def with_texts(
    items: Iterable[Item], documents: Mapping[int, Document], dropped: Counter[str]
) -> Iterator[Item]:
    """Items without the positives that are no documents; those without any other fall away."""
    for item in items:
        there = tuple(pmid for pmid in item.positives if pmid in documents)
        if len(there) < len(item.positives):
            dropped["positives without a text"] += len(item.positives) - len(there)
        if there:
            yield Item(item.anchor, item.split, there, item.negatives)
        else:
            dropped["anchors without a positive that has a text"] += 1
