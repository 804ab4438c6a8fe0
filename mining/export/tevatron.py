"""Tevatron's two forms: passages in the line, or ids with a corpus beside them.

Its TrainDataset tells them apart by ``positive_passages``. Joined to a line's passage is its title
where it has one; of a corpus the text alone is trained on, so that the title goes into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from citemesh.mining.export.items import Item, Passage
from citemesh.mining.export.parts import Parts, Row


class TevatronPassages:
    """``query``, ``positive_passages`` and ``negative_passages``."""

    configs: Mapping[str, str] = {"default": "{split}/{split}-*.jsonl"}
    training_part = "{split}/{split}"
    has_corpus = False

    def write(
        self, parts: Parts, split: str, items: Sequence[Item], passages: Mapping[int, Passage]
    ) -> None:
        """Append a line for each item."""
        for item in items:
            row = {
                "query_id": item.anchor.query_id,
                "query": item.anchor.query,
                "positive_passages": [_passage(passages[pmid]) for pmid in item.positives],
                "negative_passages": [_passage(passages[n.negative_pmid]) for n in item.negatives],
            }
            parts.write(f"{split}/{split}", [row])

    def write_corpus(self, parts: Parts, passages: Iterator[Passage]) -> None:
        """Texts stand in the lines."""


class TevatronIds:
    """``query_text``, ``positive_document_ids`` and ``negative_document_ids``."""

    configs: Mapping[str, str] = {
        "default": "{split}/{split}-*.jsonl", "corpus": "corpus/train-*.jsonl"
    }  # fmt: skip
    training_part = "{split}/{split}"
    has_corpus = True

    def write(
        self, parts: Parts, split: str, items: Sequence[Item], passages: Mapping[int, Passage]
    ) -> None:
        """Append a line for each item."""
        for item in items:
            row = {
                "query_id": item.anchor.query_id,
                "query_text": item.anchor.query,
                "positive_document_ids": [str(pmid) for pmid in item.positives],
                "negative_document_ids": [str(n.negative_pmid) for n in item.negatives],
            }
            parts.write(f"{split}/{split}", [row])

    def write_corpus(self, parts: Parts, passages: Iterator[Passage]) -> None:
        """Write every passage as a text."""
        rows = ({"docid": str(passage.pmid), "text": passage.text} for passage in passages)
        parts.write("corpus/train", rows)


def _passage(passage: Passage) -> Row:
    title = {"title": passage.title} if passage.title else {}
    return {"docid": str(passage.pmid), **title, "text": passage.abstract}
