"""FlagEmbedding: ``query``, ``pos`` and ``neg`` on a line (its AbsEmbedderTrainDataset reads them).

``--train_data`` takes the folder ``train``: the reader opens every ``.json`` file of a folder it is
given, so that no manifest may lie there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from citemesh.mining.export.items import Item, Passage
from citemesh.mining.export.parts import Parts


class FlagEmbeddingLists:
    """A line per anchor with all its positives and negatives."""

    configs: Mapping[str, str] = {"default": "{split}/{split}-*.jsonl"}
    training_part = "{split}/{split}"
    has_corpus = False

    def write(
        self, parts: Parts, split: str, items: Sequence[Item], passages: Mapping[int, Passage]
    ) -> None:
        """Append a line for each item."""
        for item in items:
            row = {
                "query": item.anchor.query,
                "pos": [passages[pmid].text for pmid in item.positives],
                "neg": [passages[negative.negative_pmid].text for negative in item.negatives],
            }
            parts.write(f"{split}/{split}", [row])

    def write_corpus(self, parts: Parts, passages: Iterator[Passage]) -> None:
        """Texts stand in the lines."""
