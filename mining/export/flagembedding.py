"""FlagEmbedding: ``query``, ``pos`` and ``neg`` on a line (its AbsEmbedderTrainDataset reads them).

``--train_data`` takes the folder ``train``: the reader opens every ``.json`` file of a folder it is
given, so that no manifest may lie there.
"""

from __future__ import annotations

from citemesh.mining.export.items import Item
from citemesh.mining.export.lines import Passages
from citemesh.mining.export.parts import Row


def flagembedding_line(item: Item, passages: Passages) -> Row:
    """An anchor with the texts of all its positives and negatives."""
    return {
        "query": item.anchor.query,
        "pos": [passages[pmid].text for pmid in item.positives],
        "neg": [passages[negative.negative_pmid].text for negative in item.negatives],
    }
