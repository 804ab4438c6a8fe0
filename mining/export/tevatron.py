"""Tevatron's two forms: passages in the line, or ids with a corpus beside them.

Its TrainDataset tells them apart by ``positive_passages``. Joined to a line's passage is its title
where it has one; of a corpus the text alone is trained on, so that the title goes into it.
"""

from __future__ import annotations

from citemesh.mining.export.items import Item, Passage
from citemesh.mining.export.lines import Passages
from citemesh.mining.export.parts import Row


def tevatron_line(item: Item, passages: Passages) -> Row:
    """An anchor with its passages."""
    return {
        "query_id": item.anchor.query_id,
        "query": item.anchor.query,
        "positive_passages": [_passage(passages[pmid]) for pmid in item.positives],
        "negative_passages": [_passage(passages[n.negative_pmid]) for n in item.negatives],
    }


def tevatron_id_line(item: Item, passages: Passages) -> Row:
    """An anchor with the ids of its passages."""
    return {
        "query_id": item.anchor.query_id,
        "query_text": item.anchor.query,
        "positive_document_ids": [str(pmid) for pmid in item.positives],
        "negative_document_ids": [str(n.negative_pmid) for n in item.negatives],
    }


def tevatron_corpus_line(passage: Passage) -> Row:
    """A passage of the corpus."""
    return {"docid": str(passage.pmid), "text": passage.text}


def _passage(passage: Passage) -> Row:
    title = {"title": passage.title} if passage.title else {}
    return {"docid": str(passage.pmid), **title, "text": passage.abstract}
