"""A BEIR folder: corpus, queries and judgments, and the negatives beside them.

BEIR has no file for negatives; ours has the fields of ``msmarco-hard-negatives``, which BEIR's
training examples read: ids of passages by the system that found them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from citemesh.mining.export.items import Item, Passage
from citemesh.mining.export.parts import Parts


class BeirFolder:
    """``corpus.jsonl``, ``queries.jsonl``, ``qrels/SPLIT.tsv``, ``negatives/SPLIT-*.jsonl``."""

    # Judgments and negatives are for BEIR's own readers: `datasets` has one reader per folder, and
    # a line's strategies vary.
    configs: Mapping[str, str] = {"queries": "queries.jsonl", "corpus": "corpus.jsonl"}
    training_part = "qrels/{split}.tsv"
    has_corpus = True

    def write(
        self, parts: Parts, split: str, items: Sequence[Item], passages: Mapping[int, Passage]
    ) -> None:
        """Append queries, judgments and negatives."""
        for item in items:
            query_id = item.anchor.query_id
            parts.write_whole("queries.jsonl", [{"_id": query_id, "text": item.anchor.query}])
            judged = (
                {"query-id": query_id, "corpus-id": pmid, "score": 1} for pmid in item.positives
            )
            parts.write_whole(f"qrels/{split}.tsv", judged)
            found: dict[str, list[str]] = {}
            for negative in item.negatives:
                found.setdefault(negative.strategy, []).append(str(negative.negative_pmid))
            if found:
                row = {"qid": query_id, "pos": [str(p) for p in item.positives], "neg": found}
                parts.write(f"negatives/{split}", [row])

    def write_corpus(self, parts: Parts, passages: Iterator[Passage]) -> None:
        """Write every passage."""
        rows = ({"_id": str(p.pmid), "title": p.title, "text": p.abstract} for p in passages)
        parts.write_whole("corpus.jsonl", rows)
