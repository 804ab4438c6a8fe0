"""Plain JSON lines: an anchor with its texts and all evidence of its negatives."""

from __future__ import annotations

from dataclasses import asdict

from citemesh.mining.export.items import Item, Passage
from citemesh.mining.export.lines import Passages
from citemesh.mining.export.parts import Row
from citemesh.mining.negatives import Negative


def evidence_line(item: Item, passages: Passages) -> Row:
    """An anchor with its passages; columns of a negative as in docs/data-model.md."""
    return {
        "query_id": item.anchor.query_id,
        "query": item.anchor.query,
        "anchor_pmid": item.anchor.anchor_pmid,
        "positives": [_texts(passages[pmid]) for pmid in item.positives],
        "negatives": [
            {**_texts(passages[n.negative_pmid]), **_evidence(n)} for n in item.negatives
        ],
    }


def _texts(passage: Passage) -> Row:
    return {"pmid": passage.pmid, "title": passage.title, "text": passage.abstract}


def _evidence(negative: Negative) -> Row:
    evidence = asdict(negative)
    del evidence["query_id"], evidence["negative_pmid"]
    # A score that is no number would be no JSON.
    return {k: None if isinstance(v, float) and v != v else v for k, v in evidence.items()}
