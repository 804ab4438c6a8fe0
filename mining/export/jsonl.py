"""Plain JSON lines: an anchor with its texts and all evidence of its negatives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from citemesh.mining.export.items import Item, Passage
from citemesh.mining.export.parts import Parts, Row
from citemesh.mining.negatives import Negative


class EvidenceLines:
    """``query``, ``positives`` and ``negatives``; columns of a negative as docs/data-model.md."""

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
                "anchor_pmid": item.anchor.anchor_pmid,
                "positives": [_texts(passages[pmid]) for pmid in item.positives],
                "negatives": [
                    {**_texts(passages[n.negative_pmid]), **_evidence(n)} for n in item.negatives
                ],
            }
            parts.write(f"{split}/{split}", [row])

    def write_corpus(self, parts: Parts, passages: Iterator[Passage]) -> None:
        """Texts stand in the lines."""


def _texts(passage: Passage) -> Row:
    return {"pmid": passage.pmid, "title": passage.title, "text": passage.abstract}


def _evidence(negative: Negative) -> Row:
    evidence = asdict(negative)
    del evidence["query_id"], evidence["negative_pmid"]
    # A score that is no number would be no JSON.
    return {k: None if isinstance(v, float) and v != v else v for k, v in evidence.items()}
